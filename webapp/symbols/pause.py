"""The pause after a failed fetch, so that a known failure is not paid for twice."""

from __future__ import annotations

import random
import time

import msgspec

from webapp.binance.errors import BinanceError
from webapp.shared_facts import SharedFacts

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 8.0  # so that all is fresh within 10 s of the end of whatever it was
# How long after its pause a failure still counts as one in a row.
_REMEMBERED_SECONDS = 300.0


class KnownFailure(BinanceError):
    """Asking now would be in vain, and Binance was not asked."""


class Failure(msgspec.Struct, frozen=True):
    """The last failed fetch: why, how many in a row, when, and when the next may be.

    Times are epoch seconds.
    """

    reason: str
    in_a_row: int
    at: float
    until: float

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.until - time.time())


class FailurePause:
    """A pause that doubles with each failure in a row, jittered so that no fleet acts as one.

    It is shared by all processes, and kept in this one for when Redis is away.
    """

    def __init__(self, facts: SharedFacts, name: str) -> None:
        self._facts = facts
        self._name = f"failure:{name}"
        self.known: Failure | None = None  # as far as this process knows, without asking Redis

    def last(self) -> Failure | None:
        """The last failure while it is remembered, wherever it happened; asks Redis."""
        shared = self._facts.read(self._name, Failure)
        failures = [failure for failure in (shared, self.known) if failure]
        return max(failures, key=lambda failure: failure.at, default=None)

    def in_force(self) -> Failure | None:
        """The failure whose pause has not ended, wherever it happened; asks Redis."""
        shared = self._facts.read(self._name, Failure)
        if shared and shared.until > (self.known.until if self.known else 0):
            self.known = shared
        return self.known if self.known and self.known.seconds_left else None

    def begin(self, reason: str, *, shared: bool = True) -> None:
        """Note a failure. One that is not shared keeps only this process from trying again."""
        in_a_row = self.known.in_a_row + 1 if self.known else 1
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (in_a_row - 1))
        seconds = random.uniform(longest / 2, longest)
        now = time.time()
        self.known = Failure(reason, in_a_row, now, now + seconds)
        if shared:
            self._facts.write(self._name, self.known, seconds + _REMEMBERED_SECONDS)

    def end(self) -> None:
        """Note a success."""
        if self.known:
            self.known = None
            self._facts.forget(self._name)
