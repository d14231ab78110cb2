"""The one service that web and jobs ask for a market's list."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import Literal, NamedTuple

from webapp.binance.errors import BinanceError
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.listing import Market, SymbolList
from webapp.symbols.pause import Failure
from webapp.symbols.refresher import Refresher
from webapp.symbols.shelf import LOOK_OVERDUE_SECONDS, Shelf

# The last part of an entry's life in which a request starts a refresh and answers at once.
REFRESH_AHEAD_FRACTION = 0.1
# Somebody who saw a change makes the list be fetched anew, but not one that is younger.
LOOK_AGE_SECONDS = 10
_RETRY_AFTER_MIN_SECONDS = 2

# The last two name lists that are a person's own.
Source = Literal["cache", "binance", "last-good", "testnet-key", "mainnet-key"]


class ServedList(NamedTuple):
    """A list and where it came from, as the ``X-Data-Source`` header names it."""

    listing: SymbolList
    source: Source


class Catalogue:
    """Serves each market's list: fresh from the cache, else from Binance, else last good."""

    def __init__(
        self, shelves: Iterable[tuple[Shelf, Refresher]], fetch_budget_seconds: float
    ) -> None:
        self._shelves = {shelf.market: (shelf, refresher) for shelf, refresher in shelves}
        self._fetch_budget_seconds = fetch_budget_seconds

    def get(self, market: Market, budget_seconds: float | None = None) -> ServedList:
        """Return the market's list, within the fetch budget; raises ``NoSymbolList``.

        ``budget_seconds`` is what is left of the budget for who has spent some of it already.
        """
        served = self.at_hand(market)
        return served or self._fetched_or_last_good(*self._shelves[market], budget_seconds)

    def at_hand(self, market: Market, *, waits: bool = True) -> ServedList | None:
        """What ``get`` serves without asking Binance for it first; None when it has to.

        That is the fresh list or, once a failure is known, the last good one: nobody waits for the
        next try. Who cannot wait for Redis or the disk gets None where either may have news.
        """
        shelf, refresher = self._shelves[market]
        is_settled = waits or not shelf.is_news_likely
        fresh = shelf.fresh(None if waits else 0)
        if not is_settled:
            return None
        if fresh:
            refresher.saw(fresh)
            if shelf.seconds_left(fresh) < shelf.ttl_seconds * REFRESH_AHEAD_FRACTION:
                refresher.start_ahead(fresh)
            return ServedList(fresh, "cache")
        if not refresher.is_failing:
            return None
        last_good = shelf.last_good(reads_disk=waits)
        if last_good is None:
            return None
        if not refresher.pause_seconds_left:
            refresher.start()
        return ServedList(last_good, "last-good")

    def known(self, market: Market) -> SymbolList | None:
        """The list that is at hand, of whatever age: nobody waits for it, and none is fetched."""
        shelf, _ = self._shelves[market]
        return shelf.fresh() or shelf.last_good()

    def known_failure(self, market: Market) -> Failure | None:
        """Why the last fetch failed, as far as this process knows; None when it did not."""
        _, refresher = self._shelves[market]
        return refresher.known_failure

    def last_failure(self, market: Market) -> Failure | None:
        """The last fetch's that failed, wherever it was tried and for minutes only; asks Redis."""
        _, refresher = self._shelves[market]
        return refresher.last_failure()

    def look(self, market: Market) -> float:
        """Fetch the list anew in the background, as somebody saw a change on the exchange.

        Returns 0, or the seconds until the list is old enough for that: so no number of lookers
        makes a fleet ask oftener than every ``LOOK_AGE_SECONDS``.
        """
        shelf, refresher = self._shelves[market]
        # Beside a newer one in Redis an older one would not be fetched anew, and nobody told so.
        fresh = shelf.fresh(LOOK_OVERDUE_SECONDS)
        if fresh is None:  # whoever asks for the list next fetches it
            return 0
        too_young_seconds = fresh.listed_at + LOOK_AGE_SECONDS - time.time()
        if too_young_seconds <= 0:
            refresher.start_ahead(fresh)
        return max(0.0, too_young_seconds)

    def refresh(self, market: Market) -> SymbolList:
        """Fetch the list from Binance now, patiently; raises ``BinanceError``.

        Background work: when this minute's request weight is nearly used up it waits for the next.
        """
        _, refresher = self._shelves[market]
        time.sleep(refresher.busy_seconds())
        return refresher.refresh(newer_than=time.time())

    def _fetched_or_last_good(
        self, shelf: Shelf, refresher: Refresher, budget_seconds: float | None
    ) -> ServedList:
        if budget_seconds is None:
            budget_seconds = self._fetch_budget_seconds
        last_good = shelf.last_good()
        under_way = refresher.start()
        news = under_way.first_news if last_good else under_way.outcome
        try:
            listing = news.result(timeout=under_way.seconds_left(budget_seconds))
        except (BinanceError, WaitedTooLong) as error:
            if last_good:
                return ServedList(last_good, "last-good")
            raise self._no_list(refresher, error) from error
        shelf.put(listing)
        return ServedList(listing, "binance")

    def _no_list(self, refresher: Refresher, error: Exception) -> NoSymbolList:
        cause = str(error) or "Binance did not answer in time"
        wait_seconds = max(_RETRY_AFTER_MIN_SECONDS, round(refresher.pause_seconds_left))
        return NoSymbolList(
            f"There is no {refresher.market} list to serve: none is cached and {cause}.",
            wait_seconds,
        )
