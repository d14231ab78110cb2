"""Symbols in any script: shown, found, chosen, watched and linked."""

from __future__ import annotations

import sys
import unicodedata
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from tests.browser.sources import lay_open
from tests.exchange.process import ExchangeProcess
from webapp.markets.fold import fold

RIGHT_TO_LEFT = ("سوق", "שקל")
OTHERS = ("रुपया", "Q\u0307BIT", "币安人生")

FOLD_ALL = """async (texts) => {
  const { fold } = await import("/sources/js/lib/fold.js");
  return texts.map(fold);
}"""


def test_the_server_and_the_scripts_fold_every_letter_alike(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?market=spot")
    lay_open(page)
    letters = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char)[0] in "LMN"
    ]
    texts = [*letters, "ΑΣΑΣ", "Straße", "BİTCOİN", "ﬁ", "\u2067سوق\u2069"]
    folded: list[str] = page.evaluate(FOLD_ALL, texts)
    assert [text for text, other in zip(texts, folded, strict=True) if fold(text) != other] == []


def left(part: Locator) -> float:
    return marks.box(part)["x"]


def expect_in_order(*parts: Locator) -> None:
    """The parts stand beside each other from left to right."""
    places = [left(part) for part in parts]
    assert places == sorted(places)


def find(page: Page, base: str) -> None:
    marks.picker(page).fill(base)
    option = page.locator(f'[role=option][data-symbol="{base}USDT"]').first
    expect(option).to_be_visible()
    option.click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", f"{base}USDT")


@pytest.mark.parametrize("base", [*RIGHT_TO_LEFT, *OTHERS])
def test_a_pair_is_found_chosen_watched_and_linked(
    visitor: Visitor, url: str, exchange: ExchangeProcess, base: str
):
    page = visitor.open(url)
    marks.expect_live(page)
    find(page, base)
    assert f"pair={quote(base + 'USDT')}" in page.url
    panel = marks.pair_panel(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    panel.get_by_role("button", name=f"Watch {base}USDT", exact=True).click()
    marks.expect_to_follow(exchange, panel, marks.watched_row(page, f"{base}USDT"))

    again = visitor.open(page.url)
    expect(marks.pair_panel(again)).to_have_attribute("data-symbol", f"{base}USDT")
    expect(marks.watched_row(again, f"{base}USDT")).to_be_visible()


@pytest.mark.parametrize("base", RIGHT_TO_LEFT)
def test_a_name_from_right_to_left_leaves_all_else_in_its_place(
    visitor: Visitor, url: str, base: str
):
    page = visitor.open(f"{url}?q={quote(base)}&pair={quote(base + 'USDT')}")
    marks.expect_live(page)
    row = marks.row(page, f"{base}USDT")
    name = row.locator("[data-pair-link]")
    expect_in_order(
        row.get_by_role("button"),
        name.locator("bdi"),
        name.locator("span"),
        marks.field(row, "price"),
        marks.field(row, "change"),
        marks.field(row, "volume"),
    )
    title = marks.pair_panel(page).locator("h2")
    expect_in_order(title.locator("bdi"), title.locator("span"))
    price = marks.field(marks.pair_panel(page), "price").inner_text()
    assert price[0].isdigit()
    assert f"\u2068{base}USDT\u2069 · Marketdeck" in page.title()
    capture(page, f"desktop-right-to-left-{RIGHT_TO_LEFT.index(base)}")


def test_names_in_all_scripts_are_captured_side_by_side(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?sort=symbol&dir=desc")
    marks.expect_live(page)
    symbols = marks.table_rows(page).evaluate_all("rows => rows.map((row) => row.dataset.symbol)")
    others = [symbol for symbol in symbols if not symbol.isascii()]
    assert others == [f"{base}USDT" for base in ("币安人生", "रुपया", "سوق", "שקל", "Q\u0307BIT")]
    capture(page, "desktop-scripts")
