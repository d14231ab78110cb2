"""The price of a symbol at any second, past or present, as a function of its key and the clock.

Nothing is stored, so a candle asked for twice, or by two processes with the same seed, is the same
candle. The path is nested: a day has an open, a close and the two extremes it will touch; its hours
run through those; their minutes through theirs; the seconds through the minute's. So the exact high
and low of any minute, hour or day cost a few hashes, and they agree with each other and with every
trade in between.
"""

from math import exp
from typing import NamedTuple

from tests.exchange.hashing import mix, signed

# 2026-11-22, in days since 1970: the day on which a symbol's price is its reference price.
REFERENCE_DAY = 20779
# (period, weight of a day's sigma)
_SWING_PERIODS_DAYS = ((4, 1.0), (16, 2.0), (64, 3.5), (256, 6.0), (1024, 10.0))
# How far an hour or a minute strays beyond its ends, in days' sigma.
_HOUR_WICK, _MINUTE_WICK = 0.12, 0.02
# How far a price strays from the line between two knots, as a part of the span's range.
_NOISE = 0.12
Knots = tuple[tuple[int, float], tuple[int, float]]


class Span(NamedTuple):
    """One day, hour or minute.

    Where the price starts and ends, and the extremes it touches exactly once.
    """

    start: float
    end: float
    low: float
    high: float
    key: int


