"""Views of the table: which pairs it shows and, unless it is sorted, in which order.

``static/js/state/table-views.js`` has the same ones, for live prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from webapp.markets.rows import Row

LEADERS = 50  # how many pairs are leaders in something


class View(NamedTuple):
    """The pairs for which ``holds``; a limited view keeps the first so many in its own order."""

    column: str
    direction: str
    limit: int | None = None

    @property
    def order(self) -> tuple[str, str]:
        return self.column, self.direction


VIEWS = {
    "gainers": View("change", "desc", LEADERS),
    "losers": View("change", "asc", LEADERS),
    "volume": View("volume", "desc", LEADERS),
    "highs": View("volume", "desc"),
    "lows": View("volume", "desc"),
}


def holds(view: str, row: Row) -> bool:
    """Whether the pair can be in the view, whatever the others do."""
    change = row.numbers.get("change", Decimal(0))
    if view == "gainers":
        return change > 0
    if view == "losers":
        return change < 0
    if view == "volume":
        return row.numbers.get("volume", Decimal(0)) > 0
    return _stands_at(row, "high" if view == "highs" else "low")


def _stands_at(row: Row, edge: str) -> bool:
    """A pair that has not moved for a day is at both edges, which is no news."""
    numbers = row.numbers
    if "price" not in numbers or numbers.get("high") == numbers.get("low"):
        return False
    return numbers["price"] == numbers.get(edge)


def in_view(view: str, ordered: Sequence[Row]) -> Sequence[Row]:
    """The view's pairs out of those that are given in its own order."""
    return [row for row in ordered if holds(view, row)][: VIEWS[view].limit]
