"""The right to ask Binance, held by one process at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from webapp.redis_health import RedisAway, RedisHealth

log = logging.getLogger(__name__)


class Lease:
    """A lease in Redis that ends by itself when its holder dies.

    It saves calls and keeps nothing correct: with Redis gone everybody gets it.
    """

    def __init__(self, client: redis.Redis, health: RedisHealth, name: str, seconds: float) -> None:
        self._client = client
        self._health = health
        self._name = name
        self.seconds = seconds

    @contextmanager
    def try_hold(self) -> Iterator[bool]:
        """Yield whether the lease is ours; never waits for it."""
        lock = self._client.lock(
            self._name, timeout=self.seconds, blocking=False, thread_local=False
        )
        try:
            with self._health.guard():
                held = lock.acquire()
        except RedisAway:
            yield True
            return
        try:
            yield held
        finally:
            if held:
                self._release(lock)

    def _release(self, lock: redis.lock.Lock) -> None:
        try:
            with self._health.guard():
                lock.release()
        except RedisAway as error:
            log.warning("lease %s was not given back, it lapses: %s", self._name, error)
