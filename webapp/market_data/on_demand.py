"""One call to Binance for all who want the same, with weight that the lists do not need."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from webapp.binance.client import BinanceClient
from webapp.binance.errors import BinanceError
from webapp.once import Answer, Once
from webapp.symbols.listing import Market

_RETRY_AFTER_SECONDS = 2
# A failure is told at once for so many times as long as it took to meet it: else a page full of
# pictures would hold up a worker's threads while Binance hangs.
_PAUSE_RATIO = 5.0


class MarketDataUnavailable(Exception):
    """There is no answer to be had now; the text is a sentence fit to be shown."""

    def __init__(self, cause: str, retry_after_seconds: float | None) -> None:
        super().__init__(cause)
        self.retry_after = math.ceil(retry_after_seconds or _RETRY_AFTER_SECONDS)


class OnDemand:
    """Gives each answer once for all who ask within its time, and leaves the lists their weight."""

    def __init__(
        self, clients: Mapping[Market, BinanceClient], once: Once, wait_seconds: float
    ) -> None:
        self._clients = clients
        self._once = once
        self._wait_seconds = wait_seconds
        self._paused: dict[Market, tuple[float, str]] = {}  # until when (monotonic), and why

    def get(
        self, market: Market, key: str, seconds: int, ask: Callable[[BinanceClient], bytes]
    ) -> Answer:
        """What ``ask`` got within the last ``seconds``, as JSON; ``MarketDataUnavailable``."""
        client = self._clients[market]

        def asked() -> bytes:
            self._require_no_pause(market)
            return _asked_if_weight_is_left(client, ask)

        began = time.monotonic()
        try:
            return self._once.get(key, seconds, asked, self._wait_seconds)
        except BinanceError as error:
            self._pause(market, began, f"{error}.")
            raise MarketDataUnavailable(f"{error}.", error.retry_after_seconds) from error
        except TimeoutError:
            cause = "Binance did not answer in time."
            self._pause(market, began, cause)
            raise MarketDataUnavailable(cause, None) from None

    def _pause(self, market: Market, began: float, cause: str) -> None:
        now = time.monotonic()
        self._paused[market] = (now + _PAUSE_RATIO * (now - began), cause)

    def _require_no_pause(self, market: Market) -> None:
        until, cause = self._paused.get(market, (0.0, ""))
        if time.monotonic() < until:
            raise MarketDataUnavailable(cause, None)


def _asked_if_weight_is_left(client: BinanceClient, ask: Callable[[BinanceClient], bytes]) -> bytes:
    busy_seconds = client.busy_seconds()
    if busy_seconds:
        cause = "The request weight of this minute is kept for the symbol lists."
        raise MarketDataUnavailable(cause, busy_seconds)
    return ask(client)
