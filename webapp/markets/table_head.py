"""The table's headings, each a link to another order of its rows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup

from webapp.markets.columns import COLUMNS
from webapp.markets.query import MarketsQuery


@lru_cache(maxsize=200)  # they are a seventh of a sort's work, and most who sort do it alike
def table_head(query: MarketsQuery) -> Markup:
    macros: Any = current_app.jinja_env.get_template("markets/_table_head.html").module
    head: Markup = macros.table_head(query, COLUMNS)
    return head
