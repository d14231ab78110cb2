"""Which view rows the table shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from webapp.markets.fold import fold
from webapp.markets.list_rows import Rows, in_order
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


def arrange(rows: Rows, query: MarketsQuery) -> Arranged:
    """The filter narrows the list, then the view picks from what is left, then it is sorted."""
    if not query.view:
        return Arranged(_matching(rows.ordered(query.sort, query.direction), query.q))
    own_order = _matching(rows.ordered(*VIEWS[query.view].order), query.q)
    members = in_view(query.view, own_order)
    shown = in_order(members, query.sort, query.direction)
    kept_out = set(own_order).difference(members)
    return Arranged(shown, [row for row in rows if row in kept_out])


def _matching(rows: Sequence[Row], text: str) -> Sequence[Row]:
    needle = fold(text)
    return [row for row in rows if needle in row.search_text] if needle else rows
