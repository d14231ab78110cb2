"""All that the markets page shows, put together from the lists, the URL and the watchlist."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from webapp.markets.arrange import arrange
from webapp.markets.figures import age_text
from webapp.markets.list_rows import NO_ROWS, Rows, rows_of
from webapp.markets.query import MarketsQuery
from webapp.markets.related import Related
from webapp.markets.rows import Row, absent_row
from webapp.markets.states import state_words
from webapp.markets.watchlist import MAX_ENTRIES, Watchlist
from webapp.symbols.catalogue import ServedList
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.listing import MARKETS, Market, SymbolList
from webapp.watchlists.keys import WatchKey
from webapp.words import words


class SymbolLists(Protocol):
    """Where the page's lists come from: the catalogue, or one person's own."""

    def get(self, market: Market) -> ServedList:
        """The market's list; raises ``NoSymbolList``."""

    def known(self, market: Market) -> SymbolList | None:
        """The list that is at hand."""


@dataclass(frozen=True)
class MarketList:
    """One market's rows, or the cause for which there are none."""

    market: Market
    rows: Rows = NO_ROWS
    source: str = ""
    listed_at: float = 0
    tickers_at: float | None = None
    not_trading: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""
    retry_after: int = 0

    @classmethod
    def load(cls, lists: SymbolLists, market: Market) -> MarketList:
        """Ask for the list; having no list is a state of the page and not an error."""
        try:
            served = lists.get(market)
        except NoSymbolList as error:
            return cls(market, cause=str(error), retry_after=error.retry_after)
        listing = served.listing
        return cls(
            market,
            rows_of(listing),
            served.source,
            listing.listed_at,
            listing.tickers_at,
            listing.not_trading,
        )

    @property
    def is_there(self) -> bool:
        """Whether there is a list. A person's own may have no rows, and is one all the same."""
        return bool(self.rows) or bool(self.owner)

    @property
    def owner(self) -> str:
        """``testnet-key`` or ``mainnet-key`` when the list is the person's own, else ""."""
        return self.source if self.source.endswith("-key") else ""

    @property
    def name(self) -> str:
        return str(words().market.name[self.market])

    def find_idle(self, symbol: str) -> Row | None:
        """The row of a pair that is listed but does not trade, with its state in words."""
        status = self.not_trading.get(symbol)
        return absent_row(self.market, symbol, state_words(status)) if status else None

    def age(self) -> str:
        return age_text(time.time() - self.listed_at)

    def tickers_age(self) -> str:
        return age_text(self.tickers_age_seconds) if self.tickers_at else ""

    @property
    def tickers_age_seconds(self) -> float:
        return time.time() - (self.tickers_at or 0)


class Desk:
    """The page's state: chosen list, shown rows, chosen pair, watchlist."""

    def __init__(
        self,
        lists: SymbolLists,
        query: MarketsQuery,
        watchlist: Watchlist,
        aside: Sequence[Watchlist] = (),
    ) -> None:
        self.query = query
        self._asked = lists
        self._lists: dict[Market, MarketList] = {}
        self.list = self._list_of(query.market)
        self.arranged = arrange(self.list.rows, query)
        self.watchlist = watchlist
        self.aside = aside
        self.watched_keys = frozenset(map(str, watchlist.keys))
        self.chosen = self._chosen()

    @property
    def pair_is_unknown(self) -> bool:
        """The URL asks for a pair that the list does not hold."""
        return bool(self.query.pair and self.list.is_there and self.chosen is None)

    @property
    def listed_at_ms(self) -> dict[Market, int]:
        """When Binance gave each public list that the page rests on, as a change's ``at`` says."""
        lists = (one for one in self._lists.values() if one.is_there and not one.owner)
        return {one.market: round(one.listed_at * 1000) for one in lists}

    @property
    def status_code(self) -> int:
        if not self.list.is_there:
            return 503
        return 404 if self.pair_is_unknown else 200

    @property
    def shown(self) -> Sequence[Row]:
        return self.arranged.shown

    @property
    def watch_rows(self) -> list[Row]:
        """The watchlist's rows: the shared list where the URL has one, else the person's own."""
        shared = self.query.shared
        return self.rows_for(self.watchlist.keys if shared is None else shared)

    def rows_for(self, keys: Sequence[WatchKey]) -> list[Row]:
        return [self._watch_row(key) for key in keys]

    @property
    def no_pair(self) -> Row:
        """What the pair's panel shows when there is none: the name in the URL and no figures."""
        return absent_row(self.query.market, self.query.pair, "")

    @property
    def shared_url(self) -> str:
        """A link that shows the person's own list to someone else; "" where it is too long."""
        watchlist = self.watchlist
        if len(watchlist.keys) > MAX_ENTRIES:
            return ""
        query = MarketsQuery(market=self.query.market, shared=watchlist.keys)
        return query.url(shared_name=watchlist.name)

    @cached_property
    def related(self) -> Related | None:
        """The other pairs of the chosen pair's asset, of the lists that are at hand."""
        if self.chosen is None:
            return None
        spot, futures = (self._asked.known(market) for market in MARKETS)
        related = Related(self.chosen, spot, futures)
        return related if related.instruments else None

    def is_chosen(self, row: Row) -> bool:
        return self.chosen is not None and self.chosen.key == row.key

    def _chosen(self) -> Row | None:
        if self.query.pair:
            return self.list.rows.find(self.query.pair) or self.list.find_idle(self.query.pair)
        return self.list.rows[0] if self.list.rows else None

    def _watch_row(self, key: WatchKey) -> Row:
        market_list = self._list_of(key.market)
        note = words().state.not_listed if market_list.is_there else words().state.no_list
        return (
            market_list.rows.find(key.symbol)
            or market_list.find_idle(key.symbol)
            or absent_row(key.market, key.symbol, note)
        )

    def _list_of(self, market: Market) -> MarketList:
        """The other market is asked for only when the watchlist holds a pair of it."""
        if market not in self._lists:
            self._lists[market] = MarketList.load(self._asked, market)
        return self._lists[market]
