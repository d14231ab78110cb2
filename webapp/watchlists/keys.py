"""Pairs of a market and the names of lists, as they are written in cookies, addresses and copies.

``static/js/lib/watch-key.js`` takes the same for such.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from webapp.symbols.listing import Market, market_named

KEYS_MAX = 1_000  # of one list
NAME_LENGTH_MAX = 60
_SYMBOL_LENGTH_MAX = 40


class WatchKey(NamedTuple):
    """A pair of one market; ``str()`` gives ``spot:BTCUSDT``."""

    market: Market
    symbol: str

    def __str__(self) -> str:
        return f"{self.market}:{self.symbol}"


def parse_keys(text: str, limit: int) -> tuple[WatchKey, ...]:
    """Read ``spot:BTCUSDT,futures:ETHUSDT``; leaves out repeats and what is no such key."""
    keys: dict[WatchKey, None] = {}
    for part in text.split(","):
        key = parse_key(part)
        if key is not None and len(keys) < limit:
            keys[key] = None
    return tuple(keys)


def parse_key(text: str) -> WatchKey | None:
    """Read one ``spot:BTCUSDT``, or None when it is nothing of the kind."""
    name, _, symbol = text.strip().partition(":")
    if not 0 < len(symbol) <= _SYMBOL_LENGTH_MAX or not all(map(_is_symbol_char, symbol)):
        return None
    market = market_named(name)
    return WatchKey(market, symbol) if market else None


def format_keys(keys: Iterable[WatchKey]) -> str:
    """The text that ``parse_keys`` reads."""
    return ",".join(map(str, keys))


def clean_name(text: str) -> str:
    """A list's name in one line, cut to its longest."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:NAME_LENGTH_MAX].strip()


def _is_symbol_char(char: str) -> bool:
    return char.isprintable() and not char.isspace() and char not in ',:;"<>&'
