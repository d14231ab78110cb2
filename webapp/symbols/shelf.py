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

# A change in Redis shows in every process within twice this time; a request reads Redis no oftener.
LOOK_INTERVAL_SECONDS = 0.5
# A request waits no longer for a look: Redis's own time limit bounds one read, not a drip of them.
LOOK_PATIENCE_SECONDS = 0.25
LOOK_OVERDUE_SECONDS = 2.0


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
        self._mutex = threading.Lock()
        self._look: _Look | None = None
        self._looks_again_at = 0.0
        self._redis_is_away = False

    def fresh(self, patience_seconds: float | None = None) -> SymbolList | None:
        """The list that Redis holds, or while Redis is away the one last seen, within its TTL.

        Who gives ``patience_seconds`` waits so long for a look that is due, whatever is at hand.
        """
        if time.monotonic() >= self._looks_again_at:
            self._look_into_redis(patience_seconds)
        current = self._current
        return current if current and self.seconds_left(current) > 0 else None

    @property
    def is_news_likely(self) -> bool:
        """Whether nobody has looked for long."""
        return time.monotonic() > self._looks_again_at + LOOK_INTERVAL_SECONDS

    def last_good(self, *, reads_disk: bool = True) -> SymbolList | None:
        """The newest list known: the one that was last seen in Redis, else the disk's, or None."""
        if self._last_good is None and reads_disk:
            self._note(self._on_disk())
        return self._last_good

    def put(self, listing: SymbolList) -> None:
        """Remember a list that was just fetched."""
        self._current = self._last_good = listing

    def seconds_left(self, listing: SymbolList) -> float:
        return listing.listed_at + self.ttl_seconds - time.time()

    def _look_into_redis(self, patience_seconds: float | None) -> None:
        # One thread looks for all. Who has a list goes on with it meanwhile, unless nobody has
        # looked for long, and nobody waits for a Redis that was away at the last look.
        is_news_likely = self.is_news_likely
        with self._mutex:
            look = self._look
            is_mine = look is None or look.is_overdue
            if look is None or is_mine:
                look = self._look = _Look()
                threading.Thread(
                    target=self._run, args=(look,), daemon=True, name=f"look-{self.market}"
                ).start()
        if patience_seconds is not None:
            look.wait(patience_seconds)
            return
        if self._redis_is_away or (self._current and not is_mine and not is_news_likely):
            return
        if not look.wait(LOOK_PATIENCE_SECONDS):
            self._redis_is_away = True

    def _run(self, look: _Look) -> None:
        known, known_good = self._current, self._last_good
        try:
            seen = self._read()
            if self._look is look and self._current is known:  # else there is later news
                self._current = seen
        finally:
            self._looks_again_at = time.monotonic() + LOOK_INTERVAL_SECONDS
            if self._look is look:
                self._look = None
            look.end()
        if self._last_good and self._last_good is not known_good:
            # Another process has fetched it, maybe on another machine: this one wants its own file.
            self._snapshots.save(self._last_good)

    def _read(self) -> SymbolList | None:
        try:
            seen = self._store.fresh(self.market)
            self._note(seen or self._store.last_good(self.market))
        except RedisAway:
            self._redis_is_away = True
            return self._last_good
        self._redis_is_away = False
        return seen

    def _note(self, seen: SymbolList | None) -> None:
        known = self._last_good
        if seen and (known is None or seen.listed_at > known.listed_at):
            self._last_good = seen

    def _on_disk(self) -> SymbolList | None:
        listing = self._snapshots.load(self.market)
        if listing:
            age_seconds = time.time() - listing.listed_at
            log.warning(
                "found the %s list of %.0f s ago on disk: it is served while there is none newer",
                *(self.market, age_seconds),
            )
        return listing


class _Look:
    """One look into Redis that is under way."""

    def __init__(self) -> None:
        self._began_at = time.monotonic()
        self._ended = threading.Event()

    @property
    def is_overdue(self) -> bool:
        """Whether another had better be begun, on another connection."""
        return time.monotonic() > self._began_at + LOOK_OVERDUE_SECONDS

    def wait(self, seconds: float) -> bool:
        """Whether it has ended so long after it began."""
        return self._ended.wait(max(0.0, self._began_at + seconds - time.monotonic()))

    def end(self) -> None:
        self._ended.set()
