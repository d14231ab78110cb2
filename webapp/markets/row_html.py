"""The table's rows as HTML: a row is rendered once for its list, and then only put together.

Rendering 500 rows anew took two thirds of the time of every request.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from flask import current_app
from markupsafe import Markup, escape

from webapp.markets.columns import USUAL_COLUMNS
from webapp.markets.desk import Desk
from webapp.markets.rows import Row

# Stands in the kept HTML for the part of a row's link that differs between requests.
_SUFFIX_MARK = "\N{NULL}"


@dataclass(frozen=True)
class Extent:
    """What only some pages have in their rows: it would be a third of all pages' weight."""

    rare_columns: frozenset[str]
    has_figures: bool  # by which the script puts the rows in order

    @classmethod
    def of(cls, desk: Desk, columns: Collection[str]) -> Extent:
        return cls(frozenset(columns) - set(USUAL_COLUMNS), desk.query.is_ordered)


NO_EXTENT = Extent(frozenset(), has_figures=False)

# Rows of the table in one <tbody>, which the browser leaves out while it is far from view.
# static/js/views/blocks.js makes them of as many, and table.css knows their height.
BLOCK_ROWS = 32

_plain: WeakKeyDictionary[Row, dict[Extent, tuple[str, str]]] = WeakKeyDictionary()


def table_blocks(desk: Desk, rows: Sequence[Row], columns: Collection[str]) -> Markup:
    """The bodies of the table, each with its share of the rows."""
    starts = range(0, len(rows), BLOCK_ROWS)
    blocks = [table_rows(desk, rows[start : start + BLOCK_ROWS], columns) for start in starts]
    body = Markup('<tbody role="rowgroup">\n%s</tbody>')
    return Markup("\n").join(body % block for block in blocks)


def table_rows(desk: Desk, rows: Sequence[Row], columns: Collection[str]) -> Markup:
    """The rows; those that are watched or chosen are rendered for this request."""
    extent = Extent.of(desk, columns)
    suffix = desk.query.row_suffix()
    escaped = str(escape(suffix))
    pieces = []
    for row in rows:
        is_watched, is_chosen = row.key in desk.watched_keys, row is desk.chosen
        if is_watched or is_chosen:
            pieces.append(_render(row, suffix, is_watched, is_chosen, extent))
        else:
            before, after = _plain_parts(row, extent)
            pieces.append(f"{before}{escaped}{after}")
    return Markup("\n".join(pieces))  # noqa: S704  (each piece comes from the template)


def _plain_parts(row: Row, extent: Extent) -> tuple[str, str]:
    kept = _plain.setdefault(row, {})
    if extent not in kept:
        html = _render(row, _SUFFIX_MARK, False, False, extent)
        before, _, after = html.partition(_SUFFIX_MARK)
        kept[extent] = (before, after)
    return kept[extent]


def _render(row: Row, *arguments: Any) -> str:
    macros: Any = current_app.jinja_env.get_template("markets/_row.html").module
    return str(macros.pair_row(row, *arguments))
