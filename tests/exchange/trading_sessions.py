"""When the markets behind TradFi perpetuals trade: the schedule of two weeks, the session of now.

Shapes: developers.binance.com, USD-M futures, "Trading Schedule" and "Trading Session Stream". The
schedule's CN_EQUITY is from the SDK's changelog (2026-08-18); no stream event is documented for it.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tests.exchange.rows import dump

HOUR_MS = 3_600_000
_DAY_MS = 24 * HOUR_MS
_WEEK_MS = 7 * _DAY_MS
_FIRST_MONDAY_MS = 4 * _DAY_MS  # 1970-01-05
CLOSED = "NO_TRADING"

_US_DAY = [(0.0, "OVERNIGHT"), (8.0, "PRE_MARKET"), (13.5, "REGULAR"), (20.0, "AFTER_MARKET")]
# By market, what begins at which hour (UTC) of a week that starts on Monday; the clocks of no
# country change.
_WEEKS: dict[str, list[tuple[float, str]]] = {
    "EQUITY": [(24 * day + hour, kind) for day in range(5) for hour, kind in _US_DAY]
    + [(24.0 * 5, CLOSED)],
    "COMMODITY": [
        (24 * day + hour, kind)
        for day in range(5)
        for hour, kind in ((21.0, CLOSED), (22.0, "REGULAR"))
        if (day, hour) != (4, 22)
    ]
    + [(24.0 * 6 + 22, "REGULAR")],
    "KR_EQUITY": [
        (24 * day + hour, kind)
        for day in range(5)
        for hour, kind in ((0.0, "REGULAR"), (6.5, CLOSED))
    ],
    "CN_EQUITY": [
        (24 * day + hour, kind)
        for day in range(5)
        for hour, kind in ((1.5, "REGULAR"), (3.5, CLOSED), (5.0, "REGULAR"), (7.0, CLOSED))
    ],
}
_EVENTS = {"EQUITY": "EquityUpdate", "COMMODITY": "CommodityUpdate", "KR_EQUITY": "KR_EquityUpdate"}


class Session(NamedTuple):
    """A stretch of time in which a market is open in one way, or closed."""

    start_ms: int
    end_ms: int
    kind: str


class TradingSessions:
    """The sessions of all markets; `set` makes a market's present one what a test wants."""

    def __init__(self) -> None:
        self._wanted: dict[str, tuple[Session, Session]] = {}

    def set(self, market: str, kind: str, next_kind: str, now_ms: int, seconds: float) -> None:
        """From an hour ago until some seconds from now, then an hour of the next one."""
        if market not in _WEEKS:
            raise ValueError(f"no market is named {market!r}; there are {', '.join(_WEEKS)}")
        ends_ms = now_ms + round(seconds * 1000)
        self._wanted[market] = (
            Session(now_ms - HOUR_MS, ends_ms, kind),
            Session(ends_ms, ends_ms + HOUR_MS, next_kind),
        )

    def reset(self) -> None:
        """Go back to the usual week."""
        self._wanted.clear()

    def schedule(self, now_ms: int) -> str:
        """Write the answer of tradingSchedule: a week back and a week on from yesterday."""
        yesterday_ms = now_ms // _DAY_MS * _DAY_MS - _DAY_MS
        markets = {
            market: {
                "sessions": [
                    {"startTime": start, "endTime": end, "type": kind}
                    for start, end, kind in self._between(
                        market, yesterday_ms - _WEEK_MS, yesterday_ms + _WEEK_MS
                    )
                ]
            }
            for market in _WEEKS
        }
        return dump({"updateTime": now_ms, "marketSchedules": markets})

    def events(self, now_ms: int) -> list[str]:
        """Write the events of the tradingSession stream, one a market."""
        events = []
        for market, event in _EVENTS.items():
            now = [s for s in self._between(market, now_ms, now_ms + 1) if s.end_ms > now_ms]
            start, end, kind = now[0]
            events.append(dump({"e": event, "E": now_ms, "t": start, "T": end, "S": kind}))
        return events

    def _between(self, market: str, from_ms: int, until_ms: int) -> list[Session]:
        usual = [s for s in _weeks(market, from_ms, until_ms) if s.end_ms > from_ms]
        if market not in self._wanted:
            return usual
        first, last = self._wanted[market][0], self._wanted[market][-1]
        before = [s._replace(end_ms=min(s.end_ms, first.start_ms)) for s in usual]
        after = [s._replace(start_ms=max(s.start_ms, last.end_ms)) for s in usual]
        joined = [*before, first, last, *after]
        return [
            s
            for s in joined
            if s.start_ms < s.end_ms and s.end_ms > from_ms and s.start_ms < until_ms
        ]


def _weeks(market: str, from_ms: int, until_ms: int) -> Iterator[Session]:
    monday_ms = from_ms - (from_ms - _FIRST_MONDAY_MS) % _WEEK_MS - _WEEK_MS
    begins = [
        (monday_ms + week * _WEEK_MS + round(hour * HOUR_MS), kind)
        for week in range(5)
        for hour, kind in _WEEKS[market]
    ]
    for (start, kind), (end, _) in pairwise(begins):
        if start < until_ms:
            yield Session(start, end, kind)
