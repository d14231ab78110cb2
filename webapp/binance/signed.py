"""Signed calls: a person's own question to one venue."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from webapp.binance.client import BinanceClient, Question
from webapp.binance.errors import ClockSkew
from webapp.binance.server_time import measured_offset_ms
from webapp.binance.signing import ApiKey

log = logging.getLogger(__name__)

RECV_WINDOW_MS = 5000  # how late a call may arrive; Binance's own default


class SignedClient:
    """Asks one venue in a person's name; every failure is a ``BinanceError``.

    A clock that Binance finds wrong (-1021) is set right by the server's time, once a call, and
    stays so for the calls after it.
    """

    def __init__(self, client: BinanceClient, time_path: str) -> None:
        self._client = client
        self._time_path = time_path
        self._offset_ms = 0

    def get(
        self,
        path: str,
        key: ApiKey,
        deadline_seconds: float,
        params: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of the signed ``GET <host><path>``; ``KeyRefused`` when the key is no good."""
        gives_up_at = time.monotonic() + deadline_seconds

        def question() -> Question:
            return self._question(path, key, params or {})

        try:
            return self._client.ask(question, deadline_seconds)
        except ClockSkew:
            self._set_clock(gives_up_at - time.monotonic())
        return self._client.ask(question, gives_up_at - time.monotonic())

    def busy_seconds(self) -> float:
        """How long nothing personal should be asked: the weight is needed for everyone's lists."""
        return self._client.busy_seconds()

    def _question(self, path: str, key: ApiKey, params: Mapping[str, str]) -> Question:
        # Made anew for each attempt: what is signed holds the time.
        timestamp_ms = round(time.time() * 1000) + self._offset_ms
        stamped = {**params, "recvWindow": str(RECV_WINDOW_MS), "timestamp": str(timestamp_ms)}
        query = key.signed(urlencode(stamped))
        return Question(path, query, {"X-MBX-APIKEY": key.key}, is_personal=True)

    def _set_clock(self, seconds_left: float) -> None:
        self._offset_ms = measured_offset_ms(
            lambda: self._client.ask(lambda: Question(self._time_path), seconds_left)
        )
        log.warning("for signed calls our clock is set by Binance's: %+d ms", self._offset_ms)
