"""What is remembered of a person's keys between requests: where they work, and where to wait."""

from __future__ import annotations

import random
import threading
import time
from typing import TypeVar

import msgspec

from webapp.newest import keep_newest
from webapp.shared_facts import SharedFacts
from webapp.symbols.listing import Market

# Where a key was accepted stays so until it is refused there, or another key comes.
ACCEPTED_SECONDS = 24 * 3600.0
# After a failure that will pass the next requests go on without waiting for it.
PAUSE_SECONDS = (25.0, 40.0)
_KEPT_MAX = 10_000


class Accepted(msgspec.Struct, frozen=True):
    """The key that opened a market last, among which keys that was, and until when it counts."""

    credential_id: str
    among: list[str]
    until: float


class Paused(msgspec.Struct, frozen=True):
    """Until when (epoch seconds) a key is not asked with."""

    until: float


Fact = TypeVar("Fact", Accepted, Paused)


class KeyMemory:
    """Shared by all processes in Redis, and kept in this one, which then asks Redis no more."""

    def __init__(self, facts: SharedFacts) -> None:
        self._facts = facts
        self._mutex = threading.Lock()
        self._own: dict[str, Accepted | Paused] = {}

    def accepted(self, person_id: str, market: Market, keys: list[str]) -> str | None:
        """The id of the key that opened the market last, if the person has the same keys still."""
        name = _accepted_name(person_id, market)
        known = self._read(name, Accepted)
        return known.credential_id if known and known.among == sorted(keys) else None

    def note_accepted(
        self, person_id: str, market: Market, credential_id: str, keys: list[str], seconds: float
    ) -> None:
        if self.accepted(person_id, market, keys) == credential_id:
            return
        fact = Accepted(credential_id, sorted(keys), time.time() + seconds)
        self._write(_accepted_name(person_id, market), fact, seconds)

    def forget_accepted(self, person_id: str, market: Market) -> None:
        name = _accepted_name(person_id, market)
        with self._mutex:
            self._own.pop(name, None)
        self._facts.forget(name)

    def is_paused(self, credential_id: str, market: Market) -> bool:
        return self._read(_pause_name(credential_id, market), Paused) is not None

    def pause(self, credential_id: str, market: Market) -> None:
        """Leave the key alone for a while."""
        seconds = random.uniform(*PAUSE_SECONDS)
        name = _pause_name(credential_id, market)
        self._write(name, Paused(time.time() + seconds), seconds)

    def _read(self, name: str, shape: type[Fact]) -> Fact | None:
        own = self._own.get(name)
        if isinstance(own, shape) and own.until > time.time():
            return own
        shared = self._facts.read(name, shape)
        if shared is None or shared.until <= time.time():
            return None
        self._keep(name, shared)
        return shared

    def _write(self, name: str, fact: Accepted | Paused, seconds: float) -> None:
        self._keep(name, fact)
        self._facts.write(name, fact, seconds)

    def _keep(self, name: str, fact: Accepted | Paused) -> None:
        with self._mutex:
            keep_newest(self._own, name, fact, _KEPT_MAX)


def _accepted_name(person_id: str, market: Market) -> str:
    return f"accepted:{person_id}:{market}"


def _pause_name(credential_id: str, market: Market) -> str:
    return f"paused:{credential_id}:{market}"
