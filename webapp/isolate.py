"""Names from right to left in plain text; in HTML there is ``<bdi>``."""

from __future__ import annotations

import re

# Hebrew, Arabic and the other scripts that run from right to left.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def isolated(name: str) -> str:
    """The name so that it turns round nothing beside it; most names stay as they are."""
    return f"\u2068{name}\u2069" if _RIGHT_TO_LEFT.search(name) else name
