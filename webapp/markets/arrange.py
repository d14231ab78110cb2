"""Filtering and sorting of view rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from webapp.markets.query import MarketsQuery
from webapp.markets.rows import Row

_NUMBERS: dict[str, Callable[[Row], Decimal | None]] = {
    "price": lambda row: row.price_number,
    "change": lambda row: row.change_number,
    "volume": lambda row: row.volume_number,
}


def arrange(rows: Sequence[Row], query: MarketsQuery) -> Sequence[Row]:
    """The rows that match the filter, in the order that the query asks for."""
    matching = _matching(rows, query.q)
    descending = query.direction == "desc"
    if query.sort == "symbol":
        return sorted(matching, key=lambda row: row.symbol.casefold(), reverse=descending)
    number_of = _NUMBERS.get(query.sort)
    return _by_number(matching, number_of, descending) if number_of else matching


def _matching(rows: Sequence[Row], text: str) -> Sequence[Row]:
    needle = text.casefold()
    return [row for row in rows if needle in row.search_text] if needle else rows


def _by_number(
    rows: Sequence[Row], number_of: Callable[[Row], Decimal | None], descending: bool
) -> list[Row]:
    """Sort by value; rows without one come last whichever way the others run."""
    known = [(number, row) for row in rows if (number := number_of(row)) is not None]
    known.sort(key=lambda item: item[0], reverse=descending)
    return [row for _, row in known] + [row for row in rows if number_of(row) is None]
