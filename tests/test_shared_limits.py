"""Limits that outlive Redis, on a real server that hangs and comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from limits import RateLimitItemPerMinute

from tests.faults.redis_server import RedisServer
from tests.support.waiting import wait_until
from webapp.redis_health import RedisHealth
from webapp.shared_limits import SharedLimits

THREE = RateLimitItemPerMinute(3, 1, "three")
TIMEOUT_SECONDS = 1.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as running:
        yield running


def limits_of_a_process(server: RedisServer) -> SharedLimits:
    client = redis.Redis.from_url(
        server.url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    )
    return SharedLimits(RedisHealth(client))


def test_processes_count_together(server: RedisServer):
    one, other = limits_of_a_process(server), limits_of_a_process(server)
    assert [limits.hit(THREE, "ann") for limits in (one, other, one)] == [True] * 3
    assert not other.is_free(THREE, "ann")
    assert not other.hit(THREE, "ann")
    assert one.is_free(THREE, "bob")
    assert 1 <= one.seconds_left(THREE, "ann") <= 60
    other.clear(THREE, "ann")
    assert one.is_free(THREE, "ann")


def test_a_redis_that_hangs_is_waited_for_once_and_not_at_every_count(server: RedisServer):
    limits = limits_of_a_process(server)
    assert limits.hit(THREE, "ann")
    server.stop()
    started = time.monotonic()
    assert [limits.hit(THREE, "ann") for _ in range(4)] == [True, True, True, False]
    assert limits.seconds_left(THREE, "ann") >= 1
    assert time.monotonic() - started < 2 * TIMEOUT_SECONDS

    server.go_on()
    wait_until(lambda: limits.is_free(THREE, "ann"), "the shared count is asked again")
