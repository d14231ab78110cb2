"""A client's local order book, kept by the rule Binance publishes.

Tests hold it against the stand-in's own book.
"""

from collections.abc import Iterable
from typing import Any

Event = dict[str, Any]


class GapError(RuntimeError):
    """An event does not follow the one before it: the book must be built anew."""


class LocalBook:
    """Bids and asks as {price text.

    Quantity text}, from a REST snapshot and the diff events around it.
    """

    def __init__(self, snapshot: dict[str, Any], *, futures: bool) -> None:
        self.futures = futures
        self.update_id: int = snapshot["lastUpdateId"]
        self.bids = dict(snapshot["bids"])
        self.asks = dict(snapshot["asks"])
        self._first = True

    def apply_all(self, events: Iterable[Event]) -> None:
        """Apply buffered events, those that are older than the snapshot left out."""
        for event in events:
            if event["u"] > self.update_id or (self.futures and event["u"] == self.update_id):
                self.apply(event)

    def apply(self, event: Event) -> None:
        """Apply one event; GapError when something is missing before it."""
        self._check(event)
        for side, changes in ((self.bids, event["b"]), (self.asks, event["a"])):
            for price, quantity in changes:
                if float(quantity):
                    side[price] = quantity
                else:
                    side.pop(price, None)
        self.update_id = event["u"]

    def levels(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Give (bids, asks), best first."""
        bids = sorted(self.bids.items(), key=lambda level: -float(level[0]))
        return bids, sorted(self.asks.items(), key=lambda level: float(level[0]))

    def _check(self, event: Event) -> None:
        if not self.futures:
            follows = event["U"] <= self.update_id + 1
        elif self._first:
            follows = event["U"] <= self.update_id <= event["u"]
        else:
            follows = event["pu"] == self.update_id
        if not follows:
            raise GapError(f"{self.update_id} is not followed by {event['U']}..{event['u']}")
        self._first = False
