"""Looking at something that may hang, and waiting for it no longer than one may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import Generic, TypeVar

Seen = TypeVar("Seen")


class Look(Generic[Seen]):
    """A look that is under way, for all who wait for it."""

    def __init__(self, patience_seconds: float) -> None:
        self.outcome: Future[Seen] = Future()
        self._gives_up_at = time.monotonic() + patience_seconds

    def seen(self) -> Seen | None:
        """What was seen, or None when it takes longer than patience has it."""
        try:
            return self.outcome.result(timeout=max(0.0, self._gives_up_at - time.monotonic()))
        except WaitedTooLong:
            return None


class Glance(Generic[Seen]):
    """Looks in a thread of its own, one look at a time: who comes meanwhile waits for the same.

    Patience counts from the look's begin: what has hung for long holds up nobody who comes late.
    """

    def __init__(self, look: Callable[[], Seen], patience_seconds: float, name: str) -> None:
        self._look = look
        self._patience_seconds = patience_seconds
        self._name = name
        self._mutex = threading.Lock()
        self._under_way: Look[Seen] | None = None

    def begin(self) -> Look[Seen]:
        """Begin a look, or join the one under way, and wait for nothing."""
        with self._mutex:
            if self._under_way is None or self._under_way.outcome.done():
                self._under_way = Look(self._patience_seconds)
                threading.Thread(
                    target=self._run, args=(self._under_way.outcome,), daemon=True, name=self._name
                ).start()
            return self._under_way

    def _run(self, outcome: Future[Seen]) -> None:
        try:
            outcome.set_result(self._look())
        except BaseException as error:  # whatever it is, those who wait must learn of it
            outcome.set_exception(error)
            raise
