"""Candles over HTTP, against the stand-in exchange."""

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
from webapp.market_data import klines
from webapp.markets.sparkline import sparkline_svg

PATH = "/api/v1/klines/spot/BTCUSDT"


def candles(client: FlaskClient, query: str, market: str = "spot") -> list[list[Any]]:
    answer = client.get(f"/api/v1/klines/{market}/BTCUSDT?{query}")
    assert answer.status_code == 200
    rows: list[list[Any]] = answer.json["data"]["candles"]  # type: ignore[index]
    return rows


def calls(exchange: ExchangeProcess, venue: str = "spot") -> int:
    return exchange.control.calls(venue, "klines")


@pytest.fixture
def early_in_the_minute() -> None:
    """Enough of the minute is left for a test that counts calls in one candle."""
    wait_until(lambda: 1 < time.time() % 60 < 50, "a candle has begun", within_seconds=12)


@pytest.mark.parametrize(("market", "path"), [("spot", "api/v3"), ("futures", "fapi/v1")])
def test_candles_are_the_exchanges_own(
    client: FlaskClient, exchange: ExchangeProcess, market: str, path: str
):
    ours = candles(client, "interval=1h&limit=100", market)
    host = exchange.urls.spot if market == "spot" else exchange.urls.futures
    params = {"symbol": "BTCUSDT", "interval": "1h", "limit": "100"}
    theirs = requests.get(f"{host}/{path}/klines", params=params, timeout=30).json()
    assert len(ours) == 100
    assert ours[:-1] == [row[:8] for row in theirs[:-1]]
    assert ours[-1][0] == theirs[-1][0], "the open candle comes last"


def test_an_answer_names_itself_and_is_good_until_the_candle_ends(client: FlaskClient):
    answer = client.get(f"{PATH}?interval=5m&limit=2")
    data = answer.json["data"]  # type: ignore[index]
    assert (data["market_type"], data["symbol"], data["interval"]) == ("spot", "BTCUSDT", "5m")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    good_for = int(answer.headers["Cache-Control"].removeprefix("public, max-age="))
    ends_at = data["candles"][-1][6] / 1000
    assert 0 <= good_for - (ends_at - time.time()) <= 3
    assert data["closed_before"] == data["candles"][-1][0], "the last one is open"


def test_however_many_look_a_candle_costs_one_call(
    settings_env: dict[str, str], exchange: ExchangeProcess, early_in_the_minute: None
):
    sites = [create_app({**settings_env, "TESTING": True}) for _ in range(2)]
    for site in sites:
        assert site.test_client().get("/api/v1/symbols/spot").status_code == 200
    exchange.control.fault("latency", venue="spot", endpoint="klines", ms=300)

    def view(number: int) -> int:
        client = sites[number % 2].test_client()
        return len(candles(client, f"interval=1m&limit={100 + number}"))

    with ThreadPoolExecutor(30) as viewers:
        assert list(viewers.map(view, range(60))) == list(range(100, 160))
    assert calls(exchange) == 1
    view(0)
    assert calls(exchange) == 1


def test_the_next_candle_is_asked_for_when_it_has_begun(
    client: FlaskClient, exchange: ExchangeProcess, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(klines.INTERVALS, "1m", 2)  # as if minutes were short
    candles(client, "interval=1m")
    wait_until(lambda: candles(client, "interval=1m") and calls(exchange) == 2, "it is asked for")
    candles(client, "interval=1m")
    assert calls(exchange) <= 3


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/klines/margin/BTCUSDT", 404, "unknown_market"),
        ("/api/v1/klines/spot/NOSUCHUSDT", 404, "unknown_symbol"),
        (f"{PATH}?interval=2m", 400, "bad_interval"),
        (f"{PATH}?interval=1H", 400, "bad_interval"),
        (f"{PATH}?limit=0", 400, "bad_limit"),
        (f"{PATH}?limit=500", 400, "bad_limit"),
        (f"{PATH}?limit=-1", 400, "bad_limit"),
        (f"{PATH}?limit=%D9%A3", 400, "bad_limit"),
        (f"{PATH}?limit={'9' * 5000}", 400, "bad_limit"),
    ],
)
def test_what_cannot_be_is_told_and_binance_is_not_asked(
    client: FlaskClient, exchange: ExchangeProcess, path: str, status: int, code: str
):
    answer = client.get(path)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)  # type: ignore[index]
    assert calls(exchange) == 0


@pytest.mark.parametrize("kind", ["malformed", "html", "reset"])
def test_a_failing_binance_is_told_and_asked_again_later(
    client: FlaskClient, exchange: ExchangeProcess, kind: str
):
    assert client.get("/api/v1/symbols/spot").status_code == 200
    exchange.control.fault(kind, venue="spot", endpoint="klines")
    answer = client.get(PATH)
    assert answer.status_code == 503
    assert answer.json["error"]["code"] == "exchange_unavailable"  # type: ignore[index]
    assert int(answer.headers["Retry-After"]) >= 1
    exchange.control.clear()
    wait_until(lambda: client.get(PATH).status_code == 200, "it is asked again")


def test_while_binance_hangs_only_the_first_wait_for_it(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    patient = create_app({**settings_env, "TESTING": True}).test_client()
    assert patient.get("/api/v1/symbols/spot").status_code == 200
    app = create_app({**settings_env, "BINANCE_FETCH_BUDGET_SECONDS": "0.5", "TESTING": True})
    client = app.test_client()
    exchange.control.fault("hang", venue="spot", endpoint="klines")
    assert client.get(PATH).status_code == 503
    waited_for = calls(exchange)
    for symbol in ("ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT"):
        assert client.get(f"/api/v1/klines/spot/{symbol}").status_code == 503
    assert calls(exchange) == waited_for
    exchange.control.clear()
    wait_until(lambda: client.get(PATH).status_code == 200, "it is asked again")


def test_a_day_is_drawn_as_a_line(client: FlaskClient, exchange: ExchangeProcess):
    answer = client.get("/markets/sparkline/futures/ETHUSDT.svg")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert answer.text.count(",") == 49, "the first open and 48 closes"
    assert client.get("/markets/sparkline/futures/ETHUSDT.svg").text == answer.text
    assert calls(exchange, "futures") == 1


@pytest.mark.parametrize("path", ["margin/BTCUSDT", "spot/NOSUCHUSDT"])
def test_there_is_no_line_of_what_does_not_exist(client: FlaskClient, path: str):
    assert client.get(f"/markets/sparkline/{path}.svg").status_code == 404


def test_no_line_while_binance_fails(client: FlaskClient, exchange: ExchangeProcess):
    assert client.get("/api/v1/symbols/spot").status_code == 200
    exchange.control.fault("status", endpoint="klines", status=500)
    assert client.get("/markets/sparkline/spot/ETHUSDT.svg").status_code == 503


@pytest.mark.parametrize(
    ("prices", "line"),
    [
        ([5.0], "2.5,10.0"),
        ([1.0, 1.0], "2.5,10.0 61.5,10.0"),
        ([1.0, 3.0, 2.0], "2.5,17.5 32.0,2.5 61.5,10.0"),
    ],
)
def test_a_line_goes_from_edge_to_edge(prices: list[float], line: str):
    assert f'points="{line}"' in sparkline_svg(prices)
