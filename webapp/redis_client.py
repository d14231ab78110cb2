"""How every part of the product talks to Redis: with short patience."""

from __future__ import annotations

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.config import Settings


def redis_options(settings: Settings) -> dict[str, Any]:
    """Connection options: one short wait, and a second try only where the connection broke.

    redis-py's own defaults (5 s, ten retries) make a web request wait 4 s for a Redis that
    refuses and a minute for one that hangs. A connection that broke is most often an idle one
    that a restarted Redis no longer knows; a new one then works at once.
    """
    return {
        "socket_timeout": settings.redis_timeout_seconds,
        "socket_connect_timeout": settings.redis_timeout_seconds,
        "retry": Retry(NoBackoff(), retries=1, supported_errors=(redis.ConnectionError,)),
    }


def connect(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(settings.redis_url, **redis_options(settings))
