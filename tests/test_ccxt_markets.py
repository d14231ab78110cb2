"""An unmodified ccxt that knows the markets from us alone, and trades at the stand-in."""

from __future__ import annotations

from typing import Any

import ccxt
import pytest
from flask.testing import FlaskClient

from tests.exchange.process import ExchangeProcess
from tests.support.ccxt_client import ccxt_client

PATH = "/api/v1/ccxt/markets"
KINDS = {"spot": "spot", "futures": "swap"}
# What ccxt makes of its own options, or of Binance's whole row.
THEIR_OWN = {"info", "marginModes", "percentage", "tierBased", "feeSide", "stock", "index"}


def markets(client: FlaskClient, market: str) -> list[dict[str, Any]]:
    answer = client.get(f"{PATH}/{market}")
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json["data"]["markets"]  # type: ignore[index]
    return listed


@pytest.fixture(params=["spot", "futures"])
def market(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def trader(client: FlaskClient, exchange: ExchangeProcess, market: str) -> ccxt.binance:
    """A client that was told the markets and never asked for them."""
    ours = markets(client, market)
    exchange.control.reset()
    told = ccxt_client(exchange, KINDS[market])
    told.set_markets(ours)
    return told


def test_the_markets_are_those_that_ccxt_makes_of_binances_answer(
    client: FlaskClient, exchange: ExchangeProcess, market: str
):
    theirs = ccxt_client(exchange, KINDS[market])
    theirs.load_markets()
    ours = markets(client, market)
    assert len(ours) > 400
    for one in ours:
        other = theirs.markets_by_id[one["id"]][0]
        differing = {
            name: (one.get(name), value)
            for name, value in other.items()
            if name not in THEIR_OWN and one.get(name) != value
        }
        assert differing == {}, one["id"]


def test_ccxt_places_correct_orders_without_asking_for_the_markets(
    trader: ccxt.binance, exchange: ExchangeProcess, market: str
):
    for base in ("BTC", "DOGE", "PEPE" if market == "spot" else "1000PEPE"):
        symbol = f"{base}/USDT" + ("" if market == "spot" else ":USDT")
        last = trader.fetch_ticker(symbol)["last"]
        amount = trader.amount_to_precision(symbol, 300.123456789 / last)
        price = trader.price_to_precision(symbol, last * 0.987654321)
        trader.create_order(symbol, "limit", "buy", amount, price, {"test": True})
        trader.create_order(symbol, "market", "sell", amount, None, {"test": True})
    venue = "spot" if market == "spot" else "futures"
    taken = sum(exchange.control.calls(venue, name) for name in ("order", "order/test"))
    assert taken == 6
    assert exchange.control.calls(venue, "exchangeInfo") == 0


def test_an_order_against_the_rules_is_refused_by_the_exchange(trader: ccxt.binance, market: str):
    """So that the test above can fail."""
    symbol = "BTC/USDT" if market == "spot" else "BTC/USDT:USDT"
    trader.markets[symbol]["precision"]["price"] = 1e-8
    with pytest.raises(ccxt.InvalidOrder, match="PRICE_FILTER"):
        trader.create_order(symbol, "limit", "buy", 0.01, 60000.12345678, {"test": True})


def test_ccxt_reads_tickers_of_markets_that_it_was_told(trader: ccxt.binance, market: str):
    tickers = trader.fetch_tickers()
    told = {name for name in trader.markets if name in tickers}
    assert len(told) > 400
    one = trader.fetch_ticker("ETH/USDT" if market == "spot" else "ETH/USDT:USDT")
    assert one["low"] <= one["last"] <= one["high"]
