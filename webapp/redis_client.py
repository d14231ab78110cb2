"""How every part of the product talks to Redis, wherever it is: with short patience."""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any, cast

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.config import Settings
from webapp.redis_address import read_redis_url


def connect(settings: Settings) -> redis.Redis:
    """A client with one short wait, and a second try only where the connection broke.

    redis-py's own defaults (5 s, ten retries) make a web request wait 4 s for a Redis that
    refuses and a minute for one that hangs. A connection that broke is most often an idle one
    that a restarted Redis no longer knows; a new one then works at once.
    """
    retry = Retry(NoBackoff(), retries=1, supported_errors=(redis.ConnectionError,))
    patience = {"socket_timeout": settings.redis_timeout_seconds, "retry": retry}
    return cast(redis.Redis, _client(redis, settings, patience, Retry(NoBackoff(), retries=0)))


def connect_async(settings: Settings, longest_wait_seconds: float) -> redis.asyncio.Redis:
    """A client for one event loop, which may wait for an answer; whoever asks tries again."""
    no_retry = AsyncRetry(NoBackoff(), retries=0)
    patience = {"socket_timeout": longest_wait_seconds, "retry": no_retry}
    return cast(redis.asyncio.Redis, _client(redis.asyncio, settings, patience, no_retry))


def seconds_of_a_ping(client: redis.Redis) -> float:
    """How long Redis takes to answer; raises ``redis.RedisError``."""
    began_at = time.perf_counter()
    client.ping()
    return time.perf_counter() - began_at


def _client(
    library: ModuleType, settings: Settings, patience: dict[str, Any], sentinels_retry: Any
) -> Any:
    url = settings.redis_url.get_secret_value()
    address = read_redis_url(url)
    patience |= {"socket_connect_timeout": settings.redis_timeout_seconds}
    if not address.sentinels:
        return library.Redis.from_url(url, **patience)
    own = {name: value for name, value in address.connection.items() if name.startswith("ssl")}
    sentinels = library.Sentinel(
        address.sentinels,
        sentinel_kwargs={
            **own,
            "password": settings.redis_sentinel_password.get_secret_value() or None,
            "socket_timeout": settings.redis_timeout_seconds,
            "socket_connect_timeout": settings.redis_timeout_seconds,
            "retry": sentinels_retry,
        },
    )
    return sentinels.master_for(address.service, **address.connection, **patience)
