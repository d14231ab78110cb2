"""The lease."""

import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.waiting import wait_until
from webapp.redis_health import RedisHealth
from webapp.symbols.lease import Lease


def a_lease(client: redis.Redis, seconds: float = 5) -> Lease:
    return Lease(client, RedisHealth(client), "lease:x", seconds)


def test_one_holder_at_a_time(redis_client: redis.Redis):
    mine, theirs = a_lease(redis_client), a_lease(redis_client)
    with mine.try_hold() as held:
        assert held
        with theirs.try_hold() as held_too:
            assert not held_too
    with theirs.try_hold() as held_after:
        assert held_after


def test_a_dead_holders_lease_ends_by_itself(redis_client: redis.Redis):
    redis_client.set("lease:x", "a dead holder's token", px=200)

    def is_free() -> bool:
        with a_lease(redis_client).try_hold() as held:
            return held

    assert not is_free()
    wait_until(is_free, "the lease has lapsed")


def test_a_live_holder_keeps_it_beyond_its_time(redis_client: redis.Redis):
    with a_lease(redis_client, 1).try_hold() as held:
        assert held
        ends_at = time.monotonic() + 2
        wait_until(lambda: time.monotonic() > ends_at, "twice its time has passed")
        with a_lease(redis_client).try_hold() as held_too:
            assert not held_too


def test_a_lapsed_holder_does_not_give_back_the_next_ones_lease(redis_client: redis.Redis):
    with a_lease(redis_client).try_hold():
        redis_client.set("lease:x", "another's token", px=5000)
    assert redis_client.get("lease:x") == b"another's token"


def test_without_redis_everybody_gets_it():
    client = redis.Redis(port=1, socket_timeout=0.1, retry=Retry(NoBackoff(), 0))
    with a_lease(client).try_hold() as held:
        assert held
