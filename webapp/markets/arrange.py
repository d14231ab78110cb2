"""Which view rows the table shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from webapp.markets.fold import fold
from webapp.markets.query import MarketsQuery
from webapp.markets.rows import Row
from webapp.markets.views import VIEWS, in_view


class Arranged(NamedTuple):
    """The rows that the table shows, and those that only the view keeps out of it."""

    shown: Sequence[Row]
    others: Sequence[Row] = ()

    @property
    def matching(self) -> int:
        return len(self.shown) + len(self.others)


def arrange(rows: Sequence[Row], query: MarketsQuery) -> Arranged:
    """The filter narrows the list, then the view picks from what is left, then it is sorted."""
    matching = _matching(rows, query.q)
    if not query.view:
        return Arranged(_sorted(matching, query.sort, query.direction))
    own_order = _sorted(matching, *VIEWS[query.view].order)
    members = in_view(query.view, own_order)
    shown = _sorted(members, query.sort, query.direction)
    keys = {row.key for row in members}
    return Arranged(shown, [row for row in matching if row.key not in keys])


def _matching(rows: Sequence[Row], text: str) -> Sequence[Row]:
    needle = fold(text)
    return [row for row in rows if needle in row.search_text] if needle else rows


def _sorted(rows: Sequence[Row], column: str, direction: str) -> Sequence[Row]:
    """Sort by value; rows without one come last whichever way the others run."""
    if not direction:
        return rows
    descending = direction == "desc"
    if column == "symbol":
        return sorted(rows, key=lambda row: fold(row.symbol), reverse=descending)
    known = [row for row in rows if column in row.numbers]
    known.sort(key=lambda row: row.numbers[column], reverse=descending)
    return known + [row for row in rows if column not in row.numbers]
