"""A Binance client with a gate of its own, over no Redis."""

from __future__ import annotations

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.binance.client import BinanceClient, RetryPolicy
from webapp.binance.gate import BanGate
from webapp.redis_health import RedisHealth
from webapp.shared_facts import SharedFacts

WEIGHT_LIMIT = 6000


def facts_at(redis_url: str) -> SharedFacts:
    """The facts shared through this Redis, as one process has them."""
    client = redis.Redis.from_url(
        redis_url, socket_timeout=0.25, socket_connect_timeout=0.25, retry=Retry(NoBackoff(), 0)
    )
    return SharedFacts(client, RedisHealth(client))


def a_client(
    *hosts: str, policy: RetryPolicy, redis_url: str = "redis://127.0.0.1:1/0"
) -> BinanceClient:
    """A client as one process has it; without a Redis its bans are its own."""
    return BinanceClient(hosts, policy, BanGate(facts_at(redis_url)), WEIGHT_LIMIT)
