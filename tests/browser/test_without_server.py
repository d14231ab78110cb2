"""The page when this server, its list or its API fails, while Binance's streams go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor, capture
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site
from tests.support.waiting import wait_until

pytestmark = pytest.mark.with_worker

ANY_API_CALL = re.compile("/api/v1/symbols/")
A_LIST = re.compile("/api/v1/symbols/(spot|futures)$")
AFTER_THREE_TRIES_MS = 12_000
LIST_RETRY_MS = 10_000
BREAKER_OPEN_MS = 30_000
BREAKER_IS_CLOSED = """() => localStorage.getItem("marketdeck:symbols-breaker:v1") === "0\""""


@pytest.fixture
def own_site(settings_env: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    """A site that the test may stop, and that has never known a list."""
    own = {"WEB_CONCURRENCY": "1", "SNAPSHOT_DIR": str(tmp_path)}
    with Site({**settings_env, **own}) as site:
        yield site


def lose_api(page: Page) -> None:
    page.route(ANY_API_CALL, lambda route: route.abort("connectionrefused"))


def expect_source(page: Page, source: str) -> None:
    expect(marks.source_line(page)).to_have_attribute(
        "data-symbols-source", source, timeout=AFTER_THREE_TRIES_MS
    )


def expect_why(page: Page, words: str) -> None:
    """The source line's title tells why the list is not from the API."""
    expect(marks.source_line(page)).to_have_attribute(
        "title", re.compile(words), timeout=AFTER_THREE_TRIES_MS
    )


def test_without_the_api_the_list_that_this_browser_saved_is_used(
    troubled_visitor: Visitor, url: str
):
    page = troubled_visitor.open(url)
    expect_source(page, "api")
    lose_api(page)
    page.reload()
    expect_source(page, "local-storage")
    expect(marks.source_line(page)).to_contain_text("kept in this browser")
    marks.picker(page).press_sequentially("sol")
    expect(page.get_by_role("option").first).to_contain_text("SOLUSDT")


def test_without_the_api_a_fresh_browser_has_the_most_popular_pairs(
    troubled_visitor: Visitor, url: str
):
    page = troubled_visitor.context.new_page()
    lose_api(page)
    page.goto(url)
    expect_source(page, "static")
    expect(marks.source_line(page)).to_contain_text("best-known pairs")
    marks.picker(page).press_sequentially("btcusdt")
    expect(page.get_by_role("option").first).to_contain_text("BTCUSDT")


def test_when_the_server_dies_before_the_lists_have_come_the_page_goes_on_all_the_same(
    troubled_visitor: Visitor, url: str
):
    page = troubled_visitor.context.new_page()
    page.route(ANY_API_CALL, lambda route: None)  # which is never answered
    page.goto(url)
    marks.expect_live(page)
    page.route(re.compile("/markets"), lambda route: route.abort("connectionrefused"))
    page.get_by_role("link", name="Futures").click()
    expect(page.locator("[data-notice]")).to_contain_text("This server does not answer")
    marks.expect_price_to_move(marks.row(page, "BTCUSDT", "futures"))
    expect_source(page, "static")


def test_when_the_server_dies_the_open_page_goes_on_from_its_own_list(
    troubled_visitor: Visitor, own_site: Site
):
    page = troubled_visitor.open(f"{own_site.url}/markets")
    expect_source(page, "api")
    marks.expect_live(page)
    own_site.stop()

    page.get_by_role("link", name="Futures").click()
    expect(page.locator("[data-notice]")).to_contain_text("This server does not answer")
    marks.expect_price_to_move(marks.row(page, "BTCUSDT", "futures"))
    expect(page).to_have_url(re.compile("market=futures"))
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    marks.expect_price_to_move(marks.pair_panel(page))
    expect_source(page, "local-storage")
    capture(page, "desktop-no-server")

    marks.heading(page, "Price").get_by_role("link").click()
    expect(marks.heading(page, "Price")).to_have_attribute("aria-sort", "descending")
    marks.row(page, "ETHUSDT", "futures").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")
    marks.row(page, "ETHUSDT", "futures").get_by_role("button", name="Watch ETHUSDT").click()
    expect(marks.watched_row(page, "ETHUSDT", "futures")).to_be_visible()
    marks.picker(page).press_sequentially("doge")
    expect(marks.row(page, "BTCUSDT", "futures")).to_have_count(0)
    expect(marks.row(page, "DOGEUSDT", "futures")).to_be_visible()
    marks.picker(page).press("Escape")
    expect(page).to_have_url(re.compile("q=doge"))
    # Playwright takes any change of the address for the end of its step: each is awaited by sight.
    page.go_back()
    expect(page).not_to_have_url(re.compile("pair=|q="))
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "BTCUSDT")
    expect(marks.heading(page, "Price")).to_have_attribute("aria-sort", "descending")
    page.go_back()
    expect(page).not_to_have_url(re.compile("sort="))
    expect(marks.heading(page, "Price")).not_to_have_attribute("aria-sort", "descending")
    page.go_back()
    expect(page).not_to_have_url(re.compile("market="))
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "spot")

    own_site.start()
    page.get_by_role("link", name="Futures").click()
    expect(page.locator("[data-notice]")).to_be_hidden()
    expect(marks.watched_row(page, "ETHUSDT", "futures")).to_be_visible()


def test_the_breaker_asks_once_in_half_a_minute_until_the_server_is_back(
    troubled_visitor: Visitor, own_site: Site
):
    page = troubled_visitor.context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(A_LIST.findall(request.url)))
    page.clock.install()
    page.goto(f"{own_site.url}/markets")
    expect_source(page, "api")
    wait_until(lambda: page.title() and len(set(asked)) == 2, "each market's list was asked for")
    page.evaluate(SHELL_IS_KEPT)
    own_site.stop()

    asked.clear()
    page.reload()
    wait_until(lambda: page.title() and len(asked) == 6, "each market has been tried three times")
    expect_why(page, "cannot be reached")
    expect_source(page, "local-storage")
    asked.clear()
    page.clock.fast_forward(LIST_RETRY_MS)
    expect_why(page, r"asked again in (20|1\d) s")
    page.clock.fast_forward(LIST_RETRY_MS)
    expect_why(page, r"asked again in (10|\d) s")
    assert asked == [], "while it is open nobody asks"
    with page.expect_request(A_LIST):
        page.clock.fast_forward(LIST_RETRY_MS)
    page.clock.fast_forward(LIST_RETRY_MS)
    expect_why(page, r"asked again in (20|1\d) s")
    assert len(asked) == 1, "half open, there is one probe for both markets"

    own_site.start()
    page.clock.fast_forward(BREAKER_OPEN_MS)
    marks.wait_for(page, BREAKER_IS_CLOSED)
    page.clock.fast_forward(LIST_RETRY_MS)  # the probe may have been the other market's
    expect_source(page, "api")
    expect(page.locator("[data-notice]")).to_be_hidden()


def test_a_server_without_any_list_still_gives_a_page_with_live_prices(
    troubled_visitor: Visitor, exchange: ExchangeProcess, own_site: Site
):
    exchange.control.fault("status", endpoint="exchangeInfo", status=503)
    page = troubled_visitor.open(f"{own_site.url}/markets")
    expect(page.locator("[data-notice]")).to_contain_text("There is no spot list to serve")
    expect_source(page, "static")
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    marks.expect_price_to_move(marks.pair_panel(page))
    capture(page, "desktop-no-list")
