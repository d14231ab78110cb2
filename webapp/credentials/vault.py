"""The vault of people's keys at Binance: what goes in sealed comes out as a signer alone."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Literal, NamedTuple, cast

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from webapp.binance.errors import BinanceError, KeyRefused
from webapp.binance.signing import (
    ApiKey,
    BadPrivateKey,
    Ed25519Signer,
    HmacSigner,
    Signer,
    new_pair,
)
from webapp.credentials.budget import WeightBudget
from webapp.credentials.checks import KeyChecks
from webapp.credentials.errors import (
    BadInput,
    CannotCheck,
    CheckedTooOften,
    NoSuchKey,
    NotAccepted,
    TooManyRights,
)
from webapp.credentials.sealing import CannotOpen, Sealing
from webapp.credentials.slots import MARKETS_OF, Slot
from webapp.database import Database
from webapp.database.models import Credential, Person, new_id
from webapp.symbols.listing import Market

log = logging.getLogger(__name__)

Kind = Literal["hmac", "ed25519"]
State = Literal["waiting", "ready", "refused", "set-aside"]

_FORM = re.compile(r"[A-Za-z0-9]{16,128}")
_HINT_LETTERS = 4
# What comes along when one copies from a page, and is not seen.
_AROUND = " \t\r\n\u00a0\u200b\u2060\ufeff"
_SEALED_FIELDS = ("sealed_key", "sealed_secret")


class KeyOverview(NamedTuple):
    """What a person may see of a key of theirs.

    ``reasons`` say why it is not used: names of Binance's permissions, words of ``KEY_REFUSALS``,
    and ``<market>:<word>`` where one market alone refuses it. Times are epoch seconds.
    """

    slot: Slot
    kind: Kind
    hint: str  # the key's last letters
    state: State
    reasons: tuple[str, ...]
    checked_at: float | None
    public_key: str | None  # PEM, of a pair made here


class UsableKey(NamedTuple):
    """A key that may be asked with, and the markets that do not refuse it."""

    credential_id: str
    slot: Slot
    markets: tuple[Market, ...]


class Vault:
    """Keeps at most one key for each slot of a person.

    ``forget`` hears of each key that is gone, replaced or no longer used, as (person, slot, id):
    what is known through it must not outlive it. All methods may raise ``DatabaseAway``. None
    holds a transaction while Binance is asked.
    """

    def __init__(
        self,
        database: Database,
        sealing: Sealing,
        checks: KeyChecks,
        budget: WeightBudget,
        forget: Callable[[str, Slot, str], None] = lambda _person, _slot, _id: None,
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._checks = checks
        self._budget = budget
        self._forget = forget

    def save_hmac(self, person_id: str, slot: Slot, api_key: str, secret: str) -> None:
        """Keep a key and its secret, once Binance says that they are good; else ``VaultError``."""
        api_key, secret = _cleaned(api_key, "key"), _cleaned(secret, "secret")
        self._insist_on_good(person_id, slot, ApiKey(api_key, HmacSigner(secret)))
        row = _row(person_id, slot, "hmac")
        row.sealed_secret = self._sealed(row, "sealed_secret", secret)
        self._make_ready(row, api_key)
        self._replace(row)

    def make_pair(self, person_id: str, slot: Slot) -> str:
        """A pair's public half to register at Binance; the one that waits already, if one does."""
        with self._database.reading() as session:
            known = _find(session, person_id, slot)
            if known and known.state == "waiting" and known.public_key:
                return known.public_key
        pair = new_pair()
        row = _row(person_id, slot, "ed25519")
        row.sealed_secret = self._sealed(row, "sealed_secret", pair.private_pem)
        row.public_key = pair.public_pem
        self._replace(row)
        return pair.public_pem

    def register(self, person_id: str, slot: Slot, api_key: str) -> None:
        """Take the key that Binance gave for the pair's public half, once it is found good."""
        api_key = _cleaned(api_key, "key")
        with self._database.reading() as session:
            row = _find(session, person_id, slot)
        if row is None or row.kind != "ed25519":
            raise NoSuchKey
        try:
            secret = self._opened(row, "sealed_secret")
            key = ApiKey(api_key, _signer(row.kind, secret))
        except CannotOpen:
            raise CannotCheck("The pair cannot be opened any more; make a new one") from None
        self._insist_on_good(person_id, slot, key)
        # A row of its own: what is known by the id of another key's row is not known of this one.
        fresh = _row(person_id, slot, "ed25519")
        fresh.public_key = row.public_key
        fresh.sealed_secret = self._sealed(fresh, "sealed_secret", secret)
        self._make_ready(fresh, api_key)
        self._replace(fresh, expected_id=row.id)

    def remove(self, person_id: str, slot: Slot) -> None:
        """End a key and all that is kept of it; no error when there is none."""
        with self._database.writing() as session:
            row = _find(session, person_id, slot)
            if row:
                session.delete(row)
        if row:
            self._forget(person_id, slot, row.id)

    def remove_all(self, person_id: str) -> None:
        """End all keys of a person who leaves."""
        for slot in MARKETS_OF:
            self.remove(person_id, slot)

    def overview(self, person_id: str) -> list[KeyOverview]:
        """The person's keys in the order of the slots; never a secret, nor a whole key."""
        with self._database.reading() as session:
            rows = {row.slot: row for row in session.scalars(_of(person_id))}
        return [_seen(rows[slot]) for slot in MARKETS_OF if slot in rows]

    def usable(self, person_id: str) -> list[UsableKey]:
        """The keys that the person's lists may be asked with."""
        with self._database.reading() as session:
            rows = session.execute(
                select(Credential.id, Credential.slot, Credential.reason).where(
                    Credential.person_id == person_id, Credential.state == "ready"
                )
            ).all()
        return [UsableKey(row.id, row.slot, _markets_open(row.slot, row.reason)) for row in rows]

    def open(self, credential_id: str) -> ApiKey:
        """What signs calls with a ready key; ``NoSuchKey`` or ``CannotOpen`` when nothing can."""
        row = self._get(credential_id)
        if row is None or row.state != "ready":
            raise NoSuchKey
        return self._api_key(row)

    def refuse(self, credential_id: str, market: Market, word: str) -> None:
        """Note that a market does not accept the key, so that it is not asked with it again."""
        with self._database.writing() as session:
            row = session.get(Credential, credential_id)
            if row is None:
                return
            row.reason = " ".join(sorted({*row.reason.split(), f"{market}:{word}"}))
            if not _markets_open(row.slot, row.reason):
                row.state = "refused"
            row.checked_at = time.time()
        self._forget(row.person_id, cast(Slot, row.slot), row.id)

    def set_aside(self, credential_id: str, reasons: tuple[str, ...]) -> None:
        """Use the key no more until it is found good again."""
        self._note(credential_id, "set-aside", reasons)

    def check(self, person_id: str, slot: Slot) -> None:
        """Look at a key again because its owner wants it; ``VaultError`` when it cannot be."""
        with self._database.reading() as session:
            row = _find(session, person_id, slot)
        if row is None or row.sealed_key is None:
            raise NoSuchKey
        if not self._budget.spend(person_id, self._checks.weight(slot)):
            raise CheckedTooOften
        try:
            self.look_again(row.id)
        except (BinanceError, CannotOpen) as error:
            raise CannotCheck(str(error)) from None

    def look_again(self, credential_id: str) -> None:
        """Ask Binance about a kept key: it is ready again, or set aside with the reasons.

        Raises ``BinanceError`` when nothing could be learnt, and ``CannotOpen``.
        """
        row = self._get(credential_id)
        if row is None or row.sealed_key is None:
            return
        try:
            reasons = self._checks.wrong_rights(cast(Slot, row.slot), self._api_key(row))
        except KeyRefused as error:
            reasons = (error.word,)
        if reasons:
            self._note(credential_id, "set-aside", reasons)
        else:
            self._note(credential_id, "ready", ())

    def registered(self) -> list[tuple[str, Slot]]:
        """Ids and slots of all keys that can be looked at, longest unseen first."""
        with self._database.reading() as session:
            rows = session.execute(
                select(Credential.id, Credential.slot)
                .where(Credential.sealed_key.is_not(None))
                .order_by(Credential.checked_at)
            ).all()
        return [(row.id, row.slot) for row in rows]

    def reencrypt(self) -> Reencrypted:
        """Seal all by the first key; doing it again changes nothing."""
        with self._database.reading() as session:
            ids = session.scalars(select(Credential.id).order_by(Credential.id)).all()
        changed, failed = 0, []
        for credential_id in ids:
            try:
                changed += self._reencrypt(credential_id)
            except CannotOpen:
                failed.append(credential_id)
        return Reencrypted(len(ids), changed, tuple(failed))

    def _get(self, credential_id: str) -> Credential | None:
        with self._database.reading() as session:
            return session.get(Credential, credential_id)

    def _reencrypt(self, credential_id: str) -> bool:
        with self._database.writing() as session:
            row = session.get(Credential, credential_id, with_for_update=True)
            if row is None:
                return False
            old = {name: getattr(row, name) for name in _SEALED_FIELDS}
            due = [
                name
                for name, text in old.items()
                if text and not self._sealing.is_by_first_key(text)
            ]
            opened = {name: self._opened(row, name) for name in due}
            for name, secret in opened.items():
                setattr(row, name, self._sealed(row, name, secret))
            return bool(due)

    def _insist_on_good(self, person_id: str, slot: Slot, key: ApiKey) -> None:
        if not self._budget.spend(person_id, self._checks.weight(slot)):
            raise CheckedTooOften
        try:
            reasons = self._checks.wrong_rights(slot, key)
        except KeyRefused as error:
            raise NotAccepted(error.word, str(error)) from None
        except BinanceError as error:
            raise CannotCheck(str(error)) from None
        if reasons:
            raise TooManyRights(reasons)

    def _make_ready(self, row: Credential, api_key: str) -> None:
        row.sealed_key = self._sealed(row, "sealed_key", api_key)
        row.hint = api_key[-_HINT_LETTERS:]
        row.state, row.reason, row.checked_at = "ready", "", time.time()

    def _replace(self, row: Credential, expected_id: str = "") -> None:
        with self._database.writing() as session:
            # Whoever replaces the same key at the same time waits here.
            owner = select(Person.id).where(Person.id == row.person_id).with_for_update()
            if session.scalar(owner) is None:
                raise NoSuchKey
            old = _find(session, row.person_id, row.slot)
            if expected_id and (old is None or old.id != expected_id):  # removed meanwhile
                raise NoSuchKey
            if old:
                session.execute(delete(Credential).where(Credential.id == old.id))
            session.add(row)
        if old:
            self._forget(row.person_id, cast(Slot, row.slot), old.id)

    def _note(self, credential_id: str, state: State, reasons: tuple[str, ...]) -> None:
        with self._database.writing() as session:
            row = session.get(Credential, credential_id)
            if row is None:
                return
            was = row.state
            row.state, row.reason, row.checked_at = state, " ".join(reasons), time.time()
        if state != was:
            log.warning("the key %s is %s: %s", row.id, state, row.reason or "found good")
        if state != "ready":
            self._forget(row.person_id, cast(Slot, row.slot), row.id)

    def _api_key(self, row: Credential) -> ApiKey:
        secret = self._opened(row, "sealed_secret")
        return ApiKey(self._opened(row, "sealed_key"), _signer(row.kind, secret))

    def _opened(self, row: Credential, name: str) -> str:
        return self._sealing.open(getattr(row, name), *_place(row, name))

    def _sealed(self, row: Credential, name: str, secret: str) -> str:
        return self._sealing.seal(secret, *_place(row, name))


