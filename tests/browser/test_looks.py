"""How the page looks: screenshots in ``var/screens/`` to be judged, and what can be measured."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture

WATCHED = (
    "spot:BTCUSDT,spot:ETHUSDT,futures:BTCUSDT,spot:SOLUSDT,futures:XRPUSDT,spot:币安人生USDT,"
    "spot:GONEUSDT"
)
PHONE = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "wide": {"viewport": {"width": 2560, "height": 1440}},
    "tablet": {"viewport": {"width": 900, "height": 1100}},
    "phone": {"viewport": {"width": 390, "height": 844}, **PHONE},
}
OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const isTooWide = (element) => element.getBoundingClientRect().right > width + 0.5;
  const wide = [...document.body.querySelectorAll("*")].filter(isTooWide);
  return wide.map((element) => element.outerHTML.slice(0, 90));
}"""
LAYOUT_SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 400);
})"""


def open_with_a_watchlist(browser: Browser, url: str, options: dict[str, Any]) -> Page:
    context = browser.new_context(**options, service_workers="block")
    context.add_cookies([{"name": "watchlist", "value": quote(WATCHED, safe=""), "url": url}])
    page = context.new_page()
    page.goto(url)
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    expect(page.locator("[data-trade]:not([data-empty])").nth(7)).to_be_attached()
    return page


@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_captured(browser: Browser, url: str, size: str):
    page = open_with_a_watchlist(browser, url, SIZES[size])
    schemes: tuple[Literal["dark", "light"], ...] = ("dark", "light")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.evaluate("scrollTo(0, 0)")
        capture(page, f"{size}-{scheme}")
        if size == "phone":
            page.locator("#markets").evaluate("(element) => element.scrollIntoView()")
            capture(page, f"{size}-{scheme}-markets")
            page.locator("#book").evaluate("(element) => element.scrollIntoView()")
            capture(page, f"{size}-{scheme}-book")
    assert page.evaluate(OVERFLOWING) == []
    page.context.close()


@pytest.mark.parametrize("market", ["spot", "futures"])
def test_nothing_is_wider_than_the_window(visitor: Visitor, url: str, market: str):
    page = visitor.open(f"{url}?market={market}")
    marks.expect_live(page)
    for width in (360, 479, 480, 719, 720, 1159, 1160, 1759, 1760, 2560):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(OVERFLOWING) == [], f"at {width} px"


def test_live_values_do_not_shift_the_page(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    marks.expect_price_to_move(marks.pair_panel(page))
    assert page.evaluate(LAYOUT_SHIFT) < 0.01


def test_on_a_phone_a_pair_pressed_far_down_is_brought_into_view(browser: Browser, url: str):
    page = browser.new_context(**SIZES["phone"], service_workers="block").new_page()
    page.goto(url)
    marks.expect_live(page)
    page.locator("#markets [data-row]").nth(120).get_by_role("link").tap()
    expect(marks.pair_panel(page)).to_be_in_viewport()
    expect(marks.pair_panel(page)).not_to_have_attribute("data-symbol", "BTCUSDT")
    page.context.close()


def test_states_are_captured(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?market=futures&sort=change")
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    capture(page, "desktop-futures")
    page.keyboard.press("/")
    page.keyboard.type("bt")
    expect(page.locator("#find-options").get_by_role("option").nth(3)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("q=bt"))
    capture(page, "desktop-picker")
