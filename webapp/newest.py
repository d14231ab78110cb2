"""Tables that keep so many of their newest entries."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def keep_newest(table: dict[Key, Value], key: Key, value: Value, kept_max: int) -> None:
    """Put it in as the newest entry, and drop the oldest ones of more than ``kept_max``.

    Threads that share the table take turns by a lock of theirs.
    """
    table.pop(key, None)
    table[key] = value
    while len(table) > kept_max:
        del table[next(iter(table))]
