"""Where the lists of people with an account are kept: one row a person, edited by one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select

from webapp.database import Database
from webapp.database.models import AccountLists, Person
from webapp.watchlists.lists import AccountList, Values, acceptable, lists_in, without_deleted
from webapp.watchlists.registers import (
    Registers,
    clamped,
    from_json,
    merged,
    to_json,
    with_values,
    without_removed,
)

LISTS_MAX = 100
REGISTERS_MAX = 10_000  # removed pairs are among them, until they are forgotten
_AHEAD_MAX_MS = 5 * 60_000  # of our clock, that a browser's may be
_REMOVED_FOR_MS = 365 * 86_400_000  # the same in static/js/state/watchlists.js


class TooMuch(ValueError):
    """The account would hold more than it may; nothing was changed."""


class NobodyThere(LookupError):
    """The account was deleted meanwhile."""


class Kept(NamedTuple):
    """All registers of a person, and how often they were changed."""

    registers: Registers
    version: int


_NOTHING = Kept({}, 0)


class Taken(NamedTuple):
    """What stands after a merge, and the names of what was no register of a list."""

    version_before: int
    kept: Kept
    left_out: tuple[str, ...]


class AccountWatchlists:
    """Reads, merges and edits; all methods raise ``DatabaseAway``."""

    def __init__(
        self, database: Database, first_name: str, now: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._first_name = first_name
        self._now = now

    def read(self, person_id: str) -> Kept:
        """One query."""
        with self._database.reading() as session:
            row = session.execute(
                select(AccountLists.registers, AccountLists.version).where(
                    AccountLists.person_id == person_id
                )
            ).one_or_none()
        return Kept(from_json(row.registers), row.version) if row else _NOTHING

    def lists_of(self, kept: Kept) -> tuple[AccountList, ...]:
        """All lists in their order, at least one."""
        return lists_in(kept.registers, self._first_name)

    def merge(self, person_id: str, theirs: Registers) -> Taken:
        """Take over what another copy knows; raises ``TooMuch`` and ``NobodyThere``."""
        good = {name: one for name, one in theirs.items() if acceptable(name, one.value)}
        left_out = tuple(name for name in theirs if name not in good)
        if not good:
            kept = self.read(person_id)
            return Taken(kept.version, kept, left_out)
        now_ms = self._now_ms()
        news = clamped(good, now_ms + _AHEAD_MAX_MS, now_ms)
        before, kept = self._changed(person_id, lambda mine: merged(mine, news))
        return Taken(before.version, kept, left_out)

    def edit(self, person_id: str, values_of: Callable[[tuple[AccountList, ...]], Values]) -> Kept:
        """Set what the function makes of the lists; raises as ``merge`` does, and as it does."""

        def change(mine: Registers) -> Registers:
            values = values_of(lists_in(mine, self._first_name))
            return with_values(mine, values, self._now_ms())

        return self._changed(person_id, change)[1]

    def _changed(
        self, person_id: str, change: Callable[[Registers], Registers]
    ) -> tuple[Kept, Kept]:
        """What stood there before and after it."""
        with self._database.writing() as session:
            # Held until the end, so that of two who change at once the second sees the first's.
            if session.get(Person, person_id, with_for_update={"key_share": True}) is None:
                raise NobodyThere
            row = session.get(AccountLists, person_id)
            before = Kept(from_json(row.registers), row.version) if row else _NOTHING
            after = self._pruned(change(before.registers))
            if after == before.registers:
                return before, before
            self._require_room(after)
            if row is None:
                row = AccountLists(person_id=person_id)
                session.add(row)
            row.registers, row.version = to_json(after), before.version + 1
            row.updated_at = self._now()
            return before, Kept(after, row.version)

    def _pruned(self, registers: Registers) -> Registers:
        before_ms = self._now_ms() - _REMOVED_FOR_MS
        return without_removed(without_deleted(registers, before_ms), before_ms)

    def _require_room(self, registers: Registers) -> None:
        is_too_many = len(lists_in(registers, self._first_name)) > LISTS_MAX
        if is_too_many or len(registers) > REGISTERS_MAX:
            raise TooMuch

    def _now_ms(self) -> int:
        return int(self._now() * 1000)


def account_tag(person_id: str) -> str:
    """By which a browser knows one account's lists from another's; it tells nothing else."""
    return sha256(f"watchlists of {person_id}".encode()).hexdigest()[:16]
