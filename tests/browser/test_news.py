"""What changes on the exchange shows on an open page, by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from tests.exchange.process import ExchangeProcess
from tests.support.listener import refresh
from tests.support.site import Site


@pytest.fixture
def changing(shared_site: Site, exchange: ExchangeProcess) -> Iterator[ExchangeProcess]:
    """An exchange whose changes are undone for the tests to come, in the site's lists too."""
    with redis.Redis.from_url(shared_site.settings_env["REDIS_URL"]) as client:
        client.flushall()  # an earlier test's failure would be known still, and nobody would ask
    refresh(shared_site.settings_env, "spot", "futures")
    yield exchange
    exchange.control.reset()
    refresh(shared_site.settings_env, "spot", "futures")


def open_listening(visitor: Visitor, url: str) -> Page:
    """The page, once it listens to the news and is live."""
    page = visitor.open("about:blank")
    with page.expect_response("**/api/v1/symbols/events"):
        page.goto(url)
    marks.expect_live(page)
    return page


def news(page: Page) -> str:
    return page.get_by_role("log", name="News of the exchange").inner_text()


def test_a_watched_pair_that_halts_stays_with_its_state_in_words(
    visitor: Visitor, url: str, shared_site: Site, changing: ExchangeProcess
):
    page = open_listening(visitor, f"{url}?pair=ADAUSDT")
    page.get_by_role("button", name="Watch ADAUSDT").first.click()
    watched = marks.watched_row(page, "ADAUSDT")
    expect(watched).to_have_attribute("data-freshness", "live")
    price = marks.field(watched, "price").inner_text()
    changing.control.set_symbol("ADAUSDT", "HALT")
    refresh(shared_site.settings_env, "spot")

    expect(watched).to_contain_text("halted", timeout=marks.FIRST_PRICE_WITHIN_MS)
    expect(page.locator("[data-pair-state]")).to_contain_text("ADA/USDT is halted")
    expect(marks.row(page, "ADAUSDT")).to_have_count(0)
    assert "ADA⁩/USDT on spot is halted." in news(page)
    # The last one, and no dash.
    expect(marks.field(watched, "price")).to_have_text(re.compile(rf"^{re.escape(price[0])}"))
    capture(page, "news-halt")

    page.reload()
    expect(watched).to_contain_text("halted")
    expect(page.locator("[data-pair-state]")).to_be_visible()
    changing.control.set_symbol("ADAUSDT", "TRADING")
    refresh(shared_site.settings_env, "spot")
    expect(page.locator("[data-pair-state]")).to_have_count(0)
    expect(marks.row(page, "ADAUSDT")).to_have_count(1)
    assert "trades again" in news(page)


def test_a_new_listing_comes_into_the_table_where_the_reader_is(
    visitor: Visitor, url: str, shared_site: Site, changing: ExchangeProcess
):
    page = open_listening(visitor, url)
    table = page.locator(".table-scroll")
    table.evaluate("element => element.scrollTo(0, 3000)")
    link = marks.table_rows(page).nth(105).locator("[data-pair-link]")
    symbol = marks.table_rows(page).nth(105).get_attribute("data-symbol")
    link.focus()
    top = table.evaluate("element => element.scrollTop")
    changing.control.add_symbol("BRANDNEWUSDT", base="BRANDNEW", quote="USDT")
    refresh(shared_site.settings_env, "spot")

    expect(marks.row(page, "BRANDNEWUSDT")).to_have_count(1, timeout=marks.FIRST_PRICE_WITHIN_MS)
    assert "New on spot: ⁨BRANDNEW⁩/USDT." in news(page)
    assert table.evaluate("element => element.scrollTop") == top
    assert page.evaluate("document.activeElement.closest('[data-row]')?.dataset.symbol") == symbol
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("[data-news]")).to_be_hidden()


def test_a_futures_contract_that_settles_makes_the_page_ask_for_a_look(
    visitor: Visitor, url: str, changing: ExchangeProcess
):
    page = open_listening(visitor, f"{url}?market=futures")
    with page.expect_request("**/api/v1/looks/futures", timeout=5_000) as look:
        changing.control.set_symbol("ETHUSDT", "SETTLING", venue="futures")
    answer = look.value.response()
    assert answer
    assert answer.status == 202
    # A list younger than ten seconds stays, and then the page asks once more.
    expect(marks.row(page, "ETHUSDT", "futures")).to_have_count(0, timeout=30_000)
