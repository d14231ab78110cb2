"""The one service that web and jobs ask for a market's list."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import Literal, NamedTuple

from webapp.binance.errors import BinanceError
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.listing import Market, SymbolList
from webapp.symbols.refresher import Refresher
from webapp.symbols.store import StoreUnavailable, SymbolStore

# A change in Redis shows in every process within this time; in between no request reads Redis.
LOOK_INTERVAL_SECONDS = 0.5
# The last part of an entry's life in which a request starts a refresh and answers at once.
REFRESH_AHEAD_FRACTION = 0.1
_RETRY_AFTER_MIN_SECONDS = 2

Source = Literal["cache", "binance", "last-good"]


class ServedList(NamedTuple):
    """A list and where it came from, as the ``X-Data-Source`` header names it."""

    listing: SymbolList
    source: Source


class Catalogue:
    """Serves each market's list: fresh from the cache, else from Binance, else last good."""

    def __init__(
        self,
        store: SymbolStore,
        refreshers: Iterable[Refresher],
        ttl_seconds: Mapping[Market, int],
        fetch_budget_seconds: float,
    ) -> None:
        self._store = store
        self._shelves = {
            refresher.market: _Shelf(store, refresher, ttl_seconds[refresher.market])
            for refresher in refreshers
        }
        self._fetch_budget_seconds = fetch_budget_seconds

    def get(self, market: Market) -> ServedList:
        """Return the market's list, within the fetch budget; raises ``NoSymbolList``."""
        shelf = self._shelves[market]
        fresh = shelf.fresh()
        if fresh:
            if shelf.seconds_left(fresh) < shelf.ttl_seconds * REFRESH_AHEAD_FRACTION:
                shelf.refresher.start(newer_than=fresh.listed_at)
            return ServedList(fresh, "cache")
        try:
            return ServedList(self._fetched(shelf), "binance")
        except (BinanceError, WaitedTooLong) as error:
            return ServedList(self._last_good(shelf, error), "last-good")

    def refresh(self, market: Market) -> SymbolList:
        """Fetch the list from Binance now, patiently; raises ``BinanceError``."""
        return self._shelves[market].refresher.refresh(newer_than=time.time())

    def _fetched(self, shelf: _Shelf) -> SymbolList:
        listing = shelf.refresher.start().result(timeout=self._fetch_budget_seconds)
        shelf.put(listing)
        return listing

    def _last_good(self, shelf: _Shelf, error: Exception) -> SymbolList:
        listing = shelf.last_good()
        if listing:
            return listing
        cause = str(error) or "Binance did not answer in time"
        wait_seconds = max(_RETRY_AFTER_MIN_SECONDS, round(shelf.refresher.pause_seconds_left))
        raise NoSymbolList(
            f"There is no {shelf.market} list to serve: none is cached and {cause}.", wait_seconds
        ) from error


class _Shelf:
    """One market's lists as this process knows them; Redis is looked at twice a second at most."""

    def __init__(self, store: SymbolStore, refresher: Refresher, ttl_seconds: int) -> None:
        self.market = refresher.market
        self.refresher = refresher
        self.ttl_seconds = ttl_seconds
        self._store = store
        self._current: SymbolList | None = None
        self._last_good: SymbolList | None = None
        self._looks_again_at = 0.0
        self._looking = threading.Lock()

    def fresh(self) -> SymbolList | None:
        """The list that Redis holds, or while Redis is away the one last seen, within its TTL."""
        if time.monotonic() >= self._looks_again_at:
            self._look()
        current = self._current
        return current if current and self.seconds_left(current) > 0 else None

    def last_good(self) -> SymbolList | None:
        """The newest list known, from memory before Redis, or None."""
        if self._last_good is None:
            try:
                self._last_good = self._store.last_good(self.market)
            except StoreUnavailable:
                return None
        return self._last_good

    def put(self, listing: SymbolList) -> None:
        """Remember a list that was just fetched."""
        self._current = self._last_good = listing

    def seconds_left(self, listing: SymbolList) -> float:
        return listing.listed_at + self.ttl_seconds - time.time()

    def _look(self) -> None:
        # One thread looks for all; the others go on with what they have, or wait for the first.
        if not self._looking.acquire(blocking=self._current is None):
            return
        try:
            if time.monotonic() >= self._looks_again_at:
                self._current = self._read()
                self._last_good = self._current or self._last_good
                self._looks_again_at = time.monotonic() + LOOK_INTERVAL_SECONDS
        finally:
            self._looking.release()

    def _read(self) -> SymbolList | None:
        try:
            return self._store.fresh(self.market)
        except StoreUnavailable:
            return self._last_good
