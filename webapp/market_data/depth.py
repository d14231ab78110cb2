"""Snapshots of order books, for browsers that keep a book of their own."""

from __future__ import annotations

import msgspec

from webapp.binance.answers import decode_depth
from webapp.binance.client import BinanceClient
from webapp.bodies import success
from webapp.market_data.on_demand import OnDemand
from webapp.once import Answer
from webapp.symbols.listing import Market

# Request weight of a call: spot 5, 25 and 50, futures 5, 10 and 20.
LIMITS = (100, 500, 1000)
KEPT_SECONDS = 1
_PATHS: dict[Market, str] = {"spot": "/api/v3/depth", "futures": "/fapi/v1/depth"}


class Book(msgspec.Struct):
    """An order book: ``[price, quantity]`` as decimal strings, best first on both sides."""

    market_type: Market
    symbol: str
    lastUpdateId: int
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class DepthSnapshots:
    """Gives each book once a second for all who ask."""

    def __init__(self, on_demand: OnDemand) -> None:
        self._on_demand = on_demand

    def get(self, market: Market, symbol: str, limit: int) -> Answer:
        """The best ``limit`` levels a side, as the API answers; ``MarketDataUnavailable``."""
        return self._on_demand.get(
            market,
            f"depth:{market}:{symbol}:{limit}",
            KEPT_SECONDS,
            lambda client: _fetch(client, market, symbol, limit),
        )


def _fetch(client: BinanceClient, market: Market, symbol: str, limit: int) -> bytes:
    book = decode_depth(client.get(_PATHS[market], {"symbol": symbol, "limit": str(limit)}))
    return success(Book(market, symbol, book.lastUpdateId, book.bids, book.asks))
