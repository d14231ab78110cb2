"""Finding a pair with a finger: a sheet under the box, clear of the on-screen keyboard."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from tests.browser.marks import box

KEYBOARD_PX = 300


@pytest.fixture
def context_options() -> dict[str, Any]:
    return {
        "viewport": {"width": 360, "height": 740},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    }


@pytest.fixture
def page(visitor: Visitor, url: str) -> Page:
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    return page


def popup(page: Page) -> Locator:
    return page.locator("[data-picker-popup]")


def options(page: Page) -> Locator:
    return page.locator("#find-options").get_by_role("option")


def test_a_tap_opens_a_sheet_as_wide_as_the_page_with_room_for_fingers(page: Page):
    marks.picker(page).tap()
    sheet = box(popup(page))
    assert (sheet["x"], sheet["width"]) == (0, 360)
    assert sheet["y"] >= box(marks.picker(page))["y"] + box(marks.picker(page))["height"]
    for option in options(page).all():
        assert box(option)["height"] >= 44
        star = box(option.locator("[data-picker-star]"))
        assert min(star["width"], star["height"]) >= 44
    size = marks.picker(page).evaluate("(input) => parseFloat(getComputedStyle(input).fontSize)")
    assert size >= 16, "smaller, and the phone zooms in"
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        capture(page, f"phone-{scheme}-picker")
    marks.picker(page).press_sequentially("btc")
    expect(options(page).first).to_contain_text("BTCUSDT")
    capture(page, "phone-dark-picker-btc")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_tap_chooses_and_lets_the_on_screen_keyboard_go(page: Page):
    marks.picker(page).tap()
    marks.picker(page).press_sequentially("sol")
    options(page).nth(1).tap()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "SOLUSDT")
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    expect(marks.picker(page)).not_to_be_focused()
    expect(popup(page)).to_be_hidden()


def test_a_tap_on_a_star_watches_and_the_sheet_stays(page: Page):
    marks.picker(page).tap()
    option = options(page).nth(2)
    symbol = option.get_attribute("data-symbol") or ""
    option.locator("[data-picker-star]").tap()
    expect(marks.watched_row(page, symbol)).to_be_attached()
    expect(popup(page)).to_be_visible()
    expect(marks.picker(page)).to_be_focused()


def test_a_tap_outside_closes_and_touches_nothing_else(page: Page):
    marks.picker(page).tap()
    below = box(popup(page))["y"] + box(popup(page))["height"] + 30
    page.touchscreen.tap(180, min(below, 730))
    expect(popup(page)).to_be_hidden()
    expect(marks.picker(page)).not_to_be_focused()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "BTCUSDT")


def test_the_sheet_ends_above_the_on_screen_keyboard(page: Page):
    marks.picker(page).tap()
    page.evaluate(
        """(height) => {
          Object.defineProperty(visualViewport, "height", { get: () => innerHeight - height });
          visualViewport.dispatchEvent(new Event("resize"));
        }""",
        KEYBOARD_PX,
    )
    sheet = box(popup(page))
    assert sheet["y"] + sheet["height"] <= 740 - KEYBOARD_PX
    last = options(page).last
    last.scroll_into_view_if_needed()
    assert box(last)["y"] + box(last)["height"] <= 740 - KEYBOARD_PX
    for _ in options(page).all():
        page.keyboard.press("ArrowDown")
    expect(last).to_have_attribute("aria-selected", "true")
    assert box(last)["y"] + box(last)["height"] <= 740 - KEYBOARD_PX


def test_the_page_behind_does_not_scroll_under_a_finger(page: Page):
    marks.picker(page).tap()
    session = page.context.new_cdp_session(page)
    for y in (690, 300):  # on the page behind, and on the sheet
        session.send(
            "Input.synthesizeScrollGesture",
            {"x": 180, "y": y, "yDistance": -400, "gestureSourceType": "touch"},
        )
        assert page.evaluate("scrollY") == 0
