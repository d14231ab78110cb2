"""The page's own JavaScript modules."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def modules(static_folder: str) -> tuple[str, ...]:
    """Every module below ``js/``, relative to the static folder.

    The page names them all in its head: found one import after the other, they would come in five
    round trips.
    """
    root = Path(static_folder)
    return tuple(sorted(str(path.relative_to(root)) for path in (root / "js").rglob("*.js")))