class PricePath:
    """The walk of one symbol.

    `hold` (a divisor of 60, at most 20) is the seconds between two of its trades.
    """

    __slots__ = (
        "_day",
        "_hour",
        "_minute",
        "hold",
        "key",
        "phase",
        "scale_factor",
        "sigma",
        "tick",
    )

    def __init__(
        self, key: int, reference: float, sigma: float, tick: float, hold: int = 1
    ) -> None:
        self.key, self.sigma, self.tick, self.hold = key, sigma, tick, hold
        self.phase = mix(key, 77) % hold
        self.scale_factor = reference / exp(_swing(key, sigma, REFERENCE_DAY))
        self._day = self._hour = self._minute = (-1, Span(0, 0, 0, 0, 0))

    def pin(self, price: float, second: int) -> None:
        """Shift the whole path so that it passes through `price` at `second` (a recorded last
        price).
        """
        self.shift(price / self._value(second))

    def shift(self, factor: float) -> None:
        """Multiply every price, past and future."""
        self.scale_factor *= factor
        self._day = self._hour = self._minute = (-1, Span(0, 0, 0, 0, 0))

    def ticks(self, second: int) -> int:
        """Give the last price at a second since 1970, in whole ticks, never below one."""
        return max(1, round(self._value(second) / self.tick))

    def due(self, second: int) -> bool:
        """Say whether the symbol trades in this second."""
        return second % self.hold == self.phase

    def candle_ticks(self, span: Span) -> tuple[int, int, int, int]:
        """Round a span to (open, high, low, close) in ticks; rounding keeps their order."""
        tick = self.tick
        start, high, low, end = (
            round(v / tick) for v in (span.start, span.high, span.low, span.end)
        )
        return max(1, start), max(1, high), max(1, low), max(1, end)

    def day(self, day: int) -> Span:
        """Give a day since 1970-01-01."""
        if self._day[0] != day:
            start = self.scale_factor * exp(_swing(self.key, self.sigma, day))
            end = self.scale_factor * exp(_swing(self.key, self.sigma, day + 1))
            key = mix(self.key, day)
            low_wick, high_wick = _wicks(key, self.sigma * start * 0.5)
            low = max(start * 0.2, min(start, end) - low_wick)
            self._day = (day, Span(start, end, low, max(start, end) + high_wick, key))
        return self._day[1]

    def hour(self, hour: int) -> Span:
        """Give an hour since 1970."""
        if self._hour[0] != hour:
            day, in_day = divmod(hour, 24)
            self._hour = (
                hour,
                _children(self.day(day), 24, in_day, in_day + 1, self.sigma * _HOUR_WICK)[0],
            )
        return self._hour[1]

    def minute(self, minute: int) -> Span:
        """Give a minute since 1970."""
        if self._minute[0] != minute:
            hour, in_hour = divmod(minute, 60)
            self._minute = (
                minute,
                _children(self.hour(hour), 60, in_hour, in_hour + 1, self.sigma * _MINUTE_WICK)[0],
            )
        return self._minute[1]

    def minutes(self, first: int, last: int) -> Span:
        """Give the minutes [first, last) since 1970, which are of one hour, as a whole."""
        hour, in_hour = divmod(first, 60)
        wick = self.sigma * _MINUTE_WICK
        spans = _children(self.hour(hour), 60, in_hour, in_hour + last - first, wick)
        low, high = min(span.low for span in spans), max(span.high for span in spans)
        return Span(spans[0].start, spans[-1].end, low, high, spans[0].key)

    def hour_extremes(self, first: int, last: int) -> tuple[int, int]:
        """Give (high, low) in ticks over the hours [first, last), in one go for each day they
        touch.
        """
        spans: list[Span] = []
        for day in range(first // 24, (last - 1) // 24 + 1):
            begin, end = max(first, day * 24) - day * 24, min(last, day * 24 + 24) - day * 24
            spans += _children(self.day(day), 24, begin, end, self.sigma * _HOUR_WICK)
        high, low = max(span.high for span in spans), min(span.low for span in spans)
        return max(1, round(high / self.tick)), max(1, round(low / self.tick))

    def _value(self, second: int) -> float:
        minute, in_minute = divmod(second, 60)
        span, slots = self.minute(minute), 60 // self.hold
        return _anchor(span, slots, _knots(span, slots), (in_minute - self.phase) // self.hold + 1)


def _swing(key: int, sigma: float, day: int) -> float:
    """Log price at the start of a day.

    Noise over days, weeks, months and years that never drifts off for good.
    """
    total = signed(mix(key, day)) * sigma * 0.6
    for period, weight in _SWING_PERIODS_DAYS:
        index, within = divmod(day, period)
        before, after = signed(mix(key ^ period, index)), signed(mix(key ^ period, index + 1))
        total += sigma * weight * (before + (after - before) * within / period)
    return total


def _knots(span: Span, slots: int) -> Knots:
    """Choose after which two of its slots a span touches its high and its low.

    Give them in order of time.
    """
    draw, inner = mix(span.key, -1), slots - 1
    high_at = 1 + draw % inner
    apart = max(1, inner // 4)  # a whole range within one slot would be a leap
    offset = apart + (draw >> 20) % (inner - 2 * apart + 1)
    low_at = 1 + (high_at - 1 + offset) % inner
    high, low = (high_at, span.high), (low_at, span.low)
    return (high, low) if high_at < low_at else (low, high)


def _anchor(span: Span, slots: int, knots: Knots, index: int) -> float:
    """Give the price after `index` of a span's `slots`.

    Its start, its end, an extreme, or a point between them.
    """
    if index <= 0:
        return span.start
    if index >= slots:
        return span.end
    (first_at, first), (second_at, second) = knots
    if index == first_at:
        return first
    if index == second_at:
        return second
    if index < first_at:
        straight = span.start + (first - span.start) * index / first_at
    elif index < second_at:
        straight = first + (second - first) * (index - first_at) / (second_at - first_at)
    else:
        straight = second + (span.end - second) * (index - second_at) / (slots - second_at)
    noisy = straight + signed(mix(span.key, index)) * (span.high - span.low) * _NOISE
    if noisy < span.low:  # thrown back, not cut off: the price does not rest at its extremes
        noisy = 2 * span.low - noisy
    elif noisy > span.high:
        noisy = 2 * span.high - noisy
    return min(max(noisy, span.low), span.high)


def _children(parent: Span, slots: int, first: int, last: int, wick: float) -> list[Span]:
    """Give the parts [first, last) of a span, their extremes inside those of the whole."""
    knots, salt = _knots(parent, slots), parent.key ^ slots
    spans = []
    start = _anchor(parent, slots, knots, first)
    for index in range(first, last):
        end, key = _anchor(parent, slots, knots, index + 1), mix(salt, index)
        low_wick, high_wick = _wicks(key, wick * start)
        low, high = (start, end) if start < end else (end, start)
        spans.append(
            Span(
                start, end, max(parent.low, low - low_wick), min(parent.high, high + high_wick), key
            )
        )
        start = end
    return spans


def _wicks(key: int, most: float) -> tuple[float, float]:
    """Choose how far a span strays below and above its ends, from two halves of its key."""
    return most * (key & 0xFFFFFFFF) / 0x100000000, most * (key >> 32) / 0x100000000