class Reencrypted(NamedTuple):
    """How many rows there are, how many were sealed anew, and whose ids cannot be opened."""

    rows: int
    changed: int
    failed: tuple[str, ...]


def _cleaned(text: str, what: str) -> str:
    cleaned = text.strip(_AROUND)
    if not cleaned:
        raise BadInput(f"{what}-missing")
    if not _FORM.fullmatch(cleaned):
        raise BadInput(f"{what}-form")
    return cleaned


def _row(person_id: str, slot: Slot, kind: Kind) -> Credential:
    return Credential(id=new_id(), person_id=person_id, slot=slot, kind=kind, state="waiting")


def _signer(kind: str, secret: str) -> Signer:
    if kind == "hmac":
        return HmacSigner(secret)
    try:
        return Ed25519Signer(secret)
    except BadPrivateKey:
        raise CannotOpen("what was sealed is no private key") from None


def _of(person_id: str) -> Select[Credential]:
    return select(Credential).where(Credential.person_id == person_id)


def _find(session: Session, person_id: str, slot: str) -> Credential | None:
    return session.scalar(_of(person_id).where(Credential.slot == slot))


def _place(row: Credential, name: str) -> tuple[str, str, str]:
    return row.person_id, row.id, name


def _markets_open(slot: str, reason: str) -> tuple[Market, ...]:
    refusing = {word.partition(":")[0] for word in reason.split() if ":" in word}
    return tuple(market for market in MARKETS_OF[cast(Slot, slot)] if market not in refusing)


def _seen(row: Credential) -> KeyOverview:
    return KeyOverview(
        cast(Slot, row.slot),
        cast(Kind, row.kind),
        row.hint,
        cast(State, row.state),
        tuple(row.reason.split()),
        row.checked_at,
        row.public_key,
    )
