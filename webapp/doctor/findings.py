"""What a check found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

import msgspec

Level = Literal["ok", "warning", "wrong"]
_BY_WEIGHT: tuple[Level, ...] = ("ok", "warning", "wrong")


class Finding(msgspec.Struct, frozen=True):
    """One line: how bad, about what, what was found, and what to do about it.

    Never with a secret in it: it is printed, and may be sent to somebody who helps.
    """

    level: Level
    name: str
    sentence: str
    advice: str = ""


def worst(levels: Iterable[Level]) -> Level:
    """The worst of the levels; of none, "ok"."""
    return max(levels, key=_BY_WEIGHT.index, default="ok")


def redacted(url: str) -> str:
    """The URL without user, password and query; of a file, its path."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else parts.path


def duration(seconds: float) -> str:
    """About how long, in words: "42 s", "5 min", "3 h", "2 days"."""
    if seconds < 120:
        return f"{max(0, round(seconds))} s"
    if seconds < 2 * 3600:
        return f"{round(seconds / 60)} min"
    if seconds < 2 * 24 * 3600:
        return f"{round(seconds / 3600)} h"
    return f"{round(seconds / (24 * 3600))} days"
