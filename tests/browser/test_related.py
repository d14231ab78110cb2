"""Spot beside perpetual: basis, funding, open interest, dated futures, opening hours."""

from __future__ import annotations

import re
import time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor, capture
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site
from tests.support.waiting import wait_until

# The longest pause, ten seconds for a futures path that stays silent, and a pause again.
BACK_WITHIN_MS = 75_000
MINUS = "\N{MINUS SIGN}"
YEAR_DAYS = 365
DAY_MS = 86_400_000


def panel(page: Page) -> Locator:
    return page.locator("[data-panel=related]")


def side(page: Page, kind: str) -> Locator:
    return panel(page).locator(f"[data-instrument={kind}]").first


def fact(page: Page, name: str) -> Locator:
    return panel(page).locator(f'[data-related-facts] [data-field="{name}"]')


def number(text: str) -> Decimal:
    found = re.search(rf"[+{MINUS}]?[\d,]+(\.\d+)?", text)
    assert found, text
    return Decimal(found[0].replace(MINUS, "-").replace(",", "").replace("+", ""))


def ask(exchange: ExchangeProcess, market: str, name: str, **params: str) -> Any:
    base = (
        f"{exchange.urls.spot}/api/v3" if market == "spot" else f"{exchange.urls.futures}/fapi/v1"
    )
    return requests.get(f"{base}/{name}", params=params, timeout=30).json()


def last_price(exchange: ExchangeProcess, market: str, symbol: str) -> Decimal:
    return Decimal(ask(exchange, market, "ticker/price", symbol=symbol)["price"])


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def expect_live(page: Page) -> None:
    for kind in ("spot", "perpetual"):
        price = marks.field(side(page, kind), "price")
        expect(price).to_have_attribute("data-freshness", re.compile("live|quiet"))
    expect(fact(page, "mark")).to_have_attribute("data-freshness", "live")


@pytest.fixture
def page(visitor: Visitor, url: str) -> Page:
    page = visitor.open(f"{url}?pair=BTCUSDT")
    expect_live(page)
    return page


def test_both_prices_and_the_basis_are_the_exchanges_own(page: Page, exchange: ExchangeProcess):
    expect(panel(page)).to_contain_text("Spot")
    exchange.control.freeze()
    spot = last_price(exchange, "spot", "BTCUSDT")
    future = last_price(exchange, "futures", "BTCUSDT")

    def is_true() -> bool:
        prices = [marks.field(side(page, kind), "price") for kind in ("spot", "perpetual")]
        return [number(price.inner_text()) for price in prices] == [spot, future]

    wait_until(is_true, "both prices are the exchange's")
    assert number(fact(page, "basis").inner_text()) == future - spot
    share = fact(page, "basis-share").inner_text()
    percent, points = share.split("%")
    assert number(percent) == rounded((future - spot) / spot * 100, 3)
    assert number(points) == rounded((future - spot) / spot * 10_000, 1)


def test_mark_index_and_funding_are_the_exchanges_own(page: Page, exchange: ExchangeProcess):
    exchange.control.freeze()
    true = ask(exchange, "futures", "premiumIndex", symbol="BTCUSDT")
    wait_until(
        lambda: number(fact(page, "mark").inner_text()) == rounded(Decimal(true["markPrice"]), 1),
        "the mark price is the exchange's",
    )
    assert number(fact(page, "index").inner_text()) == rounded(Decimal(true["indexPrice"]), 1)
    rate = Decimal(true["lastFundingRate"])
    expect(fact(page, "funding")).to_have_text(re.compile(r"% per 8 h$"))
    assert number(fact(page, "funding").inner_text()) == rounded(rate * 100, 4)
    yearly = number(fact(page, "funding-year").inner_text())
    assert yearly == rounded(rate * 100 * YEAR_DAYS * 24 / 8, 2)
    payer = "longs pay shorts" if rate > 0 else "shorts pay longs"
    expect(fact(page, "funding-side")).to_have_text(payer)


def test_the_countdown_follows_the_exchanges_clock(page: Page, exchange: ExchangeProcess):
    true = ask(exchange, "futures", "premiumIndex", symbol="BTCUSDT")
    text = fact(page, "countdown").inner_text()
    hours, minutes, seconds = map(int, text.split(":"))
    left = true["nextFundingTime"] / 1000 - time.time()
    assert abs(hours * 3600 + minutes * 60 + seconds - left) < 2.5
    expect(fact(page, "countdown")).not_to_have_text(text)


