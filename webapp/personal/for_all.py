"""Public data that personal lists alone need: fetched when somebody needs it, once for everyone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import Generic, NamedTuple, TypeVar

from webapp.binance.errors import BinanceError
from webapp.once import Answer, Once
from webapp.symbols.pause import FailurePause, KnownFailure

log = logging.getLogger(__name__)

Value = TypeVar("Value")

# How long a process waits for the one that fetches.
_FETCH_SECONDS = 15.0


class _Kept(NamedTuple, Generic[Value]):
    answer: Answer
    value: Value


class ForAll(Generic[Value]):
    """A value of one exchange that is as good for one person as for another.

    It is fresh for ``ttl_seconds``; for as long again it serves while it is fetched anew.
    """

    def __init__(
        self,
        name: str,
        once: Once,
        pause: FailurePause,
        ttl_seconds: int,
        fetch: Callable[[], bytes],
        decode: Callable[[bytes], Value],
    ) -> None:
        self._name = name
        self._once = once
        self._pause = pause
        self._ttl_seconds = ttl_seconds
        self._fetch = fetch
        self._decode = decode
        self._last: _Kept[Value] | None = None
        self._under_way: Future[Answer] | None = None
        self._began_at = 0.0  # monotonic seconds

    def start(self) -> None:
        """Fetch it in the background unless it is fresh, for somebody who needs it soon."""
        if self._once.kept(self._name, self._ttl_seconds) is None:
            self._started()

    def at_hand(self) -> Value | None:
        """What this process has, not too old; nobody waits, and nothing is fetched."""
        answer = self._once.kept(self._name, 2 * self._ttl_seconds)
        return self._decoded(answer) if answer else None

    def get(self, wait_seconds: float) -> Value:
        """The value, fresh or being fetched anew; raises ``BinanceError``.

        The wait counts from the begin of the fetch, so that nobody pays for a slow one again.
        """
        self.start()
        at_hand = self.at_hand()
        if at_hand is not None:
            return at_hand
        under_way = self._started()
        seconds_left = max(0.0, self._began_at + wait_seconds - time.monotonic())
        try:
            return self._decoded(under_way.result(timeout=seconds_left))
        except WaitedTooLong:
            raise KnownFailure(f"{self._name} is still being fetched") from None

    def _started(self) -> Future[Answer]:
        under_way = self._once.start(
            self._name, self._ttl_seconds, self._fetched_unless_paused, _FETCH_SECONDS
        )
        if under_way is not self._under_way:
            self._under_way, self._began_at = under_way, time.monotonic()
        return under_way

    def _fetched_unless_paused(self) -> bytes:
        failure = self._pause.in_force()
        if failure:
            raise KnownFailure(failure.reason)
        try:
            fetched = self._fetch()
        except BinanceError as error:
            log.warning("%s could not be fetched: %s", self._name, error)
            self._pause.begin(str(error))
            raise
        self._pause.end()
        return fetched

    def _decoded(self, answer: Answer) -> Value:
        last = self._last
        if last is None or last.answer is not answer:
            last = self._last = _Kept(answer, self._decode(bytes(answer.body)))
        return last.value
