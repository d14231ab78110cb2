"""A moment as all who tell of the product's state write it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(at: float) -> str:
    """``2026-11-27 05:44:28 UTC``, of epoch seconds."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
