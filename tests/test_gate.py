"""The ban gate: several processes, one Redis, and the stand-in exchange."""

from __future__ import annotations

import time

import pytest
import redis

from tests.exchange.process import ExchangeProcess
from tests.support.binance import WEIGHT_LIMIT, a_client, facts_at
from webapp.binance.client import BinanceClient, RetryPolicy
from webapp.binance.errors import AskedTooMuch, Banned, BinanceError, RestrictedLocation
from webapp.binance.gate import DEFAULT_BAN_SECONDS, BanGate

POLICY = RetryPolicy(max_attempts=3, backoff_base_seconds=0.01)
TIME = "/api/v3/time"


def a_process(exchange: ExchangeProcess, redis_url: str) -> BinanceClient:
    return a_client(exchange.urls.spot, policy=POLICY, redis_url=redis_url)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, AskedTooMuch), (418, Banned), (403, Banned), (451, RestrictedLocation)],
)
@pytest.mark.parametrize("retry_after", [40, None])
def test_a_ban_shuts_the_door_for_every_process(
    exchange: ExchangeProcess,
    redis_url: str,
    status: int,
    kind: type[BinanceError],
    retry_after: int | None,
):
    exchange.control.fault(
        "status", venue="spot", endpoint="time", status=status, retry_after=retry_after
    )
    with pytest.raises(kind):
        a_process(exchange, redis_url).get(TIME)
    for process in (a_process(exchange, redis_url), a_process(exchange, redis_url)):
        with pytest.raises(kind, match="not asked again for"):
            process.get(TIME)
    assert exchange.control.calls("spot", "time") == 1


def test_the_ban_lasts_as_long_as_retry_after_says(exchange: ExchangeProcess, redis_url: str):
    exchange.control.fault("status", venue="spot", endpoint="time", status=418, retry_after=40)
    with pytest.raises(Banned):
        a_process(exchange, redis_url).get(TIME)
    refusal = BanGate(facts_at(redis_url)).refusal(exchange.urls.spot.removeprefix("http://"))
    assert refusal is not None
    assert 38 < (refusal.retry_after_seconds or 0) <= 40


def test_the_ban_ends_where_the_body_says_so(exchange: ExchangeProcess, redis_url: str):
    until_ms = int((time.time() + 90) * 1000)
    message = f"Way too much request weight used; IP banned until {until_ms}."
    exchange.control.fault(
        "status", venue="spot", endpoint="time", status=418, code=-1003, message=message
    )
    with pytest.raises(Banned) as caught:
        a_process(exchange, redis_url).get(TIME)
    assert caught.value.retry_after_seconds == pytest.approx(90, abs=2)


@pytest.mark.measured
def test_the_door_opens_when_the_ban_ends(exchange: ExchangeProcess, redis_url: str):
    exchange.control.fault(
        "status", venue="spot", endpoint="time", status=418, retry_after=1, times=1
    )
    impatient = RetryPolicy(max_attempts=1, longest_wait_seconds=0)
    client = a_client(exchange.urls.spot, policy=impatient, redis_url=redis_url)
    with pytest.raises(Banned):
        client.get(TIME)
    banned_at = time.monotonic()
    while time.monotonic() - banned_at < 3:
        try:
            client.get(TIME)
            break
        except Banned:
            time.sleep(0.02)
    assert 0.9 < time.monotonic() - banned_at < 2
    assert exchange.control.calls("spot", "time") == 2


def test_without_redis_the_process_remembers_its_own_ban(exchange: ExchangeProcess):
    exchange.control.fault("status", venue="spot", endpoint="time", status=418)
    client = a_client(exchange.urls.spot, policy=POLICY)
    for _ in range(3):
        with pytest.raises(Banned):
            client.get(TIME)
    assert exchange.control.calls("spot", "time") == 1


def test_a_ban_survives_the_loss_of_redis(exchange: ExchangeProcess, redis_client: redis.Redis):
    pool = redis_client.connection_pool.connection_kwargs
    client = a_process(exchange, f"redis://{pool['host']}:{pool['port']}")
    exchange.control.fault("status", venue="spot", endpoint="time", status=418)
    with pytest.raises(Banned):
        client.get(TIME)
    redis_client.flushall()
    with pytest.raises(Banned):
        client.get(TIME)
    assert exchange.control.calls("spot", "time") == 1


def test_another_host_is_not_banned_with_it(exchange: ExchangeProcess, redis_url: str):
    exchange.control.fault("status", venue="spot", endpoint="time", status=451)
    with pytest.raises(RestrictedLocation):
        a_process(exchange, redis_url).get(TIME)
    both = a_client(
        exchange.urls.spot, exchange.urls.spot_testnet, policy=POLICY, redis_url=redis_url
    )
    assert b"serverTime" in both.get(TIME)
    assert exchange.control.calls("spot", "time") == 1


def test_every_default_ban_is_longer_than_any_wait_between_attempts():
    assert min(DEFAULT_BAN_SECONDS.values()) > RetryPolicy().longest_wait_seconds


def test_background_work_waits_for_the_next_minute_at_four_fifths_of_the_weight(redis_url: str):
    mine, theirs = BanGate(facts_at(redis_url)), BanGate(facts_at(redis_url))
    mine.note_weight("api.example", str(int(WEIGHT_LIMIT * 0.8) - 1))
    assert theirs.busy_seconds("api.example", WEIGHT_LIMIT) == 0
    mine.note_weight("api.example", str(int(WEIGHT_LIMIT * 0.8)))
    assert 0 < theirs.busy_seconds("api.example", WEIGHT_LIMIT) <= 60
    assert theirs.busy_seconds("other.example", WEIGHT_LIMIT) == 0


@pytest.mark.parametrize("nonsense", [None, "", "many", "-5", "٣"])
def test_a_weight_that_is_no_number_is_ignored(redis_url: str, nonsense: str | None):
    gate = BanGate(facts_at(redis_url))
    gate.note_weight("api.example", nonsense)
    assert gate.busy_seconds("api.example", WEIGHT_LIMIT) == 0


def test_the_weight_of_each_answer_is_noted(exchange: ExchangeProcess, redis_url: str):
    a_process(exchange, redis_url).get("/api/v3/exchangeInfo")
    host = exchange.urls.spot.removeprefix("http://")
    assert BanGate(facts_at(redis_url)).busy_seconds(host, weight_limit=20) > 0
