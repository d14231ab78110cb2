"""The right to ask Binance, held by one process at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from webapp.redis_health import RedisAway, RedisHealth

log = logging.getLogger(__name__)


class Lease:
    """A lease in Redis that its holder renews, and that ends ``seconds`` after its holder died.

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
        if not held:
            yield False
            return
        ended = threading.Event()
        threading.Thread(
            target=self._renew, args=(lock, ended), daemon=True, name="lease-renewal"
        ).start()
        try:
            yield True
        finally:
            ended.set()
            self._release(lock)

    def _renew(self, lock: redis.lock.Lock, ended: threading.Event) -> None:
        while not ended.wait(self.seconds / 3):
            try:
                with self._health.guard():
                    lock.reacquire()
            except RedisAway as error:
                log.info("lease %s was not renewed: %s", self._name, error)

    def _release(self, lock: redis.lock.Lock) -> None:
        try:
            with self._health.guard():
                lock.release()
        except RedisAway as error:
            log.warning("lease %s was not given back, it lapses: %s", self._name, error)
