"""People who ask without a pause, each over connections that are kept alive."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Self

TIMEOUT_SECONDS = 30


class Ask(NamedTuple):
    """A request, and what is in each right answer to it."""

    method: str
    path: str
    status: int
    holds: bytes


class Load:
    """From ``with`` on: so many threads ask in turn, until its end.

    ``count`` is how many were answered rightly, ``wrongs`` tells of each that was not, and
    ``longest_seconds`` is the longest that one waited.
    """

    def __init__(self, port: int, asks: Sequence[Ask], threads: int) -> None:
        self.count = 0
        self.wrongs: list[str] = []
        self.longest_seconds = 0.0
        self._port = port
        self._asks = asks
        self._mutex = threading.Lock()
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(number,)) for number in range(threads)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        while not self._is_over.is_set():
            self._ask(connection, self._asks[number % len(self._asks)])
            number += 1
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, ask: Ask) -> None:
        asked_at = time.monotonic()
        wrong = ""
        try:
            connection.request(ask.method, ask.path)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            wrong = repr(error)
            connection.close()
        else:
            if answer.status != ask.status or ask.holds not in body:
                wrong = f"{answer.status} {body[:200]!r}"
        with self._mutex:
            self.longest_seconds = max(self.longest_seconds, time.monotonic() - asked_at)
            if wrong:
                self.wrongs.append(f"{ask.method} {ask.path}: {wrong}")
            else:
                self.count += 1
