"""Makes new lists: one fetch at a time, and none soon after one that failed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from webapp.binance.errors import BinanceError, Unreachable
from webapp.metrics import counted
from webapp.redis_health import RedisAway
from webapp.symbols.change_log import ChangeLog
from webapp.symbols.changes import changes_between
from webapp.symbols.lease import Lease
from webapp.symbols.listing import Market, SymbolList
from webapp.symbols.pause import Failure, FailurePause, KnownFailure
from webapp.symbols.shrinkage import ShrinkGuard, ShrunkList
from webapp.symbols.snapshots import Snapshots
from webapp.symbols.store import SymbolStore
from webapp.symbols.under_way import UnderWay

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.05
# More than one fetch may take: two calls of 20 s.
_WAITS_FOR_HOLDER_SECONDS = 45.0

OnFailedAttempt = Callable[[BinanceError], None]


class SymbolSource(Protocol):
    """Where a list comes from; ``fetch`` raises ``BinanceError``."""

    @property
    def market(self) -> Market: ...

    def fetch(self, on_failed_attempt: OnFailedAttempt) -> SymbolList: ...

    def busy_seconds(self) -> float: ...


class Refresher:
    """Fetches one market's list and saves it, for all who ask at the same time.

    Threads of this process join the refresh under way; other processes that share the Redis wait
    for its holder's list.
    """

    def __init__(
        self,
        source: SymbolSource,
        store: SymbolStore,
        snapshots: Snapshots,
        lease: Lease,
        pause: FailurePause,
        shrink_guard: ShrinkGuard,
        change_log: ChangeLog,
    ) -> None:
        self.market = source.market
        self._source = source
        self._store = store
        self._snapshots = snapshots
        self._lease = lease
        self._pause = pause
        self._shrink_guard = shrink_guard
        self._change_log = change_log
        self._mutex = threading.Lock()
        self._under_way: UnderWay | None = None
        self._ahead_from = 0.0  # monotonic seconds before which nothing is refreshed ahead

    @property
    def known_failure(self) -> Failure | None:
        """Why the last refresh failed, as far as this process knows; None when it did not."""
        return self._pause.known

    @property
    def is_failing(self) -> bool:
        """Whether the last refresh failed, or the first attempt of the one under way."""
        under_way = self._under_way
        return bool(self.known_failure or (under_way and under_way.has_failed_once))

    def last_failure(self) -> Failure | None:
        """The same of any process's, for minutes after it failed; asks Redis."""
        return self._pause.last()

    @property
    def pause_seconds_left(self) -> float:
        return self._pause.known.seconds_left if self._pause.known else 0.0

    def start(self, newer_than: float = 0) -> UnderWay:
        """Refresh in the background, or join the refresh under way.

        Within the pause after a failure nothing is started and that failure is the outcome.
        """
        with self._mutex:
            return self._under_way or self._begin(newer_than)

    def start_ahead(self, fresh: SymbolList) -> None:
        """Refresh in the background while ``fresh`` still serves, if there is weight to spare."""
        if time.monotonic() >= self._ahead_from:
            self.start(newer_than=fresh.listed_at)

    def saw(self, fresh: SymbolList) -> None:
        """Take note that some process has fetched this list: an earlier failure is over."""
        if self._pause.known and self._pause.known.at < fresh.listed_at:
            self._pause.known = None

    def refresh(
        self, newer_than: float, on_failed_attempt: OnFailedAttempt = lambda _error: None
    ) -> SymbolList:
        """Return a list made after ``newer_than`` (epoch seconds); raises ``BinanceError``.

        One that another process has put in the cache will do, else it is fetched here.
        """
        gives_up_at = time.monotonic() + _WAITS_FOR_HOLDER_SECONDS
        while time.monotonic() < gives_up_at:
            with self._lease.try_hold() as held:
                listing = self._cached_since(newer_than)
                if listing:
                    return listing
                self._raise_known_failure()
                if held:
                    return self._fetch(on_failed_attempt)
            time.sleep(_POLL_SECONDS)
        raise Unreachable(f"another process has been fetching the {self.market} list for too long")

    def busy_seconds(self) -> float:
        """How long background work should leave Binance alone; 0 when there is weight to spare."""
        return self._source.busy_seconds()

    def _begin(self, newer_than: float) -> UnderWay:
        under_way = UnderWay()
        if self._pause.known and self._pause.known.seconds_left:
            under_way.fail(KnownFailure(self._pause.known.reason))
            return under_way
        self._under_way = under_way
        threading.Thread(
            target=self._run,
            args=(under_way, newer_than),
            daemon=True,
            name=f"refresh-{self.market}",
        ).start()
        return under_way

    def _run(self, under_way: UnderWay, newer_than: float) -> None:
        try:
            if newer_than:
                self._insist_on_spare_weight()
            listing = self.refresh(newer_than, under_way.attempt_failed)
        except BaseException as error:  # whatever it is, those who wait must learn of it
            self._under_way = None
            under_way.fail(error)
            if not isinstance(error, BinanceError):
                raise
        else:
            self._under_way = None
            under_way.succeed(listing)

    def _insist_on_spare_weight(self) -> None:
        seconds = self.busy_seconds()
        if seconds:
            self._ahead_from = time.monotonic() + seconds
            raise KnownFailure("the request weight of this minute is nearly used up")

    def _cached_since(self, newer_than: float) -> SymbolList | None:
        try:
            listing = self._store.fresh(self.market)
        except RedisAway:
            return None
        return listing if listing and listing.listed_at > newer_than else None

    def _raise_known_failure(self) -> None:
        failure = self._pause.in_force()
        if failure:
            raise KnownFailure(failure.reason)

    def _fetch(self, on_failed_attempt: OnFailedAttempt) -> SymbolList:
        try:
            listing = self._source.fetch(on_failed_attempt)
            last_good = self._last_good()
            self._shrink_guard.check(listing, last_good)
        except BinanceError as error:
            log.warning("the %s list could not be refreshed: %s", self.market, error)
            is_doubted = isinstance(error, ShrunkList)
            counted.refresh(self.market, "held_back" if is_doubted else "failed")
            # A doubted list is no failure of Binance's: the jobs may look again when they like.
            self._pause.begin(str(error), shared=not is_doubted)
            raise
        self._pause.end()
        counted.refresh(self.market, "fetched")
        newer = self._cached_since(listing.listed_at)
        if newer:  # this process stood still, its lease lapsed, and another has overtaken it
            return newer
        if last_good:
            self._change_log.append(changes_between(last_good, listing))
        self._store.save(listing)
        self._snapshots.save(listing)
        log.info("fetched the %s list: %d symbols", self.market, listing.count)
        return listing

    def _last_good(self) -> SymbolList | None:
        try:
            stored = self._store.last_good(self.market)
        except RedisAway:
            stored = None
        return stored or self._snapshots.load(self.market)
