"""Looking at something that may hang, and waiting for it no longer than one may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import Generic, TypeVar

Seen = TypeVar("Seen")


class Glance(Generic[Seen]):
    """Looks in a thread of its own, one look at a time: who comes meanwhile waits for the same."""

    def __init__(self, look: Callable[[], Seen], patience_seconds: float, name: str) -> None:
        self._look = look
        self._patience_seconds = patience_seconds
        self._name = name
        self._mutex = threading.Lock()
        self._under_way: Future[Seen] | None = None

    def begin(self) -> Future[Seen]:
        """Begin a look, or join the one under way, and wait for nothing."""
        with self._mutex:
            if self._under_way is None or self._under_way.done():
                self._under_way = Future()
                threading.Thread(
                    target=self._run, args=(self._under_way,), daemon=True, name=self._name
                ).start()
            return self._under_way

    def take(self) -> Seen | None:
        """What was seen, or None when it takes longer than patience has it."""
        try:
            return self.begin().result(timeout=self._patience_seconds)
        except WaitedTooLong:
            return None

    def _run(self, seen: Future[Seen]) -> None:
        try:
            seen.set_result(self._look())
        except BaseException as error:  # whatever it is, those who wait must learn of it
            seen.set_exception(error)
            raise
