"""How the product is at this moment, as one process can tell without asking Binance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from webapp.binance.ban_files import Ban
from webapp.binance.gate import BanGate
from webapp.database import Database, DatabaseAway
from webapp.patience import Glance
from webapp.redis_client import seconds_of_a_ping
from webapp.redis_health import RedisAway, RedisHealth
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.listing import MARKETS, Market
from webapp.symbols.pause import Failure
from webapp.vitals.jobs import JobsState, read_jobs
from webapp.vitals.lists import ListState, list_states

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


class Vitals(NamedTuple):
    """All of it; while Redis is away, of bans and failures what this process knows by itself."""

    lists: tuple[ListState, ...]
    venues: tuple[VenueState, ...]
    redis_seconds: float | None  # how long Redis took to answer, None when it is away
    jobs: JobsState | None  # None while nobody knows
    database_answers: bool

    @property
    def redis_answers(self) -> bool:
        return self.redis_seconds is not None

    def ban_ends(self, market: Market) -> list[float]:
        """When those of the market's hosts may be asked again that may not be now."""
        return [
            state.banned_until
            for state in self.venues
            if state.venue.market == market and state.banned_until is not None
        ]

    def shut_until(self, market: Market) -> float | None:
        """When the first of the market's hosts may be asked again; None while one may be."""
        hosts = sum(state.venue.market == market for state in self.venues)
        ends = self.ban_ends(market)
        return min(ends, default=None) if len(ends) == hosts else None


class _Redis(NamedTuple):
    """Of Redis itself and of the jobs, which nobody else knows of."""

    seconds: float | None
    jobs: JobsState | None


class _Shared(NamedTuple):
    """What processes tell each other by Redis and also know by themselves."""

    venues: tuple[VenueState, ...]
    failures: Mapping[Market, Failure | None]


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
        self._redis = Glance(self._look_at_redis, _PATIENCE_SECONDS, "vitals-redis")
        self._shared = Glance(self._look_at_shared, _PATIENCE_SECONDS, "vitals-shared")
        self._database = Glance(lambda: _answers(database), _PATIENCE_SECONDS, "vitals-database")

    def read(self) -> Vitals:
        database = self._database.begin()
        of_redis = self._redis.begin()
        shared = self._shared.begin()
        # First, so that the lists need not wait for a Redis that turns out to be away.
        redis_seconds, jobs = of_redis.seen() or _Redis(None, None)
        venues, failures = shared.seen() or self._known()
        return Vitals(
            list_states(self._catalogue, self._ttl_seconds, failures.__getitem__),
            venues,
            redis_seconds,
            jobs,
            database_answers=bool(database.seen()),
        )

    def _look_at_redis(self) -> _Redis:
        client = self._health.client
        try:
            with self._health.guard():
                jobs = read_jobs(client)
                return _Redis(seconds_of_a_ping(client), jobs)
        except RedisAway:
            return _Redis(None, None)

    def _look_at_shared(self) -> _Shared:
        return _Shared(
            tuple(
                _state(venue, self._gate.ban(venue.host), self._gate.used_weight(venue.host))
                for venue in self._venues
            ),
            {market: self._catalogue.last_failure(market) for market in MARKETS},
        )

    def _known(self) -> _Shared:
        """What this process knows without asking Redis."""
        gate = self._gate
        return _Shared(
            tuple(
                _state(venue, gate.known_ban(venue.host), gate.known_weight(venue.host))
                for venue in self._venues
            ),
            {market: self._catalogue.known_failure(market) for market in MARKETS},
        )


def _state(venue: Venue, ban: Ban | None, used_weight: int) -> VenueState:
    return VenueState(venue, ban.until if ban else None, used_weight)


def _answers(database: Database) -> bool:
    try:
        database.require_answer()
    except DatabaseAway:
        return False
    return True
