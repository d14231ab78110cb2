"""How much request weight one person's keys may cost in a minute."""

from __future__ import annotations

import threading
import time

import redis

from webapp.redis_health import RedisAway, RedisHealth

# Of the 6,000 that all share: enough to open each account of a person's once and once more.
WEIGHT_PER_MINUTE = 120
_MINUTE_SECONDS = 60


class WeightBudget:
    """Counts each person's weight by the minute, in Redis for all processes, else in this one."""

    def __init__(
        self, client: redis.Redis, health: RedisHealth, weight_per_minute: int = WEIGHT_PER_MINUTE
    ) -> None:
        self._client = client
        self._health = health
        self._weight_per_minute = weight_per_minute
        self._mutex = threading.Lock()
        self._own: dict[str, int] = {}
        self._own_minute = 0

    def spend(self, person_id: str, weight: int) -> bool:
        """Whether the person may cost so much now; if so it counts."""
        minute = int(time.time() // _MINUTE_SECONDS)
        spent_here = self._spent_here(person_id, minute, weight)
        spent = max(spent_here, self._spent_by_all(f"spent:{person_id}:{minute}", weight))
        return spent <= self._weight_per_minute

    def _spent_here(self, person_id: str, minute: int, weight: int) -> int:
        with self._mutex:
            if minute != self._own_minute:
                self._own_minute, self._own = minute, {}
            self._own[person_id] = self._own.get(person_id, 0) + weight
            return self._own[person_id]

    def _spent_by_all(self, name: str, weight: int) -> int:
        try:
            with self._health.guard(), self._client.pipeline(transaction=False) as pipeline:
                pipeline.incrby(name, weight)
                pipeline.expire(name, 2 * _MINUTE_SECONDS)
                return int(pipeline.execute()[0])
        except RedisAway:
            return 0
