"""The page's own JavaScript modules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

LATER = "later"  # the folder of those that are loaded when first wanted


@cache
def modules(static_folder: str) -> tuple[str, ...]:
    """Every module below ``js/`` that the page starts with, relative to the static folder.

    The page names them all in its head: found one import after the other, they would come in five
    round trips.
    """
    root = Path(static_folder)
    paths = (path.relative_to(root) for path in (root / "js").rglob("*.js"))
    return tuple(sorted(str(path) for path in paths if LATER not in path.parts))
