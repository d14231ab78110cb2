"""Names in any script as they are compared when someone looks for one."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """The text without capitals, full width and what cannot be seen; ``lib/fold.js`` does alike."""
    plain = _without_invisible(unicodedata.normalize("NFKC", text))
    # By way of the capitals, as "ß" is found by "SS" and both sigmas are one; "İ" is an "i" too.
    folded = plain.lower().upper().lower().replace("ς", "σ").replace("i\u0307", "i")
    return unicodedata.normalize("NFKC", folded)


def _without_invisible(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) != "Cf")
