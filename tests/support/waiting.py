"""Waiting for an event in place of sleeping for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

_POLL_SECONDS = 0.02


def wait_until(probe: Callable[[], Value | None], what: str, within_seconds: float = 30) -> Value:
    """Return the first truthy value of ``probe``; fails the test when none comes in time."""
    gives_up_at = time.monotonic() + within_seconds
    while time.monotonic() < gives_up_at:
        value = probe()
        if value:
            return value
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"waited {within_seconds} s in vain until {what}")
