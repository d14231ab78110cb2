"""Finding a pair from the keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import marks
from tests.browser.conftest import Visitor


def test_slash_type_arrow_enter_opens_a_pair_of_the_other_market(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    page.keyboard.press("/")
    picker = marks.picker(page)
    expect(picker).to_be_focused()
    page.keyboard.type("sol")
    expect(picker).to_have_attribute("aria-expanded", "true")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("SOLUSDT")
    expect(options.first).to_contain_text("Spot")

    futures_at = page.evaluate(
        """() => [...document.querySelectorAll("[role=option]")]
          .findIndex((o) => o.dataset.symbol === "SOLUSDT" && o.dataset.market === "futures")"""
    )
    for _ in range(futures_at + 1):
        page.keyboard.press("ArrowDown")
    active = picker.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "SOLUSDT")
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    expect(page).to_have_url(re.compile("market=futures&pair=SOLUSDT"))
    expect(picker).to_have_attribute("aria-expanded", "false")
    expect(marks.table_rows(page).nth(400)).to_be_attached()


def test_typing_filters_the_table_and_escape_brings_it_back(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?market=futures&sort=price&pair=ETHUSDT")
    everything = marks.table_rows(page).count()
    marks.picker(page).press_sequentially("doge")
    expect(marks.row(page, "DOGEUSDT", "futures")).to_be_visible()
    expect(marks.row(page, "BTCUSDT", "futures")).to_have_count(0)
    for part in ("q=doge", "market=futures", "sort=price", "pair=ETHUSDT"):
        expect(page).to_have_url(re.compile(part))
    expect(page.locator("[data-filter-note]")).to_contain_text(
        f"of {everything} pairs match “doge”"
    )
    expect(marks.picker(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(marks.picker(page)).to_have_value("")
    expect(marks.table_rows(page)).to_have_count(everything)


def test_enter_opens_the_best_match_and_a_click_opens_any(visitor: Visitor, url: str):
    page = visitor.open(url)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    marks.picker(page).press_sequentially("ethusdt")
    expect(page.get_by_role("option").first).to_contain_text("ETHUSDT")
    page.keyboard.press("Enter")
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")
    marks.picker(page).press_sequentially("xrp")
    page.get_by_role("option", name="XRPUSDT").first.click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "XRPUSDT")


def test_j_and_k_walk_the_rows(visitor: Visitor, url: str):
    page = visitor.open(url)
    second = marks.table_rows(page).nth(1)
    page.keyboard.press("j")
    expect(second.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    symbol = second.get_attribute("data-symbol") or ""
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", symbol)
    page.keyboard.press("k")
    expect(marks.table_rows(page).first.get_by_role("link")).to_be_focused()
