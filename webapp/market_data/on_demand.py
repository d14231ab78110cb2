"""One call to Binance for all who want the same, with weight that the lists do not need."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from webapp.binance.client import BinanceClient
from webapp.binance.errors import BinanceError
from webapp.once import Answer, Once
from webapp.symbols.listing import Market

_RETRY_AFTER_SECONDS = 2


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

    def get(
        self, market: Market, key: str, seconds: int, ask: Callable[[BinanceClient], bytes]
    ) -> Answer:
        """What ``ask`` got within the last ``seconds``, as JSON; ``MarketDataUnavailable``."""
        client = self._clients[market]
        try:
            return self._once.get(
                key, seconds, lambda: _asked_if_weight_is_left(client, ask), self._wait_seconds
            )
        except BinanceError as error:
            raise MarketDataUnavailable(f"{error}.", error.retry_after_seconds) from error
        except TimeoutError:
            raise MarketDataUnavailable("Binance did not answer in time.", None) from None


def _asked_if_weight_is_left(client: BinanceClient, ask: Callable[[BinanceClient], bytes]) -> bytes:
    busy_seconds = client.busy_seconds()
    if busy_seconds:
        cause = "The request weight of this minute is kept for the symbol lists."
        raise MarketDataUnavailable(cause, busy_seconds)
    return ask(client)
