"""Candles, made from the price path.

The same candle asked twice is equal, and the last one closes at the last price.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from tests.exchange.hashing import fraction, mix
from tests.exchange.state import State

_MINUTE_MS = 60_000
_HOUR_MS, _DAY_MS = 60 * _MINUTE_MS, 1440 * _MINUTE_MS
FIXED_INTERVALS_MS = {
    "1s": 1000,
    **{f"{count}m": count * _MINUTE_MS for count in (1, 3, 5, 15, 30)},
    **{f"{count}h": count * _HOUR_MS for count in (1, 2, 4, 6, 8, 12)},
    **{"1d": _DAY_MS, "3d": 3 * _DAY_MS, "1w": 7 * _DAY_MS},
}
SPOT_INTERVALS = (*FIXED_INTERVALS_MS, "1M")
FUTURES_INTERVALS = SPOT_INTERVALS[1:]
_MONDAY_OFFSET_MS = 4 * 86_400_000  # 1970-01-01 was a Thursday; Binance's weeks start on Monday


class Candle(NamedTuple):
    """Prices in ticks, volumes in lots, times in ms.

    `turnover` and `taker_turnover` in quote units.
    """

    open_ms: int
    close_ms: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    turnover: float
    trades: int
    taker_volume: int
    first_id: int


def zone_offset_ms(text: str) -> int:
    """Read a time zone such as "8", "-3:30" or "+08:00" (-12:00 to +14:00).

    ValueError for anything else.
    """
    sign = -1 if text.startswith("-") else 1
    hours, _, minutes = text.lstrip("+-").partition(":")
    offset_ms = sign * (int(hours) * 60 + int(minutes or "0")) * _MINUTE_MS
    if not -12 * 60 * _MINUTE_MS <= offset_ms <= 14 * 60 * _MINUTE_MS:
        raise ValueError(text)
    return offset_ms


def open_time(interval: str, at_ms: int, zone_ms: int = 0) -> int:
    """Give the start of the candle that holds a time.

    Days begin at midnight of the zone (its offset in ms).
    """
    local = at_ms + zone_ms
    if interval == "1M":
        day = datetime.fromtimestamp(local / 1000, UTC)
        return int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp() * 1000) - zone_ms
    length = FIXED_INTERVALS_MS[interval]
    offset = _MONDAY_OFFSET_MS if interval == "1w" else 0
    return (local - offset) // length * length + offset - zone_ms


def next_open(interval: str, open_ms: int, zone_ms: int = 0) -> int:
    """Give the start of the following candle."""
    if interval == "1M":
        return open_time("1M", open_ms + 32 * 86_400_000, zone_ms)
    return open_ms + FIXED_INTERVALS_MS[interval]


def candle_at(state: State, interval: str, open_ms: int, now_ms: int, zone_ms: int = 0) -> Candle:
    """Make the candle that starts at `open_ms`; one that is not over yet ends at the last price."""
    end_ms = next_open(interval, open_ms, zone_ms)
    over = end_ms <= now_ms
    first, last = open_ms // 1000, end_ms // 1000 if over else state.event_ms // 1000
    opened = state.path.ticks(first - 1)
    high = low = close = opened
    for _, part_high, part_low, part_close in _parts(state, first, last):
        high, low, close = max(high, part_high), min(low, part_low), part_close
    if not over:
        close = state.last
        high, low = max(high, close), min(low, close)
    return _with_volume(
        state,
        (open_ms, end_ms - 1, opened, high, low, close),
        min(1.0, (now_ms - open_ms) / (end_ms - open_ms)),
    )


def _parts(state: State, first: int, last: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut the seconds [first, last) into the largest whole days, hours and runs of minutes, and
    single seconds.
    """
    path, second = state.path, first
    while second < last:
        for length, span in ((86_400, path.day), (3600, path.hour)):
            if second % length == 0 and second + length <= last:
                yield path.candle_ticks(span(second // length))
                second += length
                break
        else:
            minute, end = second // 60, min(last // 60, (second // 3600 + 1) * 60)
            if second % 60 == 0 and minute < end:
                yield path.candle_ticks(path.minutes(minute, end))
                second = end * 60
            else:
                price = path.ticks(second)
                yield price, price, price, price
                second += 1


def _with_volume(
    state: State, prices: tuple[int, int, int, int, int, int], elapsed: float
) -> Candle:
    open_ms, close_ms, opened, high, low, close = prices
    length_s = (close_ms + 1 - open_ms) / 1000
    draw = mix(state.salt ^ int(length_s), open_ms // 1000)
    busy = (0.4 + 1.2 * fraction(draw)) * max(0.0, elapsed)
    volume = max(1, round(state.day_volume * length_s / 86_400 * busy))
    trades = max(1, round(state.count * length_s / 86_400 * busy))
    taker = round(volume * (0.35 + 0.3 * fraction(mix(draw, 1))))
    turnover = (
        volume * state.inst.lot.size * (opened + high + low + close) / 4 * state.inst.price.size
    )
    first_id = (open_ms // 1000 - 1_500_000_000) * 3 // state.inst.hold + state.salt % 10**6
    return Candle(
        open_ms, close_ms, opened, high, low, close, volume, turnover, trades, taker, first_id
    )


def rest_row(state: State, candle: Candle) -> list[int | str]:
    """Write a candle as the 12 elements of GET klines."""
    price, lot = state.inst.price.text, state.inst.lot.text
    places = 8 if state.inst.price.decimals == 8 else 5
    taker_turnover = candle.turnover * candle.taker_volume / max(1, candle.volume)
    return [
        candle.open_ms, price(candle.open), price(candle.high), price(candle.low),
        price(candle.close),
        lot(candle.volume), candle.close_ms, f"{candle.turnover:.{places}f}", candle.trades,
        lot(candle.taker_volume), f"{taker_turnover:.{places}f}", "0",
    ]  # fmt: skip


def stream_kline(state: State, interval: str, candle: Candle, now_ms: int) -> dict[str, object]:
    """Write a candle as the `k` of a kline event."""
    row = rest_row(state, candle)
    return {
        "t": row[0], "T": row[6], "s": state.inst.symbol, "i": interval, "f": candle.first_id,
        "L": candle.first_id + max(0, candle.trades - 1), "o": row[1], "c": row[4], "h": row[2],
        "l": row[3],
        "v": row[5], "n": row[8], "x": now_ms > candle.close_ms, "q": row[7], "V": row[9],
        "Q": row[10], "B": "0",
    }  # fmt: skip
