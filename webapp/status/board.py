"""What the status page says, looked up once a second at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import redis

from webapp.binance.client import host_name
from webapp.binance.gate import BanGate
from webapp.doctor.findings import Level, worst
from webapp.doctor.jobs import JobsState, jobs_state
from webapp.doctor.lists import ListState, list_states
from webapp.redis_health import RedisAway, RedisHealth
from webapp.shared_facts import SharedFacts
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.listing import MARKETS, Market

_GOOD_FOR_SECONDS = 1.0


class Status(msgspec.Struct, frozen=True):
    """All that the page tells; times are epoch seconds."""

    at: float
    lists: list[ListState]
    shut_until: dict[Market, float | None]  # Binance's door, of the venue's last open host
    redis_answers: bool
    jobs: JobsState | None  # None while nobody knows

    def level_of_list(self, state: ListState) -> Level:
        if not state.count:
            return "wrong"
        return "ok" if state.is_fresh and not state.failure else "warning"

    @property
    def level_of_jobs(self) -> Level:
        return "ok" if self.jobs and self.jobs.is_well else "warning"

    @property
    def level(self) -> Level:
        """The whole: without a list it is wrong, and nothing else stops lists from being served."""
        doors: list[Level] = ["warning" if until else "ok" for until in self.shut_until.values()]
        store: Level = "ok" if self.redis_answers else "warning"
        return worst([*map(self.level_of_list, self.lists), *doors, store, self.level_of_jobs])

    @staticmethod
    def clock(at: float) -> str:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


class StatusBoard:
    """Looks at memory, Redis and the bans on disk; one look serves all who ask in its second."""

    def __init__(
        self,
        catalogue: Catalogue,
        facts: SharedFacts,
        gate: BanGate,
        client: redis.Redis,
        health: RedisHealth,
        ttl_seconds: Mapping[Market, int],
        hosts: Mapping[Market, tuple[str, ...]],
    ) -> None:
        self._catalogue = catalogue
        self._facts = facts
        self._gate = gate
        self._client = client
        self._health = health
        self._ttl_seconds = ttl_seconds
        self._hosts = hosts
        self._mutex = threading.Lock()
        self._kept: Status | None = None
        self._good_until = 0.0  # monotonic seconds

    def status(self) -> Status:
        with self._mutex:  # who comes second has the first one's look
            if self._kept is None or time.monotonic() >= self._good_until:
                self._kept = self._look()
                self._good_until = time.monotonic() + _GOOD_FOR_SECONDS
            return self._kept

    def _look(self) -> Status:
        jobs, redis_answers = self._jobs()
        return Status(
            at=time.time(),
            lists=list_states(self._catalogue, self._facts, self._ttl_seconds),
            shut_until={market: self._shut_until(market) for market in MARKETS},
            redis_answers=redis_answers,
            jobs=jobs,
        )

    def _jobs(self) -> tuple[JobsState | None, bool]:
        try:
            with self._health.guard():
                return jobs_state(self._client), True
        except RedisAway:
            return None, False

    def _shut_until(self, market: Market) -> float | None:
        bans = [self._gate.ban(host_name(host)) for host in self._hosts[market]]
        until = [ban.until for ban in bans if ban]
        return min(until) if len(until) == len(bans) else None
