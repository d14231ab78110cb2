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
from webapp.markets.list_rows import RowHtml
from webapp.markets.rows import Row

# Stand in a row's HTML for the part of its link that differs between requests, and in the page for
# rows; nobody from outside can write them.
_SUFFIX_MARK = Markup("[suffix %s]") % token_hex(16)
_ROWS_MARK = Markup("[rows %s]") % token_hex(16)

# Rows of the table in one <tbody>, which the browser leaves out while it is far from view.
# static/js/views/blocks.js makes them of as many, and table.css knows their height.
BLOCK_ROWS = 16
_BLOCK, _END_OF_BLOCK = b'<tbody role="rowgroup">', b"</tbody>"


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

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pieces: list[list[bytes]] = []

    def blocks(self, rows: Sequence[Row], columns: Collection[str]) -> Markup:
        """The bodies of the table, each with its share of the rows."""
        html = _rows_html(self._desk, rows, columns)
        pieces = []
        for start in range(0, len(rows), BLOCK_ROWS):
            pieces += [_BLOCK, *html[start : start + BLOCK_ROWS], _END_OF_BLOCK]
        return self._mark(pieces)

    def rows(self, rows: Sequence[Row], columns: Collection[str]) -> Markup:
        return self._mark(_rows_html(self._desk, rows, columns))

    def put_into(self, html: str) -> bytes:
        """The answer's bytes, with the rows where the template has asked for them."""
        before, *others = html.split(_ROWS_MARK)
        parts = [before.encode()]
        for pieces, other in zip(self._pieces, others, strict=True):
            parts += (*pieces, other.encode())
        return b"".join(parts)

    def _mark(self, pieces: list[bytes]) -> Markup:
        self._pieces.append(pieces)
        return _ROWS_MARK


def _rows_html(desk: Desk, rows: Sequence[Row], columns: Collection[str]) -> list[bytes]:
    extent, suffix = Extent.of(desk, columns), str(escape(desk.query.row_suffix())).encode()
    most = desk.list.rows.html((extent, False, False))
    watched, chosen = desk.watched_keys, desk.chosen
    pieces = []
    for row in rows:
        is_of_most = row is not chosen and row.key not in watched
        html = most.get(row) if is_of_most else None
        pieces.append(suffix.join(html or _kept(desk, row, extent)))
    return pieces


def _kept(desk: Desk, row: Row, extent: Extent) -> RowHtml:
    state = (row.key in desk.watched_keys, row is desk.chosen)
    kept = desk.list.rows.html((extent, *state))
    html = kept.get(row)
    if html is None:
        html = kept[row] = _rendered(row, *state, extent)
    return html


def _rendered(row: Row, is_watched: bool, is_chosen: bool, extent: Extent) -> RowHtml:
    """The row's HTML, cut at its link's suffix.

    The template's lines are joined: of what a browser makes of the page, every third node would be
    the end of a line.
    """
    macros: Any = current_app.jinja_env.get_template("markets/_row.html").module
    html = str(macros.pair_row(row, _SUFFIX_MARK, is_watched, is_chosen, extent))
    return tuple(html.replace("\n", "").encode().split(_SUFFIX_MARK.encode()))
