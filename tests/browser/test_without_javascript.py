"""The page with JavaScript off: list, filter, sort, choose, watch."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser import marks
from tests.browser.conftest import Visitor

ROOM_FOR_ALL_COLUMNS: ViewportSize = {"width": 2560, "height": 1000}


@pytest.fixture
def context_options() -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": False}


def test_lists_filters_and_sorts(visitor: Visitor, url: str):
    page = visitor.open(url)
    assert marks.table_rows(page).count() > 400
    expect(marks.field(marks.row(page, "BTCUSDT"), "price")).to_have_text(re.compile(r"^\d"))
    marks.heading(page, "Volume").get_by_role("link").click()
    expect(page).to_have_url(re.compile("sort=volume"))
    marks.picker(page).fill("eth")
    marks.picker(page).press("Enter")
    expect(page).to_have_url(re.compile("q=eth"))
    expect(page).to_have_url(re.compile("sort=volume"))
    expect(marks.row(page, "ETHUSDT")).to_be_visible()
    expect(marks.row(page, "BTCUSDT")).to_have_count(0)


def test_chooses_a_pair_and_edits_the_watchlist(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?sort=price")
    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")
    marks.pair_panel(page).get_by_role("button", name="Watch ETHUSDT").click()
    expect(marks.watched_row(page, "ETHUSDT")).to_be_visible()
    expect(page).to_have_url(re.compile("pair=ETHUSDT.*sort=price"))
    marks.watched_row(page, "ETHUSDT").get_by_role("button", name="Watch ETHUSDT").click()
    expect(marks.watched_row(page, "ETHUSDT")).to_have_count(0)


@pytest.mark.parametrize("column", ["24 h change", "24 h low", "Range", "24 h high", "Volume USDT"])
def test_every_shown_column_sorts(visitor: Visitor, url: str, column: str):
    page = visitor.open(url)
    page.set_viewport_size(ROOM_FOR_ALL_COLUMNS)
    marks.heading(page, column).get_by_role("link").click()
    expect(marks.heading(page, column)).to_have_attribute("aria-sort", "descending")


def test_views_are_links(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?q=usdt&pair=ETHUSDT")
    page.get_by_role("link", name="Gainers", exact=True).click()
    expect(page).to_have_url(re.compile("pair=ETHUSDT&q=usdt&view=gainers"))
    expect(marks.table_rows(page)).to_have_count(50)
    first = marks.field(marks.table_rows(page).first, "change")
    expect(first).to_have_text(re.compile(r"^\+"))


def test_the_settings_are_a_form_that_leads_back(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?market=futures&view=losers")
    page.set_viewport_size(ROOM_FOR_ALL_COLUMNS)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("radio", name="Compact").check()
    page.get_by_role("checkbox", name="Volume, base asset").check()
    page.get_by_role("checkbox", name="Volume, USDT").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("market=futures&view=losers$"))
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    expect(marks.heading(page, "Base volume")).to_be_visible()
    expect(marks.heading(page, "Volume USDT")).to_have_count(0)
