"""Book snapshots and the clock, over HTTP and against the stand-in exchange."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until
from webapp import create_app

PATH = "/api/v1/depth/spot/BTCUSDT"


def calls(exchange: ExchangeProcess, venue: str = "spot", endpoint: str = "depth") -> int:
    return exchange.control.calls(venue, endpoint)


def error_of(answer: TestResponse) -> str:
    assert answer.json is not None
    assert answer.json["error"]["message"].endswith(".")
    return str(answer.json["error"]["code"])


@pytest.mark.parametrize("market", ["spot", "futures"])
def test_a_snapshot_is_the_exchanges_own_book(
    client: FlaskClient, exchange: ExchangeProcess, market: str
):
    exchange.control.freeze()
    answer = client.get(f"/api/v1/depth/{market}/ETHUSDT?limit=100")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert answer.headers["Age"] == "0"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    data = answer.json["data"]  # type: ignore[index]
    true = exchange.control.book("ETHUSDT", market)
    assert (data["market_type"], data["symbol"]) == (market, "ETHUSDT")
    assert data["lastUpdateId"] == true["lastUpdateId"]
    assert data["bids"] == true["bids"][:100]
    assert data["asks"] == true["asks"][:100]


def test_two_sites_full_of_viewers_cost_one_call_a_second(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    sites = [create_app({**settings_env, "TESTING": True}) for _ in range(2)]
    for site in sites:
        assert site.test_client().get("/api/v1/symbols/spot").status_code == 200
    exchange.control.fault("latency", venue="spot", endpoint="depth", ms=300)

    def view(number: int) -> bytes:
        answer = sites[number % 2].test_client().get(PATH)
        assert answer.status_code == 200
        return answer.get_data()

    with ThreadPoolExecutor(30) as viewers:
        books = set(viewers.map(view, range(60)))
    assert len(books) == 1
    assert calls(exchange) == 1
    wait_until(lambda: view(0) not in books, "the second for which it is kept is over")
    assert calls(exchange) == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/depth/margin/BTCUSDT", 404, "unknown_market"),
        ("/api/v1/depth/spot/NOSUCHUSDT", 404, "unknown_symbol"),
        ("/api/v1/depth/spot/BTCUSDT?limit=5000", 400, "bad_limit"),
        ("/api/v1/depth/spot/BTCUSDT?limit=x", 400, "bad_limit"),
    ],
)
def test_what_cannot_be_is_told_and_binance_is_not_asked(
    client: FlaskClient, exchange: ExchangeProcess, path: str, status: int, code: str
):
    answer = client.get(path)
    assert (answer.status_code, error_of(answer)) == (status, code)
    assert calls(exchange) == 0


FAULTS: dict[str, Callable[[Any], object]] = {
    "down": lambda control: control.listening(False, "spot"),
    "hung": lambda control: control.fault("hang", venue="spot", endpoint="depth"),
    "500": lambda control: control.fault("status", venue="spot", endpoint="depth", status=500),
    "rubbish": lambda control: control.fault("malformed", venue="spot", endpoint="depth"),
    "banned": lambda control: control.fault(
        "status", venue="spot", endpoint="depth", status=418, retry_after=30
    ),
}


@pytest.mark.measured
@pytest.mark.parametrize("name", FAULTS)
def test_a_failing_binance_is_told_within_the_budget(
    settings_env: dict[str, str], exchange: ExchangeProcess, name: str
):
    app = create_app({**settings_env, "BINANCE_FETCH_BUDGET_SECONDS": "0.6", "TESTING": True})
    client = app.test_client()
    assert client.get("/api/v1/symbols/spot").status_code == 200
    FAULTS[name](exchange.control)
    began = time.monotonic()
    answer = client.get(PATH)
    assert time.monotonic() - began < 0.9
    assert (answer.status_code, error_of(answer)) == (503, "exchange_unavailable")
    assert int(answer.headers["Retry-After"]) >= (29 if name == "banned" else 1)


def test_books_leave_the_lists_their_request_weight(client: FlaskClient, exchange: ExchangeProcess):
    time.sleep(max(0, time.time() % 60 - 50) and 60 - time.time() % 60)  # all in one minute
    assert client.get("/api/v1/symbols/spot").status_code == 200
    params = {"symbol": "ETHUSDT", "limit": "5000"}
    used = 0
    while used <= 4800:  # 80 % of the minute
        asked = requests.get(f"{exchange.urls.spot}/api/v3/depth", params=params, timeout=30)
        used = int(asked.headers["X-MBX-USED-WEIGHT-1M"])
    assert client.get(PATH).status_code == 200  # whose answer tells how much is used
    before = calls(exchange)
    answer = client.get("/api/v1/depth/spot/SOLUSDT")
    assert (answer.status_code, error_of(answer)) == (503, "exchange_unavailable")
    assert "weight" in answer.json["error"]["message"]  # type: ignore[index]
    assert int(answer.headers["Retry-After"]) <= 60
    assert calls(exchange) == before


def test_without_redis_books_go_on(
    settings_env: dict[str, str], exchange: ExchangeProcess, redis_client: redis.Redis
):
    nowhere = {**settings_env, "REDIS_URL": "redis://127.0.0.1:1/0", "TESTING": True}
    client = create_app(nowhere).test_client()
    assert client.get("/api/v1/symbols/spot").status_code == 200
    assert client.get(PATH).data == client.get(PATH).data
    assert calls(exchange) == 1


def test_the_time_is_this_servers_and_tells_the_exchanges_offset(
    client: FlaskClient, exchange: ExchangeProcess
):
    asked_at = time.time()
    answer = client.get("/api/v1/time")
    took_ms = (time.time() - asked_at) * 1000
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.json["data"]  # type: ignore[index]
    assert abs(data["now"] / 1000 - time.time()) < 1
    # One machine has one clock, which is read to the millisecond at some time of a call's way.
    assert abs(data["exchangeOffset"]["spot"]) <= took_ms / 2 + 1
    assert abs(data["exchangeOffset"]["futures"]) <= took_ms / 2 + 1
    client.get("/api/v1/time")
    assert calls(exchange, endpoint="time") == 2


def test_a_slow_reading_of_the_exchanges_clock_is_not_believed(
    client: FlaskClient, exchange: ExchangeProcess
):
    exchange.control.fault("latency", venue="spot", endpoint="time", ms=800, times=1)
    offset = client.get("/api/v1/time").json["data"]["exchangeOffset"]["spot"]  # type: ignore[index]
    assert abs(offset) < 200


def test_an_exchange_that_does_not_tell_its_time_is_null(
    client: FlaskClient, exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="spot", endpoint="time", status=451)
    offsets = client.get("/api/v1/time").json["data"]["exchangeOffset"]  # type: ignore[index]
    assert offsets["spot"] is None
    assert isinstance(offsets["futures"], int)
