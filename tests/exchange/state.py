"""The moving side of one symbol: its last trade and its rolling 24 hours."""

from tests.exchange.hashing import fraction, mix
from tests.exchange.instrument import Instrument
from tests.exchange.price_path import PricePath

DAY_S = 86_400
_TRADE_SHARE = 0.000018  # of a day's volume: a common size of one trade


class State:
    """Last price (ticks), volume (lots) and the trades of the last 24 hours of a symbol that may
    trade.
    """

    __slots__ = ("_hour", "_minute", "count", "day_volume", "event_ms", "high", "inst", "last",
                 "last_id", "last_qty",
                 "low", "open", "path", "salt", "volume", "window_recorded")  # fmt: skip

    def __init__(self, inst: Instrument, second: int) -> None:
        self.inst = inst
        self.path = PricePath(inst.path_key, inst.reference, inst.sigma, inst.price.size, inst.hold)
        self.salt = mix(inst.path_key, len(inst.symbol) * 31 + ord(inst.symbol[-1]))
        self.last = (
            self.path.ticks(second)
            if inst.trading
            else max(1, round(inst.reference / inst.price.size))
        )
        self.open = self.high = self.low = self.last
        self.day_volume = max(1000, round(inst.turnover / inst.reference / inst.lot.size))
        self.volume = round(
            self.day_volume * (0.8 + 0.4 * fraction(mix(self.salt, second // DAY_S)))
        )
        self.count = max(40, round(inst.turnover / 900)) if inst.trading else 0
        # Trade ids grow with time, so that a restarted exchange does not take them back.
        self.last_id = (second - 1_500_000_000) * 3 // inst.hold + self.salt % 10**6
        self.last_qty = self.trade_size(second)
        self.event_ms = second * 1000
        self.window_recorded = False  # open, high and low come from a recording and only widen
        self._hour = self._minute = 0

    def trade_size(self, draw: int) -> int:
        """Choose the size of a trade in lots: mostly small, now and then large."""
        size = fraction(mix(self.salt, draw))
        return max(1, round(self.day_volume * _TRADE_SHARE * self.inst.hold * (0.05 + size**4 * 5)))

    def trade(self, ticks: int, quantity: int, now_ms: int, trades: int = 1) -> None:
        """Record a trade.

        Volume swings around a day's usual, since as much leaves the window as enters it.
        """
        self.last, self.last_qty, self.event_ms = ticks, quantity, now_ms
        self.last_id += trades
        leaving = round(self.volume * _TRADE_SHARE * self.inst.hold)
        self.volume = max(quantity, self.volume + quantity - leaving)
        if ticks > self.high:
            self.high = ticks
        elif ticks < self.low:
            self.low = ticks

    def walk(self, second: int) -> None:
        """Trade at the price the path has in this second."""
        self.trade(
            self.path.ticks(second),
            self.trade_size(second),
            second * 1000,
            3 if self.inst.hold == 1 else 1,
        )

    def roll(self, second: int) -> None:
        """Move the 24-hour window on: the open each minute, the extremes each hour."""
        if self.window_recorded or self._minute == second // 60:
            return
        self._minute = second // 60
        self.open = self.path.ticks(second - DAY_S)
        if self._hour == second // 3600:
            return
        self._hour = second // 3600
        high, low = self.path.hour_extremes(self._hour - 23, self._hour)
        self.high, self.low = max(self.last, self.open, high), min(self.last, self.open, low)

    def shift_back(self, factor: float, second: int) -> None:
        """Divide every price by what it was multiplied by, and make the day's figures anew."""
        self.path.shift(1 / factor)
        self.walk(second)
        self._hour = self._minute = 0
        self.roll(second)

    @property
    def spread(self) -> int:
        """Give the usual distance between best bid and best ask, in ticks."""
        return max(1, round(self.last * 0.00012 * (self.inst.hold - 1)))

    @property
    def mean_ticks(self) -> float:
        """Give a volume-weighted average price of the window, between its low and its high."""
        return (self.open + self.last + self.high + self.low) / 4

    @property
    def quote_volume(self) -> float:
        """Give the window's turnover in quote units."""
        return self.volume * self.inst.lot.size * self.mean_ticks * self.inst.price.size
