"""Makes new lists: one fetch at a time, and none soon after one that failed."""

from __future__ import annotations

import logging
import random
import threading
import time
from concurrent.futures import Future
from typing import Protocol

from webapp.binance.errors import BinanceError, Unreachable
from webapp.symbols.lease import Lease
from webapp.symbols.listing import Market, SymbolList
from webapp.symbols.store import StoreUnavailable, SymbolStore

log = logging.getLogger(__name__)

PAUSE_FIRST_SECONDS = 2.0
PAUSE_LONGEST_SECONDS = 60.0
_POLL_SECONDS = 0.05


class SymbolSource(Protocol):
    """Where a list comes from; ``fetch`` raises ``BinanceError``."""

    @property
    def market(self) -> Market: ...

    def fetch(self) -> SymbolList: ...


class Refresher:
    """Fetches one market's list and saves it, for all who ask at the same time.

    Threads of this process join the fetch under way; other processes that share the Redis wait
    for its holder's list.
    """

    def __init__(self, source: SymbolSource, store: SymbolStore, lease: Lease) -> None:
        self.market = source.market
        self._source = source
        self._store = store
        self._lease = lease
        self._mutex = threading.Lock()
        self._under_way: Future[SymbolList] | None = None
        self._pause = _FailurePause()

    def start(self, newer_than: float = 0) -> Future[SymbolList]:
        """Refresh in the background, or join the refresh under way.

        Within the pause after a failure the future holds that failure at once.
        """
        with self._mutex:
            return self._under_way or self._begin(newer_than)

    def refresh(self, newer_than: float) -> SymbolList:
        """Return a list made after ``newer_than`` (epoch seconds); raises ``BinanceError``.

        One that another process has put in the cache will do, else it is fetched here.
        """
        gives_up_at = time.monotonic() + self._lease.seconds
        while time.monotonic() < gives_up_at:
            with self._lease.try_hold() as held:
                listing = self._cached_since(newer_than)
                if listing:
                    return listing
                if held:
                    return self._fetch()
            time.sleep(_POLL_SECONDS)
        raise Unreachable(f"another process has been fetching the {self.market} list for too long")

    @property
    def pause_seconds_left(self) -> float:
        """How long nobody will try again by themselves; 0 when the last fetch went well."""
        return self._pause.seconds_left

    def _begin(self, newer_than: float) -> Future[SymbolList]:
        future: Future[SymbolList] = Future()
        if self._pause.seconds_left:
            # A new object each time: one that is raised again and again keeps every frame alive.
            future.set_exception(BinanceError(str(self._pause.error)))
        else:
            self._under_way = future
            threading.Thread(
                target=self._run,
                args=(future, newer_than),
                daemon=True,
                name=f"refresh-{self.market}",
            ).start()
        return future

    def _run(self, future: Future[SymbolList], newer_than: float) -> None:
        try:
            listing = self.refresh(newer_than)
        except BaseException as error:  # whatever it is, those who wait must learn of it
            self._pause.begin(error)
            self._under_way = None
            future.set_exception(error)
            if not isinstance(error, BinanceError):
                raise
            log.warning("the %s list could not be refreshed: %s", self.market, error)
        else:
            self._pause.end()
            self._under_way = None
            future.set_result(listing)

    def _cached_since(self, newer_than: float) -> SymbolList | None:
        try:
            listing = self._store.fresh(self.market)
        except StoreUnavailable:
            return None
        return listing if listing and listing.listed_at > newer_than else None

    def _fetch(self) -> SymbolList:
        listing = self._source.fetch()
        self._store.save(listing)
        log.info("fetched the %s list: %d symbols", self.market, listing.count)
        return listing


class _FailurePause:
    """A pause that doubles with each failure in a row, jittered so that no fleet acts as one."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self._in_a_row = 0
        self._ends_at = 0.0

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._ends_at - time.monotonic())

    def begin(self, error: BaseException) -> None:
        self.error = error
        longest = min(PAUSE_LONGEST_SECONDS, PAUSE_FIRST_SECONDS * 2**self._in_a_row)
        self._in_a_row += 1
        self._ends_at = time.monotonic() + random.uniform(longest / 2, longest)

    def end(self) -> None:
        self.error = None
        self._in_a_row = 0
        self._ends_at = 0.0
