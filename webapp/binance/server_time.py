"""The exchange's clock beside this machine's."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from webapp.binance.answers import decode_server_time
from webapp.binance.client import BinanceClient
from webapp.binance.errors import BinanceError

log = logging.getLogger(__name__)

_GOOD_FOR_SECONDS = 300.0
_FAILURE_GOOD_FOR_SECONDS = 10.0
_TRIES = 2  # the first may have to open a connection


class ServerTime:
    """How far one venue's clock is ahead of ours, measured once in five minutes (weight 2)."""

    def __init__(self, client: BinanceClient, path: str) -> None:
        self._client = client
        self._path = path
        self._mutex = threading.Lock()
        self._offset_ms: int | None = None
        self._good_until = 0.0  # monotonic seconds

    def offset_ms(self) -> int | None:
        """Milliseconds by which the exchange's clock is ahead; None when it did not tell."""
        with self._mutex:  # who comes second has the first one's measurement
            if time.monotonic() >= self._good_until:
                self._offset_ms = self._measured()
                good_for = (
                    _FAILURE_GOOD_FOR_SECONDS if self._offset_ms is None else _GOOD_FOR_SECONDS
                )
                self._good_until = time.monotonic() + good_for
            return self._offset_ms

    def _measured(self) -> int | None:
        try:
            return measured_offset_ms(lambda: self._client.get(self._path), _TRIES)
        except BinanceError as error:
            log.warning("the exchange's clock could not be read: %s", error)
            return None


def measured_offset_ms(ask: Callable[[], bytes], tries: int = 1) -> int:
    """By how much the clock that ``ask`` reads is ahead of ours; raises ``BinanceError``.

    The quickest of the tries is believed: it can be wrong by half of its round trip at the most.
    """
    return min(_reading(ask) for _ in range(tries))[1]


def _reading(ask: Callable[[], bytes]) -> tuple[float, int]:
    """Seconds that the round trip took, and the milliseconds that the clock is ahead."""
    asked_at = time.time()
    server_ms = decode_server_time(ask())
    answered_at = time.time()
    middle_ms = (asked_at + answered_at) / 2 * 1000
    return answered_at - asked_at, round(server_ms - middle_ms)
