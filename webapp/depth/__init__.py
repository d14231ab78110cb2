"""Snapshots of order books, for browsers that keep a book of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from webapp.binance.answers import decode_depth
from webapp.binance.client import BinanceClient
from webapp.binance.errors import BinanceError
from webapp.once import Answer, Once
from webapp.symbols.listing import Market

# Request weight of a call: spot 5, 25 and 50, futures 5, 10 and 20.
LIMITS = (100, 500, 1000)
KEPT_SECONDS = 1
_RETRY_AFTER_SECONDS = 2


class DepthUnavailable(Exception):
    """There is no snapshot to be had now; the text is a sentence fit to be shown."""

    def __init__(self, cause: str, retry_after_seconds: float | None) -> None:
        super().__init__(cause)
        self.retry_after = math.ceil(retry_after_seconds or _RETRY_AFTER_SECONDS)


@dataclass(frozen=True)
class DepthVenue:
    """Where one market's books are asked for."""

    client: BinanceClient
    path: str


class DepthSnapshots:
    """Gives each book once a second for all who ask, and leaves the lists their request weight."""

    def __init__(
        self, venues: Mapping[Market, DepthVenue], once: Once, wait_seconds: float
    ) -> None:
        self._venues = venues
        self._once = once
        self._wait_seconds = wait_seconds

    def get(self, market: Market, symbol: str, limit: int) -> Answer:
        """The book's best ``limit`` levels a side, as the API answers; ``DepthUnavailable``."""
        venue = self._venues[market]
        try:
            return self._once.get(
                f"depth:{market}:{symbol}:{limit}",
                KEPT_SECONDS,
                lambda: self._fetch(venue, market, symbol, limit),
                self._wait_seconds,
            )
        except BinanceError as error:
            raise DepthUnavailable(f"{error}.", error.retry_after_seconds) from error
        except TimeoutError:
            raise DepthUnavailable("Binance did not answer in time.", None) from None

    def _fetch(self, venue: DepthVenue, market: Market, symbol: str, limit: int) -> bytes:
        busy_seconds = venue.client.busy_seconds()
        if busy_seconds:
            cause = "The request weight of this minute is kept for the symbol lists."
            raise DepthUnavailable(cause, busy_seconds)
        body = venue.client.get(venue.path, {"symbol": symbol, "limit": str(limit)})
        book = decode_depth(body)
        return msgspec.json.encode(
            {
                "status": "success",
                "data": {
                    "market_type": market,
                    "symbol": symbol,
                    "lastUpdateId": book.lastUpdateId,
                    "bids": book.bids,
                    "asks": book.asks,
                },
            }
        )