def test_a_device_whose_clock_is_wrong_counts_down_rightly(
    visitor: Visitor, url: str, exchange: ExchangeProcess
):
    visitor.context.add_init_script("const now = Date.now; Date.now = () => now() + 7_200_000;")
    page = visitor.open(f"{url}?pair=BTCUSDT")
    true = ask(exchange, "futures", "premiumIndex", symbol="BTCUSDT")

    def error_seconds() -> float:
        text = fact(page, "countdown").inner_text()
        if ":" not in text:
            return 1e9
        hours, minutes, seconds = map(int, text.split(":"))
        left = true["nextFundingTime"] / 1000 - time.time()
        return float(abs(hours * 3600 + minutes * 60 + seconds - left))

    wait_until(lambda: error_seconds() < 2.5, "the countdown is right")


def test_open_interest_is_the_exchanges_own_and_asked_for_once(
    page: Page, exchange: ExchangeProcess
):
    expect(fact(page, "interest")).to_have_attribute("data-freshness", "live")
    true = ask(exchange, "futures", "openInterest", symbol="BTCUSDT")["openInterest"]
    assert number(fact(page, "interest").inner_text()) == Decimal(true)
    expect(fact(page, "interest")).to_contain_text("BTC")
    expect(fact(page, "interest-worth")).to_have_text(re.compile(r"^about [\d.]+[KMBT] USDT$"))


def expect_true_dated_row(row: Locator, exchange: ExchangeProcess, spot: Decimal) -> int:
    """Wait until all figures of the contract are right, and give its delivery in ms."""
    delivery_ms = int(str(row.get_attribute("data-delivery-at")))
    true = last_price(exchange, "futures", str(row.get_attribute("data-symbol")))
    percent = rounded((true - spot) / spot * 100, 3)

    def is_true() -> bool:
        shown = [number(marks.field(row, name).inner_text()) for name in ("price", "basis")]
        return shown == [true, percent]

    wait_until(is_true, "price and basis are the exchange's")
    days = Decimal(delivery_ms - int(time.time() * 1000)) / DAY_MS
    expect(marks.field(row, "left")).to_have_text(re.compile(rf"in {int(days)} days?|in \d+ h"))
    yearly = (true - spot) / spot * 100 * YEAR_DAYS / days

    def is_true_a_year() -> bool:  # which tells prices apart that have one basis when rounded
        return abs(number(marks.field(row, "year").inner_text()) - yearly) <= Decimal("0.01")

    wait_until(is_true_a_year, "the basis a year is the exchange's")
    return delivery_ms


def test_dated_futures_tell_their_days_basis_and_yearly_basis(
    page: Page, exchange: ExchangeProcess
):
    rows = panel(page).locator("[data-instrument=dated]")
    assert rows.count() == 2
    exchange.control.freeze()
    spot = last_price(exchange, "spot", "BTCUSDT")
    deliveries = [expect_true_dated_row(rows.nth(index), exchange, spot) for index in range(2)]
    assert deliveries == sorted(deliveries)


