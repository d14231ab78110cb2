"""One order book: levels in ticks and lots, and the ids that its diffs and its snapshot share."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field

Levels = list[tuple[int, int]]


@dataclass(slots=True)
class Changes:
    """What happened since the last diff event of one speed.

    Ids [first, last] and the prices touched.
    """

    previous: int  # id of the last change already sent (futures' `pu`)
    first: int = 0
    bids: set[int] = field(default_factory=set)
    asks: set[int] = field(default_factory=set)


class Book:
    """Bids and asks. Every change of one level takes the next id: `update_id` numbers the newest.

    Spot ids go up by one, so that U = the previous u + 1. Futures ids are shared with other
    symbols and jump (`id_step` > 1): there an event points back with `pu`.
    """

    def __init__(self, update_id: int, id_step: int = 1) -> None:
        self.update_id = update_id
        self.id_step = id_step
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}
        self._bid_prices: list[int] = []
        self._ask_prices: list[int] = []
        self._changes: dict[int, Changes] = {}  # by speed in ms, for the speeds that are followed

    def fill(self, bids: dict[int, int], asks: dict[int, int]) -> None:
        """Set all levels at once; nobody may follow the book yet."""
        self.bids, self.asks = bids, asks
        self._bid_prices, self._ask_prices = sorted(bids), sorted(asks)
        self.update_id += len(bids) + len(asks)

    @property
    def best_bid(self) -> int:
        """Give the highest bid, 0 when there is none."""
        return self._bid_prices[-1] if self._bid_prices else 0

    @property
    def best_ask(self) -> int:
        """Give the lowest ask, 0 when there is none."""
        return self._ask_prices[0] if self._ask_prices else 0

    def set_bid(self, price: int, quantity: int) -> None:
        """Set a bid's quantity; 0 removes the level."""
        self._set(self.bids, self._bid_prices, price, quantity)
        if self._changes:
            for changes in self._changes.values():
                changes.first = changes.first or self.update_id
                changes.bids.add(price)

    def set_ask(self, price: int, quantity: int) -> None:
        """Set an ask's quantity; 0 removes the level."""
        self._set(self.asks, self._ask_prices, price, quantity)
        if self._changes:
            for changes in self._changes.values():
                changes.first = changes.first or self.update_id
                changes.asks.add(price)

    def top_bids(self, limit: int) -> Levels:
        """Give the best bids, highest first."""
        return [(price, self.bids[price]) for price in self._bid_prices[: -limit - 1 : -1]]

    def top_asks(self, limit: int) -> Levels:
        """Give the best asks, lowest first."""
        return [(price, self.asks[price]) for price in self._ask_prices[:limit]]

    def bids_above(self, price: int) -> list[int]:
        """Give the bid prices at or above a price."""
        return self._bid_prices[bisect_left(self._bid_prices, price) :]

    def asks_below(self, price: int) -> list[int]:
        """Give the ask prices at or below a price."""
        return self._ask_prices[: bisect_left(self._ask_prices, price + 1)]

    @property
    def worst_bid(self) -> int:
        """Give the lowest bid, 0 when there is none."""
        return self._bid_prices[0] if self._bid_prices else 0

    @property
    def worst_ask(self) -> int:
        """Give the highest ask, 0 when there is none."""
        return self._ask_prices[-1] if self._ask_prices else 0

    def follow(self, speeds_ms: set[int]) -> None:
        """Collect changes for these speeds from now on (those that somebody listens to)."""
        if self._changes.keys() != speeds_ms:
            kept = self._changes
            self._changes = {s: kept.get(s) or Changes(self.update_id) for s in speeds_ms}

    def take_changes(self, speed_ms: int) -> Changes | None:
        """Give what changed since the last event of this speed, and start anew.

        None when nothing did.
        """
        changes = self._changes[speed_ms]
        if not changes.first:
            return None
        self._changes[speed_ms] = Changes(self.update_id)
        return changes

    def _set(self, side: dict[int, int], prices: list[int], price: int, quantity: int) -> None:
        known = price in side
        if quantity and not known:
            insort(prices, price)
        elif known and not quantity:
            del prices[bisect_left(prices, price)]
        if quantity:
            side[price] = quantity
        else:
            side.pop(price, None)
        self.update_id += (
            1 if self.id_step == 1 else 1 + (self.update_id * 7 + price) % self.id_step
        )
