"""What a person's accounts say, asked by their keys and kept for the time to live."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec

from webapp.binance.accounts import AccountCall
from webapp.binance.errors import BinanceError, KeyRefused, Overloaded, Unreachable
from webapp.credentials.budget import WeightBudget
from webapp.credentials.slots import MARKETS_OF, Slot
from webapp.credentials.vault import UsableKey, Vault
from webapp.once import Once
from webapp.symbols.listing import Market

Place = tuple[Slot, Market]

# While a venue keeps people waiting so few of a process's threads may wait for it at once.
_WAITERS_MAX = 2
_LIMPS_FOR_SECONDS = 60.0


class Account(msgspec.Struct, frozen=True):
    """What an account may trade; None where all may trade all."""

    permissions: frozenset[str] | None


class NotNow(BinanceError):
    """Binance was not asked: the request weight, or the threads, are for others now."""


class Accounts:
    """Asks each account once for all of a person's requests, of all processes."""

    def __init__(
        self,
        calls: Mapping[Place, AccountCall],
        vault: Vault,
        once: Once,
        budget: WeightBudget,
        ttl_seconds: Mapping[Market, int],
    ) -> None:
        self._calls = calls
        self._vault = vault
        self._once = once
        self._budget = budget
        self._ttl_seconds = ttl_seconds
        self._doors: defaultdict[Place, _Door] = defaultdict(_Door)

    def at_hand(self, person_id: str, key: UsableKey, market: Market) -> Account | None:
        """What this process knows of the account; nobody is asked."""
        name = account_name(person_id, key.slot, key.credential_id, market)
        kept = self._once.kept(name, self._ttl_seconds[market])
        return msgspec.json.decode(kept.body, type=Account) if kept else None

    def get(self, person_id: str, key: UsableKey, market: Market, wait_seconds: float) -> Account:
        """What the account says, within the time.

        Raises ``BinanceError`` (``KeyRefused`` among them), ``TimeoutError``, and what
        ``Vault.open`` raises.
        """
        at_hand = self.at_hand(person_id, key, market)
        if at_hand:
            return at_hand
        name = account_name(person_id, key.slot, key.credential_id, market)
        with self._doors[key.slot, market].passage():
            answer = self._once.get(
                name,
                self._ttl_seconds[market],
                lambda: self._asked(person_id, key, market, wait_seconds),
                wait_seconds,
            )
        return msgspec.json.decode(answer.body, type=Account)

    def _asked(self, person_id: str, key: UsableKey, market: Market, wait_seconds: float) -> bytes:
        call = self._calls[key.slot, market]
        if call.client.busy_seconds():
            raise NotNow("The request weight of this minute is kept for everyone's lists")
        if not self._budget.spend(person_id, call.weight):
            raise NotNow("This person's request weight of this minute is used up")
        api_key = self._vault.open(key.credential_id)
        try:
            permissions = call.ask(api_key, wait_seconds)
        except KeyRefused as error:
            self._vault.refuse(key.credential_id, market, error.word)
            raise
        return msgspec.json.encode(Account(permissions))


class _Door:
    """Lets all pass to a venue that is well, and few to one that has just kept somebody waiting."""

    def __init__(self) -> None:
        self._places = threading.Semaphore(_WAITERS_MAX)
        self._limps_until = 0.0  # monotonic seconds

    @contextmanager
    def passage(self) -> Iterator[None]:
        is_limping = time.monotonic() < self._limps_until
        if is_limping and not self._places.acquire(blocking=False):
            raise NotNow("Others wait for this venue already")
        try:
            yield
        except (Unreachable, Overloaded, TimeoutError):
            self._limps_until = time.monotonic() + _LIMPS_FOR_SECONDS
            raise
        finally:
            if is_limping:
                self._places.release()


class ForgetsAccounts:
    """Ends what is kept of an account with the key that it was asked by."""

    def __init__(self, once: Once) -> None:
        self._once = once

    def __call__(self, person_id: str, slot: Slot, credential_id: str) -> None:
        for market in MARKETS_OF[slot]:
            self._once.forget(account_name(person_id, slot, credential_id, market))


def account_name(person_id: str, slot: Slot, credential_id: str, market: Market) -> str:
    """Whose it is, and by which key: another key of the same person finds nothing of it."""
    return f"personal:{person_id}:{slot}:{credential_id}:{market}:v1"
