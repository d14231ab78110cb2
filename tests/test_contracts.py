"""What only REST tells of a futures contract, over HTTP and against the stand-in exchange."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.binance.answers import decode_funding_info, decode_trading_schedule
from webapp.market_data import contracts

PATH = "/api/v1/contracts"


def calls(exchange: ExchangeProcess, endpoint: str = "openInterest") -> int:
    return exchange.control.calls("futures", endpoint)


def told(client: FlaskClient, symbol: str) -> dict[str, Any]:
    answer = client.get(f"{PATH}/{symbol}")
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json["data"]  # type: ignore[index]
    return data


def test_open_interest_is_the_exchanges_own(client: FlaskClient, exchange: ExchangeProcess):
    url = f"{exchange.urls.futures}/fapi/v1/openInterest?symbol=BTCUSDT"
    theirs = requests.get(url, timeout=30).json()
    answer = client.get(f"{PATH}/BTCUSDT")
    data = answer.json["data"]  # type: ignore[index]
    assert (data["symbol"], data["openInterest"]) == ("BTCUSDT", theirs["openInterest"])
    assert abs(data["openInterestTime"] - theirs["time"]) < 5000
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert answer.headers["Age"] == "0"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_two_sites_full_of_viewers_cost_one_call_of_each_kind(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    sites = [create_app({**settings_env, "TESTING": True}) for _ in range(2)]
    for site in sites:
        assert site.test_client().get("/api/v1/symbols/futures").status_code == 200
    exchange.control.fault("latency", venue="futures", endpoint="openInterest", ms=300)

    def view(number: int) -> str:
        return str(told(sites[number % 2].test_client(), "XAUUSDT"))

    with ThreadPoolExecutor(30) as viewers:
        assert len(set(viewers.map(view, range(60)))) == 1
    assert calls(exchange) == 1
    assert calls(exchange, "fundingInfo") == 1
    assert calls(exchange, "tradingSchedule") == 1


def test_open_interest_is_asked_for_again_when_its_time_is_over(
    client: FlaskClient, exchange: ExchangeProcess, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(contracts, "OPEN_INTEREST_SECONDS", 1)  # as if 30 s were short
    told(client, "BTCUSDT")
    wait_until(lambda: told(client, "BTCUSDT") and calls(exchange) == 2, "it is asked for again")
    assert calls(exchange, "fundingInfo") == 1


def test_the_funding_interval_is_eight_hours_unless_it_was_adjusted(
    client: FlaskClient, exchange: ExchangeProcess
):
    url = f"{exchange.urls.futures}/fapi/v1/fundingInfo"
    adjusted = {row["symbol"]: row for row in requests.get(url, timeout=30).json()}
    listed = client.get("/api/v1/symbols/futures").json["data"]["symbols"]  # type: ignore[index]
    symbol = next(row["symbol"] for row in listed if row["symbol"] in adjusted)
    rare = told(client, symbol)
    assert rare["fundingIntervalHours"] == 4
    assert (rare["fundingRateCap"], rare["fundingRateFloor"]) == ("0.02000000", "-0.02000000")
    assert "BTCUSDT" not in adjusted
    usual = told(client, "BTCUSDT")
    assert (usual["fundingIntervalHours"], usual["fundingRateCap"]) == (8, None)


def test_only_a_tradfi_contract_has_sessions_and_only_a_perpetual_is_funded(
    client: FlaskClient, exchange: ExchangeProcess
):
    exchange.control.session("COMMODITY", "NO_TRADING", "REGULAR", seconds=600)
    first, second, *_ = told(client, "XAUUSDT")["sessions"]
    assert (first["type"], second["type"]) == ("NO_TRADING", "REGULAR")
    assert first["startTime"] <= time.time() * 1000 < first["endTime"] == second["startTime"]
    assert told(client, "BTCUSDT")["sessions"] is None
    assert told(client, "EURUSDUSDT")["sessions"] is None, "of FX nothing is documented"
    listed = client.get("/api/v1/symbols/futures").json["data"]["symbols"]  # type: ignore[index]
    dated = next(row["symbol"] for row in listed if "_" in row["symbol"])
    assert told(client, dated)["fundingIntervalHours"] is None


@pytest.mark.parametrize("kind", ["malformed", "html", "reset"])
def test_what_cannot_be_had_is_null_and_the_rest_is_told(
    client: FlaskClient, exchange: ExchangeProcess, kind: str
):
    assert told(client, "BTCUSDT")["fundingIntervalHours"] == 8
    exchange.control.fault(kind, venue="futures", endpoint="openInterest")
    answer = client.get(f"{PATH}/ETHUSDT")
    assert answer.status_code == 200
    data = answer.json["data"]  # type: ignore[index]
    assert (data["openInterest"], data["fundingIntervalHours"]) == (None, 8)
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    exchange.control.clear()
    wait_until(lambda: told(client, "ETHUSDT")["openInterest"], "it is asked for again")


def test_nothing_to_be_had_is_told_in_words(client: FlaskClient, exchange: ExchangeProcess):
    assert client.get("/api/v1/symbols/futures").status_code == 200
    exchange.control.fault("status", venue="futures", endpoint="*", status=503)
    answer = client.get(f"{PATH}/BTCUSDT")
    assert answer.status_code == 503
    error = answer.json["error"]  # type: ignore[index]
    assert error["code"] == "exchange_unavailable"
    assert error["message"].endswith(".")
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_weight_of_the_minute_is_kept_for_the_lists(
    client: FlaskClient, exchange: ExchangeProcess
):
    told(client, "BTCUSDT")
    url = f"{exchange.urls.futures}/fapi/v1/ticker/24hr"
    wait_until(lambda: time.time() % 60 < 50, "enough of the minute is left", within_seconds=12)
    for _ in range(50):  # 40 each, of 2,400
        requests.get(url, timeout=30)
    told(client, "SOLUSDT")  # by this call's answer the weight becomes known
    before = calls(exchange)
    answer = client.get(f"{PATH}/ETHUSDT")
    assert answer.status_code == 200, "the interval is known without a call"
    assert answer.json["data"]["openInterest"] is None  # type: ignore[index]
    assert calls(exchange) == before


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{PATH}/NOSUCHUSDT", 404, "unknown_symbol"),
        (f"{PATH}/BTCUSDC", 404, "unknown_symbol"),
    ],
)
def test_what_is_not_listed_is_told_and_binance_is_not_asked(
    client: FlaskClient, exchange: ExchangeProcess, path: str, status: int, code: str
):
    answer = client.get(path)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)  # type: ignore[index]
    assert calls(exchange) == 0


def test_a_schedule_or_a_row_of_another_shape_is_left_out():
    late, early = (f'{{"startTime":{at},"endTime":{at + 1},"type":"S{at}"}}' for at in (2, 1))
    good = f'{{"sessions":[{late},{early}]}}'
    body = f'{{"marketSchedules":{{"EQUITY":{good},"MOON":{{"sessions":"never"}},"FX":[]}}}}'
    schedule = decode_trading_schedule(body.encode())
    assert {market: [row.type for row in rows] for market, rows in schedule.items()} == {
        "EQUITY": ["S1", "S2"]
    }
    hours = [("A", "4"), ("B", "0"), ("C", "null"), ("D", "8.5")]
    rows = [f'{{"symbol":"{symbol}","fundingIntervalHours":{each}}}' for symbol, each in hours]
    assert list(decode_funding_info(f"[{','.join(rows)}]".encode())) == ["A"]
