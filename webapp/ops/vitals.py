"""How the product is at this moment, as one process can tell without asking Binance."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from webapp.background import Background, read_background
from webapp.binance.gate import BanGate
from webapp.database import Database, DatabaseAway
from webapp.patience import Glance
from webapp.redis_client import seconds_of_a_ping
from webapp.redis_health import RedisAway, RedisHealth
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.listing import MARKETS, Market, SymbolList

_PATIENCE_SECONDS = 0.3


class Venue(NamedTuple):
    """A host of Binance's for public lists; ``weight_limit`` is its request weight a minute."""

    market: Market
    host: str
    weight_limit: int


class VenueState(NamedTuple):
    """What is known of a host; ``banned_until`` in epoch seconds, None when it may be asked."""

    venue: Venue
    banned_until: float | None
    used_weight: int


class ListState(NamedTuple):
    """The list that a market has at hand, of whatever age, or None."""

    listing: SymbolList | None
    ttl_seconds: int
    is_failing: bool  # the last fetch that this process knows of

    @property
    def age_seconds(self) -> float:
        """How old the list is; only of a market that has one."""
        return max(0.0, time.time() - self.listing.listed_at) if self.listing else 0.0

    @property
    def is_overdue(self) -> bool:
        return self.age_seconds > self.ttl_seconds


class Vitals(NamedTuple):
    """All of it; what cannot be known while Redis is away is None or missing."""

    lists: Mapping[Market, ListState]
    redis_seconds: float | None  # how long Redis took to answer, None when it is away
    venues: tuple[VenueState, ...]
    background: Background | None
    database_answers: bool


class _Shared(NamedTuple):
    redis_seconds: float | None
    venues: tuple[VenueState, ...]
    background: Background | None


class VitalSigns:
    """Looks at everything at once, in a fraction of a second whatever hangs."""

    def __init__(
        self,
        catalogue: Catalogue,
        health: RedisHealth,
        gate: BanGate,
        database: Database,
        venues: Iterable[Venue],
        ttl_seconds: Mapping[Market, int],
    ) -> None:
        self._catalogue = catalogue
        self._health = health
        self._gate = gate
        self._venues = tuple(venues)
        self._ttl_seconds = ttl_seconds
        self._shared = Glance(self._look_at_shared, _PATIENCE_SECONDS, "vitals-redis")
        self._database = Glance(lambda: _answers(database), _PATIENCE_SECONDS, "vitals-database")

    def read(self) -> Vitals:
        self._database.begin()
        # First, so that the lists need not wait for a Redis that turns out to be away.
        shared = self._shared.take() or _Shared(None, (), None)
        lists = {market: self._list(market) for market in MARKETS}
        return Vitals(
            lists,
            shared.redis_seconds,
            shared.venues,
            shared.background,
            database_answers=bool(self._database.take()),
        )

    def _list(self, market: Market) -> ListState:
        return ListState(
            self._catalogue.known(market),
            self._ttl_seconds[market],
            self._catalogue.is_failing(market),
        )

    def _look_at_shared(self) -> _Shared:
        seconds, background = None, None
        try:
            with self._health.guard():
                background = read_background(self._health.client)
                seconds = seconds_of_a_ping(self._health.client)
        except RedisAway:
            pass
        return _Shared(seconds, tuple(map(self._venue, self._venues)), background)

    def _venue(self, venue: Venue) -> VenueState:
        ban = self._gate.ban(venue.host)
        return VenueState(venue, ban.until if ban else None, self._gate.used_weight(venue.host))


def _answers(database: Database) -> bool:
    try:
        database.require_answer()
    except DatabaseAway:
        return False
    return True
