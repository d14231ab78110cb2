"""Remembers that Redis is sick, so that one request pays for it and not every one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import redis

log = logging.getLogger(__name__)

PROBE_INTERVAL_SECONDS = 0.5


class RedisAway(Exception):
    """Redis did not do what it was asked; nothing can be said of what it holds."""


class RedisHealth:
    """This process's opinion of Redis: well, or sick until a probe says otherwise.

    While it is sick ``guard`` fails at once; one thread probes it until it answers.
    """

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self._mutex = threading.Lock()
        self._well = threading.Event()
        self._well.set()

    @property
    def is_well(self) -> bool:
        """Whether Redis did what it was asked when it was last asked."""
        return self._well.is_set()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Run Redis commands; any failure of theirs becomes ``RedisAway``."""
        if not self._well.is_set():
            raise RedisAway("Redis has just failed and has not yet recovered")
        try:
            yield
        except (redis.ConnectionError, redis.TimeoutError) as error:
            self._fall_sick(error)
            raise RedisAway(str(error)) from error
        except redis.RedisError as error:  # it answers, but will not do it: full, or read-only
            raise RedisAway(str(error)) from error

    def _fall_sick(self, error: redis.RedisError) -> None:
        with self._mutex:
            if not self._well.is_set():
                return
            self._well.clear()
        log.warning("Redis is away, going on without it: %s", error)
        threading.Thread(target=self._probe, daemon=True, name="redis-probe").start()

    def _probe(self) -> None:
        pause = threading.Event()
        while not self._answers():
            pause.wait(PROBE_INTERVAL_SECONDS)
        log.warning("Redis is back")
        self._well.set()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False
