"""Trades and book changes of a symbol that somebody watches, in steps of 50 ms.

The price follows the symbol's path: within a second it finds its way from the path's last value to
its next without leaving the range between them, so that no trade leaves the candle the path will
give. Each trade prints at the best bid or the best ask.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from tests.exchange.book import Book, Levels
from tests.exchange.hashing import fraction, mix
from tests.exchange.state import State

STEP_MS = 50
STEPS_A_SECOND = 1000 // STEP_MS
LEVELS, QUIET_LEVELS = 1000, 300  # a side, of the most traded symbols and of the others
NEAR_LEVELS = 50  # a side, which may stand as close together as they like
SPARE_LEVELS = 50  # a side, before there are too many
REFILLED_A_SECOND = 60  # levels at each far end at the most: more than a moving price eats up
_KEPT_TRADES = 1000


class Trade(NamedTuple):
    """One aggregated trade.

    Price in ticks, quantity in lots, and the ids of the single trades in it.
    """

    agg_id: int
    price: int
    quantity: int
    first_id: int
    last_id: int
    time_ms: int
    buyer_is_maker: bool


class Flow:
    """The book and the trades of one watched symbol.

    `quotes_per_second` asks for more changes at the top than usual.
    """

    def __init__(self, state: State, now_ms: int, *, futures: bool) -> None:
        self.state = state
        self.stream_symbol = state.inst.symbol.lower()
        self.book = Book(now_ms * (4 if futures else 1) + state.salt % 10**6, 13 if futures else 1)
        self.trades: deque[Trade] = deque(maxlen=_KEPT_TRADES)
        self.fresh: list[Trade] = []  # of the last step
        self.quotes_per_second = 0.0
        self.looked_at_ms = now_ms
        self._levels = LEVELS if state.inst.hold == 1 else QUIET_LEVELS
        self._often = 1.6 if state.inst.hold == 1 else 1.2 / state.inst.hold
        self._second = 0
        self._before = self._after = state.last  # the path at the last second's and this one's end
        self._draw = mix(state.salt, now_ms)
        if state.inst.trading:
            self._open_book()

    def step(self, now_ms: int) -> None:
        """Trade and change the book for the 50 ms that end now."""
        self.fresh = []
        if not self.state.inst.trading:
            return
        self._draw = mix(self._draw, now_ms)
        if now_ms // 1000 != self._second:
            self._begin_second(now_ms // 1000)
        target = self._target(now_ms % 1000 // STEP_MS + 1)
        must = target != self.state.last and (target == self._after or bool(self._draw & 3))
        if must or self._chance(0.4 / self.state.inst.hold, 0):
            self._trade(target, now_ms)
        for _ in range(self._noise_count()):
            self._flicker()
        if self.quotes_per_second and self._chance(self.quotes_per_second / STEPS_A_SECOND, 2):
            self.book.set_bid(self.book.best_bid, self._level_size(now_ms))

    def _begin_second(self, second: int) -> None:
        self._second = second
        self._before, self._after = self.state.path.ticks(second - 1), self.state.path.ticks(second)
        if self.state.inst.hold == 1 or self._draw & 3 == 0:
            self._mend_depth()

    def _target(self, step: int) -> int:
        if step >= STEPS_A_SECOND or self._before == self._after:
            return self._after
        progress = step / STEPS_A_SECOND + 0.5 * (fraction(self._draw) - 0.5)
        return self._before + round((self._after - self._before) * min(1.0, max(0.0, progress)))

    def _trade(self, price: int, now_ms: int) -> None:
        buy = price > self.state.last or (price == self.state.last and bool(self._draw & 64))
        self._move_to(price, buy=buy)
        levels, set_level = (
            (self.book.asks, self.book.set_ask) if buy else (self.book.bids, self.book.set_bid)
        )
        quantity = self.state.trade_size(self._draw)
        if levels[price] <= quantity:
            set_level(price, quantity + self._level_size(price))
        set_level(price, levels[price] - quantity)
        first_id, many = self.state.last_id + 1, 1 + self._draw % 3
        self.state.trade(price, quantity, now_ms, many)
        agg_id = self.trades[-1].agg_id + 1 if self.trades else first_id // 2
        trade = Trade(agg_id, price, quantity, first_id, first_id + many - 1, now_ms, not buy)
        self.trades.append(trade)
        self.fresh.append(trade)

    def _move_to(self, price: int, *, buy: bool) -> None:
        """Bring the best ask (before a buy) or the best bid (before a sell) to a price, the other
        side next to it.
        """
        spread = self.state.spread
        bid, ask = (max(0, price - spread), price) if buy else (price, price + spread)
        if self.book.best_bid == bid and self.book.best_ask == ask:
            return
        for gone in self.book.asks_below(ask - 1):
            self.book.set_ask(gone, 0)
        for gone in self.book.bids_above(bid + 1):
            self.book.set_bid(gone, 0)
        if bid and bid not in self.book.bids:
            self.book.set_bid(bid, self._level_size(bid))
        if ask not in self.book.asks:
            self.book.set_ask(ask, self._level_size(ask))

    def _flicker(self) -> None:
        """Change, add or remove one level near the top, never the best one's existence."""
        self._draw = mix(self._draw, 3)
        depth = int(25 * fraction(self._draw) ** 2)
        offset = depth * self._gap
        if self._draw & 1:
            price = self.book.best_bid - offset
            if price > 0:
                self.book.set_bid(price, self._flicker_size(price, depth, self.book.bids))
        else:
            price = self.book.best_ask + offset
            self.book.set_ask(price, self._flicker_size(price, depth, self.book.asks))

    def _flicker_size(self, price: int, depth: int, side: dict[int, int]) -> int:
        if depth and price in side and self._draw & 12 == 0:
            return 0
        return self._level_size(price ^ (self._draw & 0xFFFF))

    def _noise_count(self) -> int:
        whole = int(self._often)
        return whole + self._chance(self._often - whole, 1)

    def _open_book(self) -> None:
        spread, last = self.state.spread, self.state.last
        bid = last - spread if self._draw & 64 and last > spread else last
        bids, asks, price = {}, {}, bid
        for level in range(self._levels):
            if price > 0:
                bids[price] = self._level_size(price)
            asks[bid + spread + (bid - price)] = self._level_size(level + 7)
            price -= self._gap_at(level)
        self.book.fill(bids, asks)

    def _mend_depth(self) -> None:
        """Refill the far ends that the moving price ate into, drop what is too much, fill holes."""
        book = self.book
        most = self._levels + SPARE_LEVELS
        if len(book.asks) > most:
            self._thin_out(book.top_asks(len(book.asks)), book.set_ask)
        if len(book.bids) > most:
            self._thin_out(book.top_bids(len(book.bids)), book.set_bid)
        for step in range(1, 6):
            self._fill(book.best_bid - step * self._gap, book.best_ask + step * self._gap)
        for _ in range(REFILLED_A_SECOND):
            lower, higher = book.worst_bid - self._far_gap, book.worst_ask + self._far_gap
            if len(book.bids) < self._levels and lower > 0:
                book.set_bid(lower, self._level_size(lower))
            if len(book.asks) < self._levels:
                book.set_ask(higher, self._level_size(higher))

    def _thin_out(self, levels: Levels, set_level: Callable[[int, int], None]) -> None:
        """Drop the levels of a side (best first) that are too many: those closest to their
        neighbours, then the far ones.

        A calm price leaves a level at every tick it visits. Were the far ones dropped for them,
        the whole side would soon stand in a range that the next move eats up at once.
        """
        surplus = len(levels) - self._levels
        kept, (neighbour, _) = NEAR_LEVELS, levels[NEAR_LEVELS - 1]
        for price, _ in levels[NEAR_LEVELS:]:
            if abs(price - neighbour) >= self._gap_at(kept) / 2:
                kept, neighbour = kept + 1, price
                continue
            set_level(price, 0)
            surplus -= 1
            if not surplus:
                return
        for price, _ in levels[-surplus:]:
            set_level(price, 0)

    def _fill(self, bid: int, ask: int) -> None:
        if bid > 0 and bid not in self.book.bids:
            self.book.set_bid(bid, self._level_size(bid))
        if ask not in self.book.asks:
            self.book.set_ask(ask, self._level_size(ask))

    @property
    def _gap(self) -> int:
        """Give the distance of levels near the top: about 0.001 % of the price."""
        return max(1, round(self.state.last * 0.00001))

    @property
    def _far_gap(self) -> int:
        return self._gap_at(self._levels)

    def _gap_at(self, level: int) -> int:
        return max(1, round(self._gap * (0.5 + level / 120)))

    def _level_size(self, draw: int) -> int:
        size = fraction(mix(self._draw, draw))
        return max(
            1, round(self.state.day_volume * 0.00006 * self.state.inst.hold * (0.02 + size**3))
        )

    def _chance(self, probability: float, slice_: int) -> bool:
        """Draw from one of the four 16-bit slices of this step's bits."""
        return (self._draw >> 16 * slice_ & 0xFFFF) < probability * 0x10000
