"""One market's lists as this process has them at hand."""

from __future__ import annotations

import logging
import threading
import time

from webapp.redis_health import RedisAway
from webapp.symbols.listing import Market, SymbolList
from webapp.symbols.snapshots import Snapshots
from webapp.symbols.store import SymbolStore

log = logging.getLogger(__name__)

# A change in Redis shows in every process within this time; in between no request reads Redis.
LOOK_INTERVAL_SECONDS = 0.5


class Shelf:
    """Keeps the current and the last good list in memory, over Redis, over the disk."""

    def __init__(
        self, market: Market, store: SymbolStore, snapshots: Snapshots, ttl_seconds: int
    ) -> None:
        self.market = market
        self.ttl_seconds = ttl_seconds
        self._store = store
        self._snapshots = snapshots
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
        """The newest list known: from memory, else from Redis or the disk, or None."""
        if self._last_good is None:
            found = [listing for listing in (self._stored(), self._on_disk()) if listing]
            self._last_good = max(found, key=lambda listing: listing.listed_at, default=None)
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
                self._keep(self._current)
                self._looks_again_at = time.monotonic() + LOOK_INTERVAL_SECONDS
        finally:
            self._looking.release()

    def _read(self) -> SymbolList | None:
        try:
            return self._store.fresh(self.market)
        except RedisAway:
            return self._last_good

    def _keep(self, seen: SymbolList | None) -> None:
        if seen is None or seen is self._last_good:
            return
        self._last_good = seen
        # Another process may have fetched it, on another machine: this one wants its own file.
        threading.Thread(target=self._snapshots.save, args=(seen,), daemon=True).start()

    def _stored(self) -> SymbolList | None:
        try:
            return self._store.last_good(self.market)
        except RedisAway:
            return None

    def _on_disk(self) -> SymbolList | None:
        listing = self._snapshots.load(self.market)
        if listing:
            age_seconds = time.time() - listing.listed_at
            log.warning(
                "found the %s list of %.0f s ago on disk: it is served while there is none newer",
                *(self.market, age_seconds),
            )
        return listing
