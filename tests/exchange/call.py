"""One REST call as the endpoints see it, and the checks that most of them share."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from unicodedata import category

from tests.exchange.errors import ApiError
from tests.exchange.state import State
from tests.exchange.venue import Venue

_MAX_SYMBOL_LENGTH = 40
Answer = str | bytes
Handler = Callable[["Call"], Answer]
Weigher = Callable[[dict[str, str]], int]


@dataclass(frozen=True, slots=True)
class Call:
    """A call: decoded parameters of query and body,
    and what a signature needs of the raw request."""

    venue: Venue
    params: dict[str, str]
    query: str
    body: str
    api_key: str
    ip: str
    now_ms: int
    microseconds: bool = False
    caches: dict[object, tuple[object, bytes]] = field(default_factory=dict)

    def state(self) -> State:
        """Give the state of the mandatory `symbol`; -1102 without one, -1121 for an unknown one."""
        symbol = self.params.get("symbol", "")
        if not symbol:
            raise ApiError(-1102, "symbol")
        return find(self.venue, symbol)

    def chosen(self) -> list[State] | None:
        """Give the states named by `symbol` or `symbols`, None when neither is there."""
        if "symbol" in self.params and "symbols" in self.params:
            raise ApiError(-1128)
        if "symbols" in self.params:
            return [find(self.venue, symbol) for symbol in symbol_list(self.params["symbols"])]
        return [self.state()] if "symbol" in self.params else None

    def limit(self, default: int, most: int) -> int:
        """Give `limit`, cut to the most the endpoint gives; -1130 when it is no positive number."""
        text = self.params.get("limit", str(default))
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise ApiError(-1130, "limit")
        return min(int(text), most)

    def time(self, name: str) -> int | None:
        """Give a time parameter in ms, None when absent."""
        text = self.params.get(name, "")
        if text and not (text.isascii() and text.isdigit()):
            raise ApiError(-1100, name, "^[0-9]{1,20}$")
        return int(text) if text else None


def find(venue: Venue, symbol: str) -> State:
    """Give a symbol's state; -1100 for letters no symbol has, -1121 for an unknown symbol."""
    if (
        len(symbol) > _MAX_SYMBOL_LENGTH
        or not any(map(str.isalnum, symbol))
        or not all(map(_is_legal, symbol))
        or (symbol.isascii() and symbol != symbol.upper())
    ):
        raise ApiError(-1100, "symbol", "^[A-Z0-9-_.]{1,20}$")
    try:
        return venue.market.state(symbol)
    except KeyError:
        raise ApiError(-1121) from None


def _is_legal(char: str) -> bool:
    # A mark is no letter to Python, but some scripts write their letters with marks.
    return char.isalnum() or char in "_-." or category(char).startswith("M")


def symbol_list(text: str) -> list[str]:
    """Read a JSON array of distinct names."""
    try:
        names = json.loads(text)
    except ValueError:
        raise ApiError(
            -1100, "symbols", '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\\]$'
        ) from None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ApiError(-1130, "symbols")
    if len(set(names)) != len(names):
        raise ApiError(-1151)
    return names
