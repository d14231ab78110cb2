"""What is made of a list once, for each look of numbers: its rows, their orders, their HTML."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from threading import Lock
from unicodedata import normalize
from weakref import WeakKeyDictionary

from webapp.locales import NumberLook, current_look
from webapp.markets.fold import fold
from webapp.markets.rows import Row, row_of
from webapp.newest import keep_newest
from webapp.symbols.listing import Pair, SymbolList

LOOKS_KEPT = 8

# A row's HTML, cut where that is to be put in which differs between requests.
RowHtml = tuple[bytes, ...]


class Rows(tuple[Row, ...]):
    """All rows of a list in its own order."""

    def find(self, symbol: str) -> Row | None:
        """The row of a symbol, in whichever form of Unicode the exchange or the URL has it."""
        return self._by_symbol.get(normalize("NFC", symbol))

    def ordered(self, column: str, direction: str) -> Sequence[Row]:
        """All rows as ``in_order`` has them."""
        order = (column, direction)
        if order not in self._orders:
            self._orders[order] = in_order(self, column, direction)
        return self._orders[order]

    def html(self, form: Hashable) -> dict[Row, RowHtml]:
        """Where HTML of these rows is kept that has this form."""
        return self._html.setdefault(form, {})

    @cached_property
    def _by_symbol(self) -> dict[str, Row]:
        return {normalize("NFC", row.symbol): row for row in self}

    @cached_property
    def _orders(self) -> dict[tuple[str, str], Sequence[Row]]:
        return {}

    @cached_property
    def _html(self) -> dict[Hashable, dict[Row, RowHtml]]:
        return {}


NO_ROWS = Rows()


class _Made:
    """One list's rows in one look of numbers, each made when it is first wanted."""

    def __init__(self, listing: SymbolList) -> None:
        self._listing = listing
        self._rows: dict[str, Row] = {}
        self._all: Rows | None = None
        self._mutex = Lock()

    @property
    def rows(self) -> Rows:
        with self._mutex:
            if self._all is None:
                self._all = Rows(map(self.row, self._listing.pairs))
            return self._all

    def row(self, pair: Pair) -> Row:
        row = self._rows.get(pair.symbol)
        if row is None:
            row = self._rows[pair.symbol] = row_of(self._listing.market, pair)
        return row


# A list's rows in the ways in which its readers write numbers; about 2 MB each.
_made: WeakKeyDictionary[SymbolList, dict[NumberLook, _Made]] = WeakKeyDictionary()
_making = Lock()


def rows_of(listing: SymbolList) -> Rows:
    """The list's rows in its own order."""
    return _made_of(listing).rows


def row_in(listing: SymbolList, pair: Pair) -> Row:
    """The row of one of the list's pairs; the others need not be made for it."""
    return _made_of(listing).row(pair)


def in_order(rows: Sequence[Row], column: str, direction: str) -> Sequence[Row]:
    """Sort by value; rows without one come last whichever way the others run."""
    if not direction:
        return rows
    descending = direction == "desc"
    if column == "symbol":
        return sorted(rows, key=lambda row: fold(row.symbol), reverse=descending)
    known = [row for row in rows if column in row.numbers]
    known.sort(key=lambda row: row.numbers[column], reverse=descending)
    return known + [row for row in rows if column not in row.numbers]


def _made_of(listing: SymbolList) -> _Made:
    look = current_look()
    made = _made.get(listing, {}).get(look)
    if made is None:
        with _making:  # who asks at the same time shares the work that is to come
            looks = _made.setdefault(listing, {})
            made = looks.get(look) or _Made(listing)
            keep_newest(looks, look, made, LOOKS_KEPT)
    return made
