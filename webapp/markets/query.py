"""The markets page's state as it stands in the URL."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from webapp.markets.columns import SORT_DIRECTIONS
from webapp.markets.views import VIEWS
from webapp.markets.watchlist import MAX_ENTRIES
from webapp.symbols.listing import Market, market_named
from webapp.watchlists.keys import WatchKey, clean_name, format_keys, parse_keys

MAX_TEXT_LENGTH = 40  # of a filter or a symbol; Binance's longest symbol has about 25
BY_POPULARITY = "popularity"
_JOINERS = "\u200c\u200d"  # which some scripts spell with


class UnknownMarket(ValueError):
    """The URL names a market that does not exist."""


@dataclass(frozen=True)
class MarketsQuery:
    """Which market, filter, view, order, pair and shared list the URL asks for, all clamped."""

    market: Market = "spot"
    q: str = ""
    pair: str = ""
    view: str = ""  # of VIEWS; "" shows all pairs
    sort: str = BY_POPULARITY
    direction: str = ""  # "asc" or "desc"; "" for the order of popularity, which has only one
    shared: tuple[WatchKey, ...] | None = None
    shared_name: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> MarketsQuery:
        """Read a query or a form; raises ``UnknownMarket``, every other bad value is clamped."""
        view = args.get("view", "")
        view = view if view in VIEWS else ""
        sort, direction = _order(args.get("sort", ""), args.get("dir", ""), view)
        return cls(
            market=_market(args.get("market", "")),
            q=_clean(args.get("q", "")),
            pair=_clean(args.get("pair", "")),
            view=view,
            sort=sort,
            direction=direction,
            shared=parse_keys(args["list"], MAX_ENTRIES) if args.get("list") else None,
            shared_name=clean_name(args.get("name", "")) if args.get("list") else "",
        )

    def params(self) -> dict[str, str]:
        """The parameters that differ from their defaults, and always the market."""
        sort, direction = (self.sort, self.direction) if self.is_sorted else ("", "")
        params = {
            "market": self.market,
            "pair": self.pair,
            "q": self.q,
            "view": self.view,
            "sort": sort,
            "dir": "" if direction == SORT_DIRECTIONS.get(sort, "") else direction,
            "list": format_keys(self.shared) if self.shared is not None else "",
            "name": self.shared_name,
        }
        return {name: value for name, value in params.items() if value}

    def url(self, **changes: Any) -> str:
        """A relative link to this state with some of its parts changed."""
        return _url(self, *changes.items())

    @property
    def is_ordered(self) -> bool:
        """Whether the rows stand in another order than that of popularity."""
        return self.sort != BY_POPULARITY

    @property
    def is_sorted(self) -> bool:
        """Whether the table has another order than its view's own."""
        return self.is_ordered and (self.sort, self.direction) != self._own_order

    @property
    def _own_order(self) -> tuple[str, str]:
        return VIEWS[self.view].order if self.view else (BY_POPULARITY, "")

    def view_url(self, view: str) -> str:
        """A view's link: with it comes its own order."""
        sort, direction = VIEWS[view].order if view else (BY_POPULARITY, "")
        return self.url(view=view, sort=sort, direction=direction)

    def without_shared_list(self) -> MarketsQuery:
        return replace(self, shared=None, shared_name="")

    def row_suffix(self) -> str:
        """What a link to a pair of this market carries after ``?market=…&pair=…``."""
        params = self.params().items()
        kept = {name: value for name, value in params if name not in ("market", "pair")}
        return "&" + urlencode(kept, safe=":,") if kept else ""

    def sort_url(self, column: str) -> str:
        """A heading's link: its usual direction, then the other, then the view's own order."""
        usual = SORT_DIRECTIONS[column]
        if self.sort != column:
            return self.url(sort=column, direction=usual)
        own_column, own_direction = self._own_order
        if self.is_sorted and (own_column == column or self.direction != usual):
            return self.url(sort=own_column, direction=own_direction)
        return self.url(sort=column, direction="desc" if self.direction == "asc" else "asc")

    def aria_sort(self, column: str) -> str:
        """The value of a heading's ``aria-sort``."""
        if self.sort != column:
            return "none"
        return "ascending" if self.direction == "asc" else "descending"


@lru_cache(maxsize=500)  # a page has thirty such links, and most pages have the same
def _url(query: MarketsQuery, *changes: tuple[str, Any]) -> str:
    changed = replace(query, **dict(changes))
    return "?" + urlencode(changed.params(), safe=":,")


def _market(name: str) -> Market:
    if not name:
        return "spot"
    market = market_named(name)
    if market is None:
        raise UnknownMarket(name[:MAX_TEXT_LENGTH])
    return market


def _order(sort: str, asked: str, view: str) -> tuple[str, str]:
    """The column and direction that are asked for, else those of the view."""
    if sort in SORT_DIRECTIONS:
        return sort, asked if asked in ("asc", "desc") else SORT_DIRECTIONS[sort]
    return VIEWS[view].order if view else (BY_POPULARITY, "")


def _clean(text: str) -> str:
    shown = unicodedata.normalize("NFC", "".join(map(_shown, text)))
    return shown.strip()[:MAX_TEXT_LENGTH].strip()


def _shown(char: str) -> str:
    """The character itself; nothing for a mark of direction that came along when it was copied."""
    if char.isprintable() or char in _JOINERS:
        return char
    return "" if unicodedata.category(char) == "Cf" else " "
