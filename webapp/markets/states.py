"""The state of a pair in words."""

from __future__ import annotations

from webapp.words import words


def state_words(status: str) -> str:
    """The state in words; a state that Binance has invented since is shown as it is named."""
    known = words().state
    return known[status] if status in known else status.replace("_", " ").lower()
