"""The watchlist of a person without an account: one cookie, which the page's script reads too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote

from flask import Request, Response

from webapp.symbols.listing import Market, market_named

COOKIE = "watchlist"
COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600
COOKIE_MAX_BYTES = 3_800  # browsers drop one of more than 4,096 bytes with its attributes
MAX_ENTRIES = 150
MAX_SYMBOL_LENGTH = 40


class WatchKey(NamedTuple):
    """A pair of one market; ``str()`` gives ``spot:BTCUSDT``."""

    market: Market
    symbol: str

    def __str__(self) -> str:
        return f"{self.market}:{self.symbol}"


def parse_keys(text: str) -> tuple[WatchKey, ...]:
    """Read ``spot:BTCUSDT,futures:ETHUSDT``; leaves out repeats and what is no such key."""
    keys: dict[WatchKey, None] = {}
    for part in text.split(","):
        key = parse_key(part)
        if key is not None and len(keys) < MAX_ENTRIES:
            keys[key] = None
    return tuple(keys)


def parse_key(text: str) -> WatchKey | None:
    """Read one ``spot:BTCUSDT``, or None when it is nothing of the kind."""
    name, _, symbol = text.strip().partition(":")
    if not 0 < len(symbol) <= MAX_SYMBOL_LENGTH or not all(map(_is_symbol_char, symbol)):
        return None
    market = market_named(name)
    return WatchKey(market, symbol) if market else None


def format_keys(keys: Iterable[WatchKey]) -> str:
    """The text that ``parse_keys`` reads."""
    return ",".join(map(str, keys))


def read_watchlist(request: Request) -> tuple[WatchKey, ...]:
    """The keys in the person's cookie, oldest first."""
    return parse_keys(unquote(request.cookies.get(COOKIE, "")))


def write_watchlist(response: Response, keys: Iterable[WatchKey], secure: bool) -> None:
    """Keep the keys in the person's cookie; a script may read it, to show it with no server."""
    response.set_cookie(
        COOKIE,
        _fit_in_cookie(tuple(keys)),
        max_age=COOKIE_MAX_AGE_SECONDS,
        samesite="Lax",
        secure=secure,
        httponly=False,
    )


def _fit_in_cookie(keys: tuple[WatchKey, ...]) -> str:
    value = quote(format_keys(keys), safe="")
    while len(value) > COOKIE_MAX_BYTES:
        keys = keys[:-1]
        value = quote(format_keys(keys), safe="")
    return value


def _is_symbol_char(char: str) -> bool:
    return char.isprintable() and not char.isspace() and char not in ',:;"<>&'
