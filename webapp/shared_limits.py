"""Limits that all processes count together, and each for itself while Redis is away."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

from webapp.redis_health import RedisAway, RedisHealth

Value = TypeVar("Value")


class SharedLimits:
    """``limits`` by fixed windows; a Redis that hangs is waited for once and not at every count."""

    def __init__(self, health: RedisHealth) -> None:
        self._health = health
        pool = health.client.connection_pool
        self._shared = FixedWindowRateLimiter(RedisStorage("redis://", pool, key_prefix="limits"))
        self._own = FixedWindowRateLimiter(MemoryStorage())

    def hit(self, limit: RateLimitItem, *who: str, cost: int = 1) -> bool:
        """Count it; whether it was within the limit."""
        return self._by_either(lambda counts: counts.hit(limit, *who, cost=cost))

    def is_free(self, limit: RateLimitItem, *who: str) -> bool:
        """Whether one more would be within the limit."""
        return self._by_either(lambda counts: counts.test(limit, *who))

    def clear(self, limit: RateLimitItem, *who: str) -> None:
        self._by_either(lambda counts: counts.clear(limit, *who))

    def seconds_left(self, limit: RateLimitItem, *who: str) -> int:
        """How long until the count begins anew, at least 1 s."""
        stats = self._by_either(lambda counts: counts.get_window_stats(limit, *who))
        return max(1, math.ceil(stats.reset_time - time.time()))

    def _by_either(self, ask: Callable[[FixedWindowRateLimiter], Value]) -> Value:
        try:
            with self._health.guard():
                return ask(self._shared)
        except RedisAway:
            return ask(self._own)
