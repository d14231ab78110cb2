"""Stream names: what each asks for, at what speed, and on which route futures send it."""

import re
from typing import NamedTuple

from tests.exchange.klines import FUTURES_INTERVALS, SPOT_INTERVALS

PUBLIC_CHANNELS = frozenset({"bookTicker", "depth", "partialDepth", "allBookTickers"})
WATCH_CHANNELS = frozenset({"bookTicker", "depth", "partialDepth", "aggTrade", "trade"})
_SPOT_ALL = {"!miniTicker@arr": ("allMiniTickers", 1000)}
_FUTURES_ALL = {
    "!miniTicker@arr": ("allMiniTickers", 1000), "!ticker@arr": ("allTickers", 1000),
    "!bookTicker": ("allBookTickers", 5000),
    "!markPrice@arr": ("allMarkPrices", 3000), "!markPrice@arr@1s": ("allMarkPrices", 1000),
    "!contractInfo": ("contractInfo", 0),
    "tradingSession": ("tradingSession", 1000),
}  # fmt: skip
_PARTIAL = re.compile(r"^depth(5|10|20)?(?:@(\d+)ms)?$")
_KLINE = re.compile(r"^kline_(\w+?)(?:@([+-]\d{2}:\d{2}))?$")


class Stream(NamedTuple):
    """A stream that exists.

    `channel`, the lowercase symbol ("" for all-market streams) and how often it speaks.
    """

    name: str
    channel: str
    symbol: str
    period_ms: int  # 0: as things happen
    levels: int = 0
    interval: str = ""
    zone: str = ""

    @property
    def route(self) -> str:
        """Give the futures path that carries it: order-book data is public, the rest is market."""
        return "public" if self.channel in PUBLIC_CHANNELS else "market"


def parse(name: str, *, futures: bool) -> Stream | None:
    """Read a stream name; None for one that does not exist: it is acknowledged and stays silent."""
    everything = (_FUTURES_ALL if futures else _SPOT_ALL).get(name)
    if everything is not None:
        return Stream(name, everything[0], "", everything[1])
    symbol, at, channel = name.partition("@")
    if not at or not symbol or symbol != symbol.lower() or symbol.startswith("!"):
        return None
    return _plain(name, symbol, channel, futures=futures) or _depth(name, symbol, channel,
                                                                    futures=futures) or _kline(
        name, symbol, channel, futures=futures)  # fmt: skip


def _plain(name: str, symbol: str, channel: str, *, futures: bool) -> Stream | None:
    speeds = {"miniTicker": 2000 if futures else 1000, "ticker": 2000 if futures else 1000,
              "bookTicker": 0,
              "aggTrade": 100 if futures else 0, "trade": 0}  # fmt: skip
    if futures:
        if channel in ("markPrice", "markPrice@1s"):
            return Stream(name, "markPrice", symbol, 1000 if channel.endswith("1s") else 3000)
        del speeds["trade"]
    return Stream(name, channel, symbol, speeds[channel]) if channel in speeds else None


def _depth(name: str, symbol: str, channel: str, *, futures: bool) -> Stream | None:
    match = _PARTIAL.match(channel)
    if match is None:
        return None
    default, allowed = (250, (100, 250, 500)) if futures else (1000, (100, 1000))
    period_ms = int(match[2] or default)
    if period_ms not in allowed:
        return None
    levels = int(match[1] or 0)
    return Stream(name, "partialDepth" if levels else "depth", symbol, period_ms, levels)


def _kline(name: str, symbol: str, channel: str, *, futures: bool) -> Stream | None:
    match = _KLINE.match(channel)
    if (
        match is None
        or match[1] not in (FUTURES_INTERVALS if futures else SPOT_INTERVALS)
        or (futures and match[2])
    ):
        return None
    period_ms = 250 if futures else 1000 if match[1] == "1s" else 2000
    return Stream(name, "kline", symbol, period_ms, interval=match[1], zone=match[2] or "0")
