"""The desk with everything well: rows, prices that move, a pair, its book, and the way around."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import marks
from tests.browser.conftest import Visitor


def test_a_first_visit_shows_rows_and_live_prices_with_no_choice_to_make(
    visitor: Visitor, url: str
):
    page = visitor.open(url)
    assert marks.table_rows(page).count() > 400
    marks.expect_live(page)
    bitcoin = marks.row(page, "BTCUSDT")
    expect(bitcoin).to_have_attribute("data-freshness", "live")
    marks.expect_price_to_move(bitcoin)
    expect(marks.field(bitcoin, "price")).to_have_text(re.compile(r"^\d\d?\d?,\d{3}\.\d\d$"))
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")


def test_the_chosen_pair_has_its_price_a_book_of_20_levels_a_side_and_trades(
    visitor: Visitor, url: str
):
    page = visitor.open(f"{url}?pair=ETHUSDT")
    panel, book = marks.pair_panel(page), marks.book(page)
    expect(panel).to_have_attribute("data-symbol", "ETHUSDT")
    marks.expect_price_to_move(panel)
    expect(book).to_have_attribute("data-freshness", "live")
    for side in ("bid", "ask"):
        levels = book.locator(f'[data-side="{side}"]')
        expect(levels).to_have_count(20)
        expect(marks.field(levels.nth(19), "quantity")).to_have_text(re.compile(r"^[\d,.]+$"))
    expect(marks.field(book, "spread")).to_have_text(re.compile(r"^[\d.,]+ \([\d.]+ bps\)$"))
    expect(page.locator("[data-trade]:not([data-empty])").first).to_be_visible()


def test_the_best_levels_are_in_the_right_order(visitor: Visitor, url: str):
    page = visitor.open(url)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    prices = page.evaluate(
        """() => ["bid", "ask"].map((side) =>
          [...document.querySelectorAll(`[data-side=${side}] [data-field=price]`)]
            .map((cell) => Number(cell.textContent.replaceAll(",", ""))))"""
    )
    bids, asks = prices
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]


def test_choosing_another_pair_changes_its_panels_and_the_url_and_back_works(
    visitor: Visitor, url: str
):
    page = visitor.open(url)
    marks.expect_live(page)
    page.evaluate("window.sameDocument = true")
    marks.row(page, "SOLUSDT").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "SOLUSDT")
    expect(page).to_have_url(re.compile("pair=SOLUSDT"))
    expect(marks.row(page, "SOLUSDT")).to_have_attribute("aria-current", "true")
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    # A heading pressed now must not lead back to the old pair.
    marks.heading(page, "24 h change").get_by_role("link").click()
    expect(page).to_have_url(re.compile("pair=SOLUSDT.*sort=change"))
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "SOLUSDT")

    page.go_back()
    expect(page).to_have_url(re.compile("pair=SOLUSDT$"))
    expect(marks.heading(page, "24 h change")).to_have_attribute("aria-sort", "none")
    page.go_back()
    expect(page).to_have_url(url)
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "BTCUSDT")
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    assert page.evaluate("window.sameDocument") is True


def test_sorting_and_tabs_keep_live_values_in_the_new_rows(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.row(page, "BTCUSDT")).to_have_attribute("data-freshness", "live")
    heading = marks.heading(page, "Price")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(marks.row(page, "BTCUSDT")).to_have_attribute("data-freshness", re.compile("live|quiet"))
    assert marks.table_rows(page).first.get_attribute("data-symbol") == "BTCUSDT"

    page.get_by_role("link", name="Futures").click()
    expect(page).to_have_url(re.compile("market=futures"))
    futures = marks.row(page, "BTCUSDT", "futures")
    expect(futures).to_have_attribute("data-freshness", "live", timeout=8_000)
    marks.expect_price_to_move(futures)
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    marks.expect_price_to_move(marks.pair_panel(page))


def test_of_several_pairs_pressed_in_a_row_the_last_is_shown(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    for symbol in ("SOLUSDT", "XRPUSDT", "ADAUSDT"):
        marks.row(page, symbol).get_by_role("link").click(no_wait_after=True)
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ADAUSDT")
    expect(page).to_have_url(re.compile("pair=ADAUSDT"))
    marks.expect_price_to_move(marks.pair_panel(page))
    expect(page).to_have_title(re.compile(r"^[\d.,]+ ADAUSDT"))


def test_a_pair_that_does_not_exist_is_told_in_words(troubled_visitor: Visitor, url: str):
    page = troubled_visitor.open(f"{url}?pair=NOSUCHUSDT")
    expect(marks.pair_panel(page)).to_contain_text("has no pair named NOSUCHUSDT")
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    page.get_by_role("link", name="Show the first pair").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "BTCUSDT")


def test_rows_are_written_only_while_they_are_in_view(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    far_below = marks.table_rows(page).nth(300)
    expect(far_below).to_have_attribute("data-freshness", "stale")
    far_below.scroll_into_view_if_needed()
    expect(far_below).to_have_attribute("data-freshness", re.compile("live|quiet"))


def test_the_theme_is_switched_and_remembered(visitor: Visitor, url: str):
    page = visitor.open(url)
    ground = "getComputedStyle(document.body.querySelector('.panel')).backgroundColor"
    before = page.evaluate(ground)
    page.get_by_role("button", name="Switch between light and dark").click()
    after = page.evaluate(ground)
    assert after != before
    page.reload()
    assert page.evaluate(ground) == after