def test_a_thousand_of_an_asset_is_compared_with_a_thousand(
    visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = visitor.open(f"{url}?pair=PEPEUSDT")
    expect(side(page, "perpetual")).to_have_attribute("data-symbol", "1000PEPEUSDT")
    expect_live(page)
    expect(panel(page)).to_contain_text("One 1000PEPE is 1,000 PEPE")
    exchange.control.freeze()
    spot = last_price(exchange, "spot", "PEPEUSDT") * 1000
    future = last_price(exchange, "futures", "1000PEPEUSDT")
    wait_until(
        lambda: number(fact(page, "basis").inner_text()) == future - spot,
        "the basis is that of a thousand",
    )


def test_a_closed_market_says_so_and_when_it_opens(
    visitor: Visitor, url: str, exchange: ExchangeProcess
):
    exchange.control.session("COMMODITY", "NO_TRADING", "REGULAR", seconds=5 * 3600)
    page = visitor.open(f"{url}?market=futures&pair=XAGUSDT")
    session = panel(page).locator("[data-related-session]")
    expect(session).to_have_attribute("data-session", "closed")
    expect(session).to_contain_text("The market behind XAG is closed")
    expect(side(page, "perpetual")).to_contain_text("TradFi perpetual")
    expect(side(page, "spot")).to_be_hidden()
    expect(panel(page)).to_contain_text("no USDT spot pair")
    exchange.control.session("COMMODITY", "REGULAR", "NO_TRADING", seconds=3600)
    expect(session).to_have_attribute("data-session", "open")
    expect(session).to_contain_text("open: regular hours until")


def test_of_a_market_whose_hours_are_not_known_nothing_is_claimed(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?market=futures&pair=EURUSDUSDT")
    expect(fact(page, "mark")).to_have_attribute("data-freshness", "live")
    expect(fact(page, "interest")).to_have_attribute("data-freshness", "live")
    expect(panel(page)).to_contain_text("Whether the market behind EURUSD is open now is not known")


def test_a_pair_of_one_market_says_so(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?pair=FDUSDUSDT")
    marks.expect_live(page)
    expect(panel(page)).to_contain_text("FDUSD trades on spot only")
    expect(side(page, "perpetual")).to_be_hidden()
    expect(panel(page).locator("[data-related-facts]")).to_be_hidden()


def test_the_other_instrument_is_a_click_away(page: Page):
    side(page, "perpetual").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    expect(side(page, "perpetual").get_by_role("link")).to_have_attribute("aria-current", "true")
    expect_live(page)
    panel(page).locator("[data-instrument=dated]").first.get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", re.compile("BTCUSDT_"))
    expect_live(page)
    side(page, "spot").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "spot")


def subscribed(exchange: ExchangeProcess, venue: str) -> set[str]:
    return set(exchange.control.counts()[venue]["ws"]["subscriptions"])


def test_only_single_streams_of_the_other_market_are_opened_and_they_follow_the_pair(
    page: Page, exchange: ExchangeProcess
):
    streams = subscribed(exchange, "futures")
    assert {"btcusdt@miniTicker", "btcusdt@markPrice@1s"} <= streams
    assert "!miniTicker@arr" not in streams
    assert "btcusdt@miniTicker" not in subscribed(exchange, "spot")
    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect(side(page, "perpetual")).to_have_attribute("data-symbol", "ETHUSDT")
    expect_live(page)
    wait_until(
        lambda: "btcusdt@markPrice@1s" not in subscribed(exchange, "futures"), "the old is left"
    )


def test_a_silent_mark_price_is_greyed_and_comes_back(page: Page, exchange: ExchangeProcess):
    exchange.control.fault("silent", venue="futures", stream="btcusdt@markPrice@1s")
    expect(fact(page, "mark")).to_have_attribute("data-freshness", "stale")
    exchange.control.clear()
    expect(fact(page, "mark")).to_have_attribute("data-freshness", "live", timeout=30_000)


@pytest.mark.with_worker
def test_without_the_server_the_prices_stay_live_and_open_interest_is_said_to_be_old(
    troubled_visitor: Visitor, own_site: Site
):
    page = troubled_visitor.open(f"{own_site.url}/markets?pair=BTCUSDT")
    expect_live(page)
    page.evaluate(SHELL_IS_KEPT)
    own_site.stop()
    page.reload()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "BTCUSDT")
    expect(side(page, "perpetual")).to_have_attribute("data-symbol", "BTCUSDT", timeout=20_000)
    expect_live(page)
    expect(fact(page, "interest")).to_have_text("not known now")
    assert number(fact(page, "basis").inner_text()) is not None
    assert panel(page).locator("[data-instrument=dated]").count() == 2
    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect(side(page, "perpetual")).to_have_attribute("data-symbol", "ETHUSDT")
    expect_live(page)


def test_without_binance_the_last_prices_stay_with_their_age(
    troubled_visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = troubled_visitor.open(f"{url}?pair=BTCUSDT")
    expect_live(page)
    exchange.control.listening(False)
    price = marks.field(side(page, "perpetual"), "price")
    expect(price).to_have_attribute("data-freshness", "stale")
    assert number(price.inner_text()) > 0
    expect(panel(page).locator("[data-related-age]")).to_have_text(re.compile(r"futures \d+ s old"))
    exchange.control.listening(True)
    expect_live_again(page)


def expect_live_again(page: Page) -> None:
    price = marks.field(side(page, "perpetual"), "price")
    expect(price).to_have_attribute(
        "data-freshness", re.compile("live|quiet"), timeout=BACK_WITHIN_MS
    )


SIZES = {"desktop": (1440, 900), "wide": (1920, 1080), "phone": (390, 844), "narrow": (360, 740)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHOWN = {
    "btc": "pair=BTCUSDT",
    "gold": "market=futures&pair=XAUUSDT",
    "dated": "market=futures&pair=BTCUSDT",
    "pepe": "pair=PEPEUSDT",
    "spot-only": "pair=FDUSDUSDT",
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_panel_is_captured(visitor: Visitor, url: str, exchange: ExchangeProcess, name: str):
    exchange.control.session("COMMODITY", "NO_TRADING", "REGULAR", seconds=5 * 3600)
    page = visitor.open(f"{url}?{SHOWN[name]}")
    marks.expect_live(page)
    if name != "spot-only":
        expect(fact(page, "interest")).to_have_attribute("data-freshness", "live")
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            panel(page).evaluate("(element) => element.scrollIntoView({ block: 'center' })")
            capture(page, f"related-{name}-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
