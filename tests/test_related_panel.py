"""The panel of one asset as the server makes it: without JavaScript it says what the lists know."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until
from webapp.markets.related import Related
from webapp.markets.rows import row_of
from webapp.symbols.listing import Market, Pair, SymbolList
from webapp.symbols.rules import TradingRules

NOW = time.time()
DAY_MS = 86_400_000


def pair(symbol: str, price: str | None, contract_type: str = "", days: float = 0) -> Pair:
    return Pair(
        symbol=symbol,
        base_asset=symbol.split("USDT")[0],
        quote_asset="USDT",
        status="TRADING",
        contract_type=contract_type,
        delivery_at_ms=round(time.time() * 1000 + days * DAY_MS) if days else None,
        rules=TradingRules(tick_size="0.1" if contract_type else "0.01"),
        last_price=price,
    )


SPOT = pair("BTCUSDT", "100.00")
PERPETUAL = pair("BTCUSDT", "100.5", "PERPETUAL")


def listing(market: Market, *pairs: Pair, tickers_at: float | None = NOW) -> SymbolList:
    return SymbolList(market, pairs, NOW, tickers_at)


def related(spot: SymbolList | None, futures: SymbolList | None, chosen: Pair = SPOT) -> Related:
    market: Market = "futures" if chosen.contract_type else "spot"
    return Related(row_of(market, chosen), spot, futures)


def test_the_basis_is_what_the_perpetual_costs_more():
    found = related(listing("spot", SPOT), listing("futures", PERPETUAL))
    assert found.basis == ("+0.50", "+0.500%", "+50.0 bps", "")


def test_prices_of_different_times_and_prices_not_known_make_no_basis():
    futures = listing("futures", PERPETUAL)
    for spot in (
        listing("spot", SPOT, tickers_at=NOW - 60),
        listing("spot", SPOT, tickers_at=None),
        listing("spot", pair("BTCUSDT", None)),
        listing("spot", pair("BTCUSDT", "0.00")),
        None,
    ):
        assert related(spot, futures).basis is None


def test_the_basis_of_a_multiple_is_of_the_same_amount():
    perpetual = pair("1000PEPEUSDT", "0.0050", "PERPETUAL")
    found = related(listing("spot", pair("PEPEUSDT", "0.00000501")), listing("futures", perpetual))
    assert found.basis is None, "BTC is chosen"
    found = Related(
        row_of("futures", perpetual),
        listing("spot", pair("PEPEUSDT", "0.00000501")),
        listing("futures", perpetual),
    )
    assert found.basis
    assert found.basis.difference == "−0.00001"
    assert found.scale == {"large": "1000PEPE", "small": "PEPE", "count": "1,000"}


def test_a_dated_future_tells_days_and_yearly_basis():
    dated = pair("BTCUSDT_270101", "101", "CURRENT_QUARTER", days=36.5)
    found = related(listing("spot", SPOT), listing("futures", dated))
    (one,) = found.dated
    assert (one.days_left, one.hours_left) in ((36, 12), (36, 11))
    basis = found.basis_of(one)
    assert basis
    assert basis.percent == "+1.000%"
    assert abs(Decimal(basis.a_year.strip("+%")) - 10) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("spot", "futures", "note"),
    [
        (listing("spot", SPOT), listing("futures", PERPETUAL), ""),
        (listing("spot", SPOT), listing("futures", pair("ETHUSDT", "1", "PERPETUAL")), "only_spot"),
        (listing("spot", SPOT), None, "no_futures_list"),
        (listing("spot", pair("ETHUSDT", "1")), listing("futures", PERPETUAL), "only_futures"),
        (None, listing("futures", PERPETUAL), "no_spot_list"),
        (
            listing("spot", SPOT),
            listing("futures", pair("BTCUSDT_270101", "1", "CURRENT_QUARTER", days=9)),
            "no_perpetual",
        ),
    ],
)
def test_what_there_is_not_is_said(spot: SymbolList | None, futures: SymbolList | None, note: str):
    assert related(spot, futures).note == note


def has_list(client: FlaskClient, market: Market) -> bool:
    return client.get(f"/api/v1/symbols/{market}").status_code == 200


def panel(client: FlaskClient, query: str) -> str:
    wait_until(lambda: has_list(client, "spot") and has_list(client, "futures"), "there are lists")
    page = client.get(f"/markets?{query}").text
    return page[page.index('<section id="related"') : page.index('<section id="book"')]


def test_the_page_holds_both_markets_and_links_from_one_to_the_other(client: FlaskClient):
    html = panel(client, "pair=BTCUSDT&q=BTC")
    assert 'href="?market=futures&amp;pair=BTCUSDT&amp;q=BTC"' in html
    assert html.count('data-instrument="dated"') == 3, "two, and the one to make others from"
    assert re.search(r"spot \d+ s old, futures \d+ s old", html)


def test_the_page_asks_for_no_list_of_the_other_market(
    client: FlaskClient, exchange: ExchangeProcess
):
    wait_until(lambda: client.get("/markets?pair=BTCUSDT").status_code == 200, "there is a list")
    assert exchange.control.calls("futures", "exchangeInfo") == 0
    html = client.get("/markets?pair=BTCUSDT").text
    assert "no futures list at hand" in html


def test_without_a_chosen_pair_there_is_no_panel(client: FlaskClient):
    assert " hidden>" in panel(client, "pair=NOSUCHUSDT").split("\n")[0]
    assert 'id="related"' in client.get("/markets/shell").text
