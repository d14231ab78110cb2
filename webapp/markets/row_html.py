"""The table's rows as HTML: a row is rendered once for its list, and then only put together.

Jinja renders a mark in the rows' place, for it would copy half a megabyte over and over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from webapp.markets.columns import USUAL_COLUMNS
from webapp.markets.desk import Desk
from webapp.markets.rows import Row

# Stands in a row's HTML for the part of its link that differs between requests.
_SUFFIX_MARK = "\N{NULL}"
# Stands in the page for rows; nobody from outside can write it.
_ROWS_MARK = Markup("[rows %s]") % token_hex(16)

# Rows of the table in one <tbody>, which the browser leaves out while it is far from view.
# static/js/views/blocks.js makes them of as many, and table.css knows their height.
BLOCK_ROWS = 32
_BLOCK = b'<tbody role="rowgroup">%b</tbody>'


@dataclass(frozen=True)
class Extent:
    """What only some pages have in their rows: it would be a third of all pages' weight."""

    rare_columns: frozenset[str]
    has_figures: bool  # by which the script puts the rows in order

    @classmethod
    def of(cls, desk: Desk, columns: Collection[str]) -> Extent:
        return cls(frozenset(columns) - set(USUAL_COLUMNS), desk.query.is_ordered)


NO_EXTENT = Extent(frozenset(), has_figures=False)


class RowsApart:
    """The rows of one answer: the template gets marks, and ``put_into`` puts the rows there."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def blocks(self, desk: Desk, rows: Sequence[Row], columns: Collection[str]) -> Markup:
        """The bodies of the table, each with its share of the rows."""
        html = _rows_html(desk, rows, columns)
        starts = range(0, len(rows), BLOCK_ROWS)
        blocks = (b"".join(html[start : start + BLOCK_ROWS]) for start in starts)
        return self._mark(b"".join(_BLOCK % block for block in blocks))

    def rows(self, desk: Desk, rows: Sequence[Row], columns: Collection[str]) -> Markup:
        return self._mark(b"".join(_rows_html(desk, rows, columns)))

    def put_into(self, html: str) -> bytes:
        """The answer's bytes, with the rows where the template has asked for them."""
        before, *others = html.split(_ROWS_MARK)
        parts = [before.encode()]
        for piece, other in zip(self._pieces, others, strict=True):
            parts += (piece, other.encode())
        return b"".join(parts)

    def _mark(self, piece: bytes) -> Markup:
        self._pieces.append(piece)
        return _ROWS_MARK


def _rows_html(desk: Desk, rows: Sequence[Row], columns: Collection[str]) -> list[bytes]:
    extent = Extent.of(desk, columns)
    suffix = str(escape(desk.query.row_suffix())).encode()
    kept = {
        (is_watched, is_chosen): desk.list.rows.html((extent, is_watched, is_chosen))
        for is_watched in (False, True)
        for is_chosen in (False, True)
    }
    watched, chosen = desk.watched_keys, desk.chosen
    pieces = []
    for row in rows:
        state = (row.key in watched, row is chosen)
        parts = kept[state].get(row)
        if parts is None:
            parts = kept[state][row] = _rendered(row, *state, extent)
        pieces.append(suffix.join(parts))
    return pieces


def _rendered(row: Row, is_watched: bool, is_chosen: bool, extent: Extent) -> list[bytes]:
    """The row's HTML in two parts, between which its link's suffix stands.

    The template's lines are joined: of what a browser makes of the page, every third node would be
    the end of a line.
    """
    macros: Any = current_app.jinja_env.get_template("markets/_row.html").module
    html = str(macros.pair_row(row, _SUFFIX_MARK, is_watched, is_chosen, extent))
    return html.replace("\n", "").encode().split(_SUFFIX_MARK.encode(), 1)
