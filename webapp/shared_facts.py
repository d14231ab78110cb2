"""Small facts that all processes share in Redis, each with an end."""

from __future__ import annotations

import logging
from typing import TypeVar

import msgspec
import redis

from webapp.redis_health import RedisAway, RedisHealth

log = logging.getLogger(__name__)

Fact = TypeVar("Fact", bound=msgspec.Struct)


class SharedFacts:
    """Reads and writes structs as JSON under ``fact:<name>``.

    Whoever shares a fact keeps a copy in process too: a Redis that is away is no answer, and costs
    a log line at most.
    """

    def __init__(self, client: redis.Redis, health: RedisHealth) -> None:
        self._client = client
        self._health = health

    def read(self, name: str, shape: type[Fact]) -> Fact | None:
        """The fact while it lasts, or None: unknown, ended, unreadable, or Redis is away."""
        try:
            with self._health.guard():
                stored = self._client.get(f"fact:{name}")
        except RedisAway:
            return None
        if not isinstance(stored, bytes):
            return None
        try:
            return msgspec.json.decode(stored, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("what Redis holds as the fact %s cannot be read: %s", name, error)
            return None

    def write(self, name: str, fact: msgspec.Struct, seconds: float) -> None:
        """Share the fact for so many seconds."""
        milliseconds = max(1, round(seconds * 1000))
        try:
            with self._health.guard():
                self._client.set(f"fact:{name}", msgspec.json.encode(fact), px=milliseconds)
        except RedisAway as error:
            log.warning("the fact %s stays in this process: %s", name, error)

    def forget(self, name: str) -> None:
        """End the fact."""
        try:
            with self._health.guard():
                self._client.delete(f"fact:{name}")
        except RedisAway as error:
            log.warning("the fact %s ends by itself: %s", name, error)
