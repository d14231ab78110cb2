"""The API's limit for each address, over several processes and without Redis."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from werkzeug.test import TestResponse

from tests.faults.redis_server import RedisServer
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.redis_health import RedisAway, RedisHealth
from webapp.request_counts import RequestCounts

PATH = "/api/v1/time"
LIMIT = 40


@pytest.fixture
def settings_env(settings_env: dict[str, str]) -> dict[str, str]:
    return {**settings_env, "API_REQUESTS_PER_MINUTE": str(LIMIT)}


@pytest.fixture(autouse=True)
def early_in_a_minute() -> None:
    """Counts begin anew with the minute: none may end within a test."""
    wait_until(lambda: time.time() % 60 < 45, "a new minute begins", within_seconds=20)


def ask(app: Flask, address: str = "192.0.2.1", path: str = PATH) -> TestResponse:
    return app.test_client().get(path, environ_base={"REMOTE_ADDR": address})


def statuses(app: Flask, count: int, address: str = "192.0.2.1") -> set[int]:
    return {ask(app, address).status_code for _ in range(count)}


def test_who_asks_too_much_is_told_when_to_come_back(app: Flask):
    assert statuses(app, LIMIT) == {200}
    answer = ask(app)
    assert answer.status_code == 429
    assert answer.json["error"]["code"] == "too_many_requests"  # type: ignore[index]
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_nobody_else_is_held_up_by_it(app: Flask):
    statuses(app, LIMIT + 1, "2001:db8:0:1::1")
    assert ask(app, "2001:db8:0:1::2").status_code == 429  # the same customer's network
    assert ask(app, "2001:db8:0:2::1").status_code == 200
    assert ask(app, "192.0.2.1").status_code == 200
    assert ask(app, "2001:db8:0:1::1", "/openapi.json").status_code == 200


def test_processes_count_together(app: Flask, settings_env: dict[str, Any]):
    other = create_app({**settings_env, "TESTING": True})
    assert statuses(app, LIMIT // 2) == {200}
    assert statuses(other, LIMIT // 2) == {200}

    def is_refused_by_both() -> bool:
        return {ask(app).status_code, ask(other).status_code} == {429}

    wait_until(is_refused_by_both, "each knows what the other has counted", within_seconds=10)


def test_what_is_kept_in_redis_goes_by_itself(app: Flask, redis_client: redis.Redis):
    statuses(app, LIMIT // 2)
    [key] = wait_until(lambda: redis_client.keys("requests:*"), "the count is told")
    wait_until(lambda: 0 < redis_client.ttl(key) <= 120, "it has an end")


def test_without_redis_a_process_counts_alone(settings_env: dict[str, Any]):
    away = create_app({**settings_env, "REDIS_URL": "redis://127.0.0.1:1/0", "TESTING": True})
    assert statuses(away, LIMIT) == {200}
    assert statuses(away, 1) == {429}


def test_what_redis_did_not_hear_is_told_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("webapp.request_counts._EXCHANGE_SECONDS", 0)
    with RedisServer(tmp_path) as server, server.client() as client:
        health = RedisHealth(client)
        counts = RequestCounts(client, health, LIMIT)
        server.kill()
        for _ in range(LIMIT - 5):
            assert counts.seconds_to_wait("192.0.2.1") == 0
        wait_until(lambda: not _is_telling(), "all tries have failed")
        server.start()
        wait_until(lambda: _is_well(health), "Redis is known to be back")
        counts.seconds_to_wait("192.0.2.1")

        def told() -> int:
            return sum(int(client.hget(key, "192.0.2.1") or 0) for key in client.keys("requests:*"))

        wait_until(lambda: told() == LIMIT - 4, "Redis knows of every request")


def _is_telling() -> bool:
    return any(thread.name == "request-counts" for thread in threading.enumerate())


def _is_well(health: RedisHealth) -> bool:
    try:
        with health.guard():
            return True
    except RedisAway:
        return False


def test_a_limit_of_nought_is_none(settings_env: dict[str, Any]):
    free = create_app({**settings_env, "API_REQUESTS_PER_MINUTE": "0", "TESTING": True})
    assert statuses(free, 3 * LIMIT) == {200}
