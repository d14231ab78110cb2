"""The page opened anew while this server, Binance or both do not answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor, capture
from tests.browser.test_looks import OVERFLOWING
from tests.browser.test_silence import opacity
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site

pytestmark = pytest.mark.with_worker

NOTICE_AFTER_MS = 3_000
SAVED_ROWS = (
    """() => Object.keys(JSON.parse(localStorage.getItem("marketdeck:last-known:v1"))).length"""
)
WATCHED = "spot:ETHUSDT,futures:BTCUSDT"
WHAT_IS_KEPT = """async () => {
  const names = await caches.keys();
  const cache = await caches.open(names[0]);
  return [names, (await cache.keys()).map(({ url }) => new URL(url).pathname)];
}"""
A_PRICE = re.compile(r"^[\d,]+\.\d\d?$")


@pytest.fixture
def own_site(shared_site: Site, exchange: ExchangeProcess) -> Iterator[Site]:
    """The shared site, which the test may stop: it runs again afterwards."""
    yield shared_site
    if shared_site.process.poll() is not None:
        shared_site.start()


@pytest.fixture
def visited(troubled_visitor: Visitor, own_site: Site) -> Page:
    """A page that has been open long enough for the browser to keep all of it."""
    url = f"{own_site.url}/markets"
    troubled_visitor.context.add_cookies(
        [{"name": "watchlist", "value": quote(WATCHED, safe=""), "url": own_site.url}]
    )
    page = troubled_visitor.context.new_page()
    page.clock.install()
    page.goto(url)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    marks.expect_live(page)
    page.evaluate(SHELL_IS_KEPT)
    return page


def expect_to_fit_a_phone(page: Page, name: str) -> None:
    size = page.viewport_size
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    capture(page, f"{name}-phone")
    assert page.evaluate(OVERFLOWING) == []
    page.set_viewport_size(size or {"width": 1440, "height": 900})


def refuse_streams(exchange: ExchangeProcess) -> None:
    """As a firewall does: no connection is made, and those that are there end."""
    for venue in ("spot", "futures"):
        exchange.control.fault("refuse", venue=venue)
    exchange.control.drop()


def test_with_the_server_down_a_reload_gives_page_list_and_live_prices(
    visited: Page, own_site: Site, exchange: ExchangeProcess
):
    page = visited
    own_site.stop()
    page.reload()
    expect(page.locator("[data-notice]")).to_contain_text("This server does not answer")
    assert marks.table_rows(page).count() > 400
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "local-storage")
    marks.expect_live(page)
    expect(page.locator("[data-notice]")).to_contain_text("straight from Binance")
    expect(page.locator("[data-line-notice]")).to_be_hidden()
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    marks.expect_price_to_move(marks.pair_panel(page))
    marks.expect_price_to_move(marks.watched_row(page, "BTCUSDT", "futures"))
    capture(page, "offline-server-down")

    marks.row(page, "SOLUSDT").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "SOLUSDT")
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    page.goto(f"{own_site.url}/markets?market=futures&q=doge&sort=price")
    expect(marks.row(page, "DOGEUSDT", "futures")).to_be_visible()
    expect(marks.row(page, "BTCUSDT", "futures")).to_have_count(0)
    expect(marks.heading(page, "Price")).to_have_attribute("aria-sort", "descending")
    marks.expect_to_follow(exchange, marks.row(page, "DOGEUSDT", "futures"))

    page.evaluate("localStorage.clear()")
    page.reload()
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "static")
    expect(marks.row(page, "DOGEUSDT", "futures")).to_be_visible()

    own_site.start()
    # The worker gives a server three seconds, and the first page of each process may take longer.
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(partial(requests.get, timeout=60), [f"{own_site.url}/markets"] * 32))
    page.reload()
    expect(page.locator("[data-notice]")).to_be_hidden()
    expect(marks.row(page, "DOGEUSDT", "futures")).to_be_visible()


def test_with_binance_out_of_reach_the_page_says_what_still_works_and_later_why(
    troubled_visitor: Visitor, own_site: Site, exchange: ExchangeProcess
):
    refuse_streams(exchange)
    page = troubled_visitor.context.new_page()
    page.clock.install()
    page.goto(f"{own_site.url}/markets")
    notice = page.locator("[data-line-notice]")
    expect(marks.connection(page)).to_have_attribute("data-connection", "down")
    page.clock.fast_forward(NOTICE_AFTER_MS)
    expect(notice).to_contain_text("cannot be reached")
    expect(notice).to_contain_text("List, filter, order and watchlist go on working")
    # They are as old as the list of the site, which may have run for some minutes.
    expect(notice).to_contain_text(re.compile(r"prices shown are from \d\d:\d\d, \d+ (s|min) ago"))
    expect(notice).not_to_contain_text("firewall")
    bitcoin = marks.row(page, "BTCUSDT")
    expect(marks.field(bitcoin, "price")).to_have_text(A_PRICE)
    expect(bitcoin).to_have_attribute("data-freshness", "stale")
    page.clock.fast_forward(20_000)
    expect(notice).to_contain_text("a country's rules may block Binance")
    capture(page, "offline-binance-down")
    expect_to_fit_a_phone(page, "offline-binance-down")

    exchange.control.clear()
    page.clock.fast_forward(30_000)
    marks.expect_live(page)
    expect(notice).to_be_hidden()
    expect(bitcoin).to_have_attribute("data-freshness", "live")


def test_with_both_down_a_reload_shows_the_last_known_greyed_and_with_their_age(
    visited: Page, own_site: Site, exchange: ExchangeProcess
):
    page = visited
    marks.expect_price_to_move(marks.pair_panel(page))
    own_site.stop()
    refuse_streams(exchange)
    page.reload()
    bitcoin, watched = marks.row(page, "BTCUSDT"), marks.watched_row(page, "ETHUSDT")
    for row in (bitcoin, watched):
        expect(row).to_have_attribute("data-freshness", "stale")
        expect(marks.field(row, "price")).to_have_text(A_PRICE)
        assert opacity(marks.field(row, "price")) < 0.7
    expect(marks.field(marks.pair_panel(page), "price")).to_have_text(A_PRICE)
    assert opacity(marks.pair_panel(page).locator(".pair-price")) < 0.7
    expect(page.locator("[data-notice]")).to_contain_text("This server does not answer")
    expect(page.locator("[data-notice]")).not_to_contain_text(
        "straight from Binance", use_inner_text=True
    )
    page.clock.fast_forward(NOTICE_AFTER_MS)
    notice = page.locator("[data-line-notice]")
    expect(notice).to_contain_text(re.compile(r"prices shown are from \d\d:\d\d, \d+ s ago"))
    capture(page, "offline-both-down")
    page.clock.fast_forward(300_000)
    expect(notice).to_contain_text(re.compile(r"from \d\d:\d\d, 5 min ago"))
    expect(notice).to_contain_text("Your own connection, or Binance, may be down")
    expect_to_fit_a_phone(page, "offline-both-down")
    assert page.evaluate(SAVED_ROWS) > 400

    marks.heading(page, "Price").get_by_role("link").click()
    expect(marks.heading(page, "Price")).to_have_attribute("aria-sort", "descending")
    expect(marks.table_rows(page).first).to_have_attribute("data-symbol", "BTCUSDT")


def test_the_browser_keeps_one_release_and_no_answer_of_the_api(visitor: Visitor, url: str):
    visitor.context.add_init_script("caches.open('marketdeck-of-an-older-release')")
    page = visitor.open(url)
    page.evaluate(SHELL_IS_KEPT)
    caches, paths = page.evaluate(WHAT_IS_KEPT)
    assert len(caches) == 1
    assert "/markets/shell" in paths
    assert [path for path in paths if not path.startswith(("/static/", "/markets/shell"))] == []


def test_a_server_that_hangs_costs_a_few_seconds(visited: Page, own_site: Site):
    page = visited
    page.context.route("**/markets", lambda route: None)  # asked, and never answered
    page.reload()
    expect(page.locator("[data-notice]")).to_contain_text("This server does not answer")
    marks.expect_live(page)
