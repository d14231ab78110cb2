"""The page with JavaScript off: list, filter, sort, choose, watch."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import marks
from tests.browser.conftest import Visitor


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
