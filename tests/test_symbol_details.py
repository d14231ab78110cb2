"""One pair with its trading rules, against what the exchange itself says of it."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from tests.exchange.process import ExchangeProcess

SYMBOLS = "/api/v1/symbols"


def told(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(f"{SYMBOLS}/{path}")
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json["data"]  # type: ignore[index]
    return data


def rows(url: str) -> dict[str, Any]:
    return {row["symbol"]: row for row in requests.get(url, timeout=30).json()["symbols"]}


def plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def test_a_spot_pair_is_told_with_its_rules(client: FlaskClient, exchange: ExchangeProcess):
    theirs = rows(f"{exchange.urls.spot}/api/v3/exchangeInfo?symbol=BTCUSDT")["BTCUSDT"]
    rules = {rule["filterType"]: rule for rule in theirs["filters"]}
    data = told(client, "spot/BTCUSDT")
    assert data == {
        "market_type": "spot",
        "symbol": "BTCUSDT",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "status": "TRADING",
        "tickSize": plain(rules["PRICE_FILTER"]["tickSize"]),
        "minPrice": plain(rules["PRICE_FILTER"]["minPrice"]),
        "maxPrice": plain(rules["PRICE_FILTER"]["maxPrice"]),
        "stepSize": plain(rules["LOT_SIZE"]["stepSize"]),
        "minQuantity": plain(rules["LOT_SIZE"]["minQty"]),
        "maxQuantity": plain(rules["LOT_SIZE"]["maxQty"]),
        "marketStepSize": None,
        "marketMinQuantity": None,
        "marketMaxQuantity": plain(rules["MARKET_LOT_SIZE"]["maxQty"]),
        "minNotional": "5",
        "maxNotional": "9000000",
        "basePrecision": theirs["baseAssetPrecision"],
        "quotePrecision": theirs["quoteAssetPrecision"],
        "pricePrecision": None,
        "quantityPrecision": None,
        "orderTypes": theirs["orderTypes"],
        "timeInForce": [],
        "isMarginAllowed": theirs["isMarginTradingAllowed"],
        "contractType": None,
        "underlyingType": None,
        "marginAsset": None,
        "onboardDate": None,
        "deliveryDate": None,
        "permissions": [sorted(names) for names in theirs["permissionSets"]],
    }


def test_contracts_are_told_with_theirs(client: FlaskClient, exchange: ExchangeProcess):
    theirs = rows(f"{exchange.urls.futures}/fapi/v1/exchangeInfo")
    perpetual = told(client, "futures/ETHUSDT")
    row = theirs["ETHUSDT"]
    assert perpetual["contractType"] == "PERPETUAL"
    assert perpetual["deliveryDate"] is None
    assert perpetual["onboardDate"] == row["onboardDate"]
    assert (perpetual["marginAsset"], perpetual["minNotional"]) == ("USDT", "5")
    assert perpetual["pricePrecision"] == row["pricePrecision"]
    assert perpetual["timeInForce"] == row["timeInForce"]
    assert perpetual["isMarginAllowed"] is None

    dated = next(row for row in theirs.values() if row["contractType"] == "NEXT_QUARTER")
    assert told(client, f"futures/{dated['symbol']}")["deliveryDate"] == dated["deliveryDate"]
    assert told(client, "futures/XAUUSDT")["underlyingType"] == "COMMODITY"


def test_the_answer_is_as_fresh_as_the_list_and_revalidates(client: FlaskClient):
    answer = client.get(f"{SYMBOLS}/spot/ETHUSDT", headers={"Accept-Encoding": "gzip"})
    the_list = client.get(f"{SYMBOLS}/spot")
    assert answer.headers["Last-Modified"] == the_list.headers["Last-Modified"]
    assert answer.headers["Cache-Control"] == the_list.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["X-Data-Source"] in ("cache", "binance")
    again = client.get(
        f"{SYMBOLS}/spot/ETHUSDT",
        headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("btcusdt", "BTCUSDT"),
        ("BTC", "BTCUSDT"),
        ("BTC-USDT", "BTCUSDT"),
        ("BTCUDST", "BTCUSDT"),
        ("SOLUSD", "SOLUSDT"),
        ("1000SATSUSD", "1000SATSUSDT"),
    ],
)
def test_a_near_miss_is_told_what_was_meant(client: FlaskClient, name: str, hint: str):
    answer = client.get(f"{SYMBOLS}/spot/{name}")
    error = answer.json["error"]  # type: ignore[index]
    assert (answer.status_code, error["code"]) == (404, "unknown_symbol")
    assert error["message"] == f"No spot pair has this name. Did you mean {hint}?"


@pytest.mark.parametrize("name", ["QQQQQQQQ", "X" * 500, "?", "币"])
def test_what_is_like_nothing_gets_no_hint(client: FlaskClient, name: str):
    answer = client.get(f"{SYMBOLS}/spot/{name}")
    assert answer.status_code == 404
    assert "Did you mean" not in answer.text


def test_a_pair_that_halted_is_said_to_have_halted(client: FlaskClient, exchange: ExchangeProcess):
    exchange.control.set_symbol("ADAUSDT", "HALT")
    answer = client.get(f"{SYMBOLS}/spot/ADAUSDT")
    assert answer.status_code == 404
    assert answer.json["error"] == {  # type: ignore[index]
        "code": "not_trading",
        "message": "This pair is listed and does not trade: HALT.",
    }


def test_permissions_are_null_while_binance_does_not_tell_them(
    client: FlaskClient, exchange: ExchangeProcess
):
    assert client.get(f"{SYMBOLS}/spot").status_code == 200
    exchange.control.fault("status", venue="spot", endpoint="exchangeInfo", status=503)
    assert told(client, "spot/BTCUSDT")["permissions"] is None


def test_a_thousand_questions_cost_one_call_for_permissions(
    client: FlaskClient, exchange: ExchangeProcess
):
    for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT") * 20:
        told(client, f"spot/{symbol}")
    assert exchange.control.calls("spot", "exchangeInfo") == 2  # the list, and who may trade it
