"""Candles of a pair: history for a chart, whose open candle a browser keeps up by its stream."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from webapp.binance.answers import Candle, decode_klines
from webapp.binance.client import BinanceClient
from webapp.market_data.on_demand import OnDemand
from webapp.symbols.listing import Market

__all__ = ["INTERVALS", "LIMIT_MAX", "Candle", "KlineHistory", "Klines"]

_MINUTE = 60
# Seconds of the intervals that there are charts of; all begin at whole multiples since 1970.
INTERVALS = {
    "1m": _MINUTE,
    "5m": 5 * _MINUTE,
    "15m": 15 * _MINUTE,
    "30m": 30 * _MINUTE,
    "1h": 60 * _MINUTE,
    "4h": 240 * _MINUTE,
    "1d": 1440 * _MINUTE,
}
# Always as many are asked for, so that all who want fewer share the call; weight 2 on both markets.
LIMIT_MAX = 499
_PATHS: dict[Market, str] = {"spot": "/api/v3/klines", "futures": "/fapi/v1/klines"}
# A candle that has just begun may not be told at once.
_BEGUN_SECONDS = 0.5


class Klines(NamedTuple):
    """Candles, oldest first; the last one was as a rule open when they were asked for."""

    candles: Sequence[Candle]
    seconds_left: int  # until the open candle ends, and with it the time to keep these
    closed_before_ms: int  # candles that began before this had ended when they were asked for


class KlineHistory:
    """Asks Binance once for each pair, interval and candle, however many look at it.

    ``offset_ms`` tells how far a market's clock is ahead of ours, or None.
    """

    def __init__(self, on_demand: OnDemand, offset_ms: Callable[[Market], int | None]) -> None:
        self._on_demand = on_demand
        self._offset_ms = offset_ms

    def get(self, market: Market, symbol: str, interval: str, limit: int) -> Klines:
        """The newest ``limit`` candles, up to ``LIMIT_MAX``; ``MarketDataUnavailable``."""
        seconds = INTERVALS[interval]
        now = time.time() + (self._offset_ms(market) or 0) / 1000 - _BEGUN_SECONDS
        begun_at = math.floor(now / seconds) * seconds
        answer = self._on_demand.get(
            market,
            f"klines:{market}:{symbol}:{interval}:{begun_at}",
            seconds,
            lambda client: _fetch(client, market, symbol, interval),
        )
        candles = msgspec.json.decode(answer.body, type=list[Candle])
        return Klines(candles[-limit:], math.ceil(begun_at + seconds - now), begun_at * 1000)


def _fetch(client: BinanceClient, market: Market, symbol: str, interval: str) -> bytes:
    params = {"symbol": symbol, "interval": interval, "limit": str(LIMIT_MAX)}
    return msgspec.json.encode(decode_klines(client.get(_PATHS[market], params)))
