"""The REST client against the stand-in exchange, over real sockets."""

from __future__ import annotations

import time

import pytest

from tests.exchange.process import ExchangeProcess
from tests.support.binance import a_client
from webapp.binance.client import BinanceClient, RetryPolicy
from webapp.binance.errors import (
    AskedTooMuch,
    Banned,
    MalformedAnswer,
    Overloaded,
    Refused,
    RestrictedLocation,
    Unreachable,
)

POLICY = RetryPolicy(max_attempts=3, backoff_base_seconds=0.01, longest_wait_seconds=2.0)
TIME = "/api/v3/time"
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def client(exchange: ExchangeProcess) -> BinanceClient:
    return a_client(exchange.urls.spot, policy=POLICY)


def test_returns_the_body(client: BinanceClient):
    assert client.get(TIME).startswith(b'{"serverTime":')


def test_sends_parameters(client: BinanceClient):
    body = client.get("/api/v3/ticker/24hr", {"symbol": "BTCUSDT", "type": "MINI"})
    assert b'"BTCUSDT"' in body
    assert b"priceChangePercent" not in body


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_5xx_is_tried_again(
    client: BinanceClient, exchange: ExchangeProcess, status: int
):
    exchange.control.fault("status", venue="spot", endpoint="time", status=status, times=2)
    assert b"serverTime" in client.get(TIME)
    assert exchange.control.calls("spot", "time") == 3


@pytest.mark.parametrize("code", [-1000, -1001, -1003, -1006, -1007, -1008])
def test_a_code_that_says_try_again_is_tried_again(
    client: BinanceClient, exchange: ExchangeProcess, code: int
):
    exchange.control.fault("status", venue="spot", endpoint="time", status=400, code=code, times=1)
    assert b"serverTime" in client.get(TIME)
    assert exchange.control.calls("spot", "time") == 2


def test_attempts_are_bounded(client: BinanceClient, exchange: ExchangeProcess):
    exchange.control.fault("status", venue="spot", endpoint="time", status=503)
    with pytest.raises(Overloaded, match="503"):
        client.get(TIME)
    assert exchange.control.calls("spot", "time") == 3


def test_a_reset_connection_is_tried_again(client: BinanceClient, exchange: ExchangeProcess):
    exchange.control.fault("reset", venue="spot", endpoint="time", times=1)
    assert b"serverTime" in client.get(TIME)


def test_an_answer_cut_short_is_tried_again(client: BinanceClient, exchange: ExchangeProcess):
    exchange.control.fault("truncated", venue="spot", endpoint="exchangeInfo", times=1)
    assert client.get("/api/v3/exchangeInfo", {"symbol": "BTCUSDT"}).endswith(b"}")


def test_no_connection_is_unreachable():
    with pytest.raises(Unreachable, match="could not be reached"):
        a_client(NOWHERE, policy=POLICY).get(TIME)


def test_a_server_that_hangs_is_left_at_the_deadline(exchange: ExchangeProcess):
    exchange.control.fault("hang", venue="spot", endpoint="time")
    impatient = RetryPolicy(max_attempts=3, backoff_base_seconds=0.01, deadline_seconds=0.4)
    before = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        a_client(exchange.urls.spot, policy=impatient).get(TIME)
    assert time.monotonic() - before < 2


def test_a_short_retry_after_is_obeyed(client: BinanceClient, exchange: ExchangeProcess):
    exchange.control.fault(
        "status", venue="spot", endpoint="time", status=429, retry_after=1, times=1
    )
    before = time.monotonic()
    assert b"serverTime" in client.get(TIME)
    assert time.monotonic() - before >= 1


def test_a_retry_after_beyond_the_budget_ends_the_attempts(
    client: BinanceClient, exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="spot", endpoint="time", status=429, retry_after=30)
    with pytest.raises(AskedTooMuch) as caught:
        client.get(TIME)
    assert caught.value.retry_after_seconds == 30
    assert exchange.control.calls("spot", "time") == 1


def test_a_ban_ends_the_attempts_and_tells_its_end(
    client: BinanceClient, exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="spot", endpoint="time", status=418, retry_after=120)
    with pytest.raises(Banned, match="418") as caught:
        client.get(TIME)
    assert caught.value.retry_after_seconds == pytest.approx(120, abs=2)
    assert exchange.control.calls("spot", "time") == 1


def test_a_page_of_html_with_403_is_a_ban(client: BinanceClient, exchange: ExchangeProcess):
    exchange.control.fault("html", venue="spot", endpoint="time", status=403)
    with pytest.raises(Banned, match="Binance answered 403"):
        client.get(TIME)
    assert exchange.control.calls("spot", "time") == 1


def test_a_request_at_fault_is_not_tried_again(client: BinanceClient, exchange: ExchangeProcess):
    with pytest.raises(Refused, match="-1121: Invalid symbol"):
        client.get("/api/v3/ticker/24hr", {"symbol": "NOPEUSDT"})
    assert exchange.control.calls("spot", "ticker/24hr") == 1


def test_451_is_not_tried_again_on_the_same_host(client: BinanceClient, exchange: ExchangeProcess):
    exchange.control.fault("status", venue="spot", endpoint="time", status=451)
    with pytest.raises(RestrictedLocation, match="restricted location"):
        client.get(TIME)
    assert exchange.control.calls("spot", "time") == 1


def test_the_next_host_is_asked_when_the_first_is_away(exchange: ExchangeProcess):
    client = a_client(NOWHERE, exchange.urls.spot, policy=POLICY)
    assert b"serverTime" in client.get(TIME)


@pytest.mark.parametrize("status", [451, 503])
def test_the_next_host_is_asked_when_the_first_fails_for_reasons_of_its_own(
    exchange: ExchangeProcess, status: int
):
    exchange.control.fault("status", venue="spot_testnet", endpoint="time", status=status)
    client = a_client(exchange.urls.spot_testnet, exchange.urls.spot, policy=POLICY)
    assert b"serverTime" in client.get(TIME)
    assert exchange.control.calls("spot_testnet", "time") == 1


def test_the_next_host_is_not_asked_when_we_asked_too_much(exchange: ExchangeProcess):
    exchange.control.fault("status", venue="spot_testnet", endpoint="time", status=429)
    client = a_client(exchange.urls.spot_testnet, exchange.urls.spot, policy=POLICY)
    with pytest.raises(AskedTooMuch):
        client.get(TIME)
    assert exchange.control.calls("spot", "time") == 0


def test_an_answer_without_end_is_bounded(client: BinanceClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("webapp.binance.client.ANSWER_MAX_BYTES", 1 << 20)
    with pytest.raises(MalformedAnswer, match="over 1 MB"):
        client.get("/api/v3/exchangeInfo")
