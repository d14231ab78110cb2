"""The table's columns and how it can be sorted; ``static/js/state/columns.js`` has the same."""

from __future__ import annotations

from collections.abc import Collection

# As they stand beside each other; a row's cells have these names as their ``data-field``.
COLUMNS = ("price", "change", "move", "low", "range", "high", "volume", "base")
USUAL_COLUMNS = ("price", "change", "low", "range", "high", "volume")

# Where there is no room for all of them, the last of these gives way first.
_BY_IMPORTANCE = ("price", "change", "volume", "range", "high", "low", "move", "base")

SORT_DIRECTIONS = {"symbol": "asc", **dict.fromkeys(COLUMNS, "desc")}


def ranked(chosen: Collection[str]) -> str:
    """The chosen columns with their ranks, for the style sheet: ``price-1 volume-2``."""
    wanted = [column for column in _BY_IMPORTANCE if column in chosen]
    return " ".join(f"{column}-{rank}" for rank, column in enumerate(wanted, start=1))
