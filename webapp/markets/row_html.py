"""The table's rows as HTML: a row is rendered once for its list, and then only put together.

Rendering 500 rows anew took two thirds of the time of every request.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from flask import current_app
from markupsafe import Markup, escape

from webapp.markets.desk import Desk
from webapp.markets.rows import Row

# Stands in the kept HTML for the part of a row's link that differs between requests.
_SUFFIX_MARK = "\N{NULL}"

_plain: WeakKeyDictionary[Row, tuple[str, str]] = WeakKeyDictionary()


def table_rows(desk: Desk) -> Markup:
    """The shown rows; those that are watched or chosen are rendered for this request."""
    suffix = desk.query.row_suffix()
    escaped = str(escape(suffix))
    pieces = []
    for row in desk.shown:
        is_watched, is_chosen = row.key in desk.watched_keys, row is desk.chosen
        if is_watched or is_chosen:
            pieces.append(_render(row, suffix, is_watched, is_chosen))
        else:
            before, after = _plain_parts(row)
            pieces.append(f"{before}{escaped}{after}")
    return Markup("\n".join(pieces))  # noqa: S704  (each piece comes from the template)


def _plain_parts(row: Row) -> tuple[str, str]:
    parts = _plain.get(row)
    if parts is None:
        before, _, after = _render(row, _SUFFIX_MARK, False, False).partition(_SUFFIX_MARK)
        parts = _plain[row] = (before, after)
    return parts


def _render(row: Row, *arguments: Any) -> str:
    macros: Any = current_app.jinja_env.get_template("markets/_row.html").module
    return str(macros.pair_row(row, *arguments))
