"""Watching pairs without an account."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor

IS_DRAWN = "document.querySelector('.c-sparkline img').naturalWidth > 0"


def switch(part: Page | Locator, symbol: str) -> Locator:
    return part.get_by_role("button", name=f"Watch {symbol}", exact=True)


def test_a_watched_pair_is_still_there_after_a_reload(visitor: Visitor, url: str):
    page = visitor.open(url)
    button = switch(marks.row(page, "ETHUSDT"), "ETHUSDT")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    marks.expect_price_to_move(marks.watched_row(page, "ETHUSDT"))

    page.reload()
    expect(marks.watched_row(page, "ETHUSDT")).to_be_visible()
    expect(switch(marks.row(page, "ETHUSDT"), "ETHUSDT")).to_have_attribute("aria-pressed", "true")


def test_a_watched_pair_has_a_line_of_its_last_day(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?list=spot:ETHUSDT,spot:GONEUSDT")
    line = marks.watched_row(page, "ETHUSDT").locator(".c-sparkline img")
    expect(line).to_be_visible()
    marks.wait_for(page, IS_DRAWN)
    name = marks.watched_row(page, "ETHUSDT").get_by_role("rowheader")
    assert name.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth"), "the name has room"
    page.set_viewport_size({"width": 1170, "height": 800})
    expect(line).to_be_hidden()
    expect(marks.watched_row(page, "GONEUSDT").locator("img")).to_have_count(0)


def test_a_line_that_could_not_be_had_is_asked_for_again(troubled_visitor: Visitor, url: str):
    page = troubled_visitor.context.new_page()
    page.clock.install()
    pictures = "**/markets/sparkline/**"
    page.route(pictures, lambda route: route.fulfill(status=503))
    page.goto(f"{url}?list=spot:ETHUSDT")
    marks.expect_live(page)
    line = marks.watched_row(page, "ETHUSDT").locator(".c-sparkline img")
    expect(line).to_be_hidden()
    page.unroute(pictures)
    page.clock.fast_forward(61_000)
    expect(line).to_be_visible()
    marks.wait_for(page, IS_DRAWN)


def test_the_switches_of_one_pair_stay_in_step(visitor: Visitor, url: str):
    page = visitor.open(url)
    in_row = switch(marks.row(page, "BTCUSDT"), "BTCUSDT")
    in_panel = switch(marks.pair_panel(page), "BTCUSDT")
    in_panel.click()
    expect(in_row).to_have_attribute("aria-pressed", "true")
    switch(marks.watched_row(page, "BTCUSDT"), "BTCUSDT").click()
    expect(in_row).to_have_attribute("aria-pressed", "false")
    expect(in_panel).to_have_attribute("aria-pressed", "false")
    expect(marks.watched_row(page, "BTCUSDT")).to_have_count(0)
    expect(page.locator("[data-watchlist-empty]")).to_be_visible()


def test_futures_are_watched_beside_spot_and_both_are_live(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?market=futures")
    switch(marks.row(page, "BTCUSDT", "futures"), "BTCUSDT").click()
    expect(marks.watched_row(page, "BTCUSDT", "futures")).to_be_visible()
    page.get_by_role("link", name="Spot", exact=True).click()
    switch(marks.row(page, "BTCUSDT", "spot"), "BTCUSDT").click()
    for market in ("spot", "futures"):
        watched = marks.watched_row(page, "BTCUSDT", market)
        expect(watched).to_have_attribute("data-freshness", "live", timeout=8_000)
    marks.watched_row(page, "BTCUSDT", "futures").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")


def test_a_shared_list_is_shown_and_can_be_kept(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?list=spot:SOLUSDT,futures:ETHUSDT,spot:GONEUSDT")
    expect(page.get_by_role("heading", name="Shared list")).to_be_visible()
    expect(marks.watched_row(page, "GONEUSDT")).to_contain_text("not listed")
    page.get_by_role("button", name="Keep as a new list").click()
    expect(page).not_to_have_url(re.compile("list="))
    expect(page.get_by_role("heading", name="Shared list")).to_be_visible()
    expect(marks.watched_row(page, "SOLUSDT")).to_be_visible()
    expect(marks.watched_row(page, "ETHUSDT", "futures")).to_be_visible()
