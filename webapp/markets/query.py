"""The markets page's state as it stands in the URL."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from webapp.markets.watchlist import WatchKey, format_keys, parse_keys
from webapp.symbols.listing import Market, market_named

MAX_TEXT_LENGTH = 40  # of a filter or a symbol; Binance's longest symbol has about 25
SORT_DIRECTIONS = {"symbol": "asc", "price": "desc", "change": "desc", "volume": "desc"}
BY_POPULARITY = "popularity"


class UnknownMarket(ValueError):
    """The URL names a market that does not exist."""


@dataclass(frozen=True)
class MarketsQuery:
    """Which market, filter, order, pair and shared list the URL asks for, all of it clamped."""

    market: Market = "spot"
    q: str = ""
    pair: str = ""
    sort: str = BY_POPULARITY
    direction: str = ""  # "asc" or "desc"; "" for the order of popularity, which has only one
    shared: tuple[WatchKey, ...] | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> MarketsQuery:
        """Read a query or a form; raises ``UnknownMarket``, every other bad value is clamped."""
        sort = args.get("sort", "")
        sort = sort if sort in SORT_DIRECTIONS else BY_POPULARITY
        return cls(
            market=_market(args.get("market", "")),
            q=_clean(args.get("q", "")),
            pair=_clean(args.get("pair", "")),
            sort=sort,
            direction=_direction(sort, args.get("dir", "")),
            shared=parse_keys(args["list"]) if args.get("list") else None,
        )

    def params(self) -> dict[str, str]:
        """The parameters that differ from their defaults, and always the market."""
        usual_direction = SORT_DIRECTIONS.get(self.sort, "")
        params = {
            "market": self.market,
            "pair": self.pair,
            "q": self.q,
            "sort": "" if self.sort == BY_POPULARITY else self.sort,
            "dir": "" if self.direction == usual_direction else self.direction,
            "list": format_keys(self.shared) if self.shared is not None else "",
        }
        return {name: value for name, value in params.items() if value}

    def url(self, **changes: Any) -> str:
        """A relative link to this state with some of its parts changed."""
        return "?" + urlencode(replace(self, **changes).params(), safe=":,")

    def without_shared_list(self) -> MarketsQuery:
        return replace(self, shared=None)

    def row_suffix(self) -> str:
        """What a link to a pair of this market carries after ``?market=…&pair=…``."""
        params = self.params().items()
        kept = {name: value for name, value in params if name not in ("market", "pair")}
        return "&" + urlencode(kept, safe=":,") if kept else ""

    def sort_url(self, column: str) -> str:
        """A heading's link: its usual direction, then the other, then popularity again."""
        usual = SORT_DIRECTIONS[column]
        if self.sort != column:
            return self.url(sort=column, direction=usual)
        if self.direction == usual:
            return self.url(direction="desc" if usual == "asc" else "asc")
        return self.url(sort=BY_POPULARITY, direction="")

    def aria_sort(self, column: str) -> str:
        """The value of a heading's ``aria-sort``."""
        if self.sort != column:
            return "none"
        return "ascending" if self.direction == "asc" else "descending"


def _market(name: str) -> Market:
    if not name:
        return "spot"
    market = market_named(name)
    if market is None:
        raise UnknownMarket(name[:MAX_TEXT_LENGTH])
    return market


def _direction(sort: str, asked: str) -> str:
    usual = SORT_DIRECTIONS.get(sort, "")
    return asked if usual and asked in ("asc", "desc") else usual


def _clean(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text)
    return unicodedata.normalize("NFC", printable).strip()[:MAX_TEXT_LENGTH].strip()
