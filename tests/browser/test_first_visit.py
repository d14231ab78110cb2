"""Who comes for the first time sees live prices and has nothing to choose."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture


def test_a_first_visit_shows_live_prices_with_no_choice_to_make(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    assert page.get_by_role("dialog").count() == 0
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "BTCUSDT")
    marks.expect_price_to_move(marks.pair_panel(page))
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect(page.locator("[data-watchlist-empty]")).to_contain_text("Nothing watched yet")
    expect(page.locator("[data-alerts-empty]")).to_contain_text("No alerts yet")
    capture(page, "first-visit")


def test_prices_are_asked_for_before_there_is_anything_to_show_them(
    troubled_visitor: Visitor, url: str
):
    page = troubled_visitor.context.new_page()
    page.route("**/js/main.js", lambda route: route.abort())
    with page.expect_websocket() as line:
        page.goto(f"{url}?pair=ETHUSDT")
    assert "!miniTicker@arr" in line.value.url
    assert "ethusdt@aggTrade" in line.value.url


def test_an_empty_watchlist_is_filled_with_one_press_and_emptied_with_another(
    visitor: Visitor, url: str
):
    page = visitor.open(url)
    marks.expect_live(page)
    start = page.get_by_role("button", name="Watch BTC, ETH and SOL")
    start.click()
    for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT"):
        expect(marks.field(marks.watched_row(page, symbol), "price")).to_have_text(
            re.compile(r"\d")
        )
    expect(start).to_be_hidden()
    line = page.locator("[data-undo-line]")
    expect(line).to_contain_text("3 pairs added to")
    line.get_by_role("button", name="Undo").click()
    expect(start).to_be_visible()
    expect(page.locator("#watchlist [data-row]")).to_have_count(0)
