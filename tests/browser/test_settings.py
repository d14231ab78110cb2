"""The person's settings: at once, remembered, and right from the first paint."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor

PANEL_COLOUR = "getComputedStyle(document.querySelector('#markets')).backgroundColor"
UP_COLOUR = """() => {
  const cell = document.querySelector("#pairs [data-trend=up]");
  return getComputedStyle(cell).color;
}"""
FLASHES = "document.querySelectorAll('[data-flash]').length"
FLASH = f"() => {FLASHES} > 0"
NO_FLASH = f"() => {FLASHES} === 0"


def open_settings(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()


def choose(page: Page, group: str, name: str) -> None:
    page.get_by_role("group", name=group).get_by_role("radio", name=name).check()


def test_settings_count_at_once_and_the_server_paints_them_after_a_reload(
    visitor: Visitor, url: str
):
    page = visitor.open(url)
    marks.expect_live(page)
    open_settings(page)
    for group, name in (("Theme", "Light"), ("Contrast", "High"), ("Rows", "Compact")):
        choose(page, group, name)
    choose(page, "Colours of rise and fall", "Red up")
    page.get_by_role("checkbox", name="24 h high").uncheck()
    page.get_by_role("checkbox", name="Volume, base asset").check()
    page.get_by_role("checkbox", name="Prices light up").uncheck()
    root = page.locator("html")
    expected = {
        "data-theme": "light",
        "data-contrast": "more",
        "data-density": "compact",
        "data-trend-colours": "red-up",
        "data-flashes": "off",
        "data-columns": "price-1 change-2 volume-3 range-4 low-5 base-6",
    }
    for attribute, value in expected.items():
        expect(root).to_have_attribute(attribute, value)
    expect(marks.heading(page, "24 h high")).to_have_count(0)

    response = page.reload()
    assert response
    opening = re.search("<html[^>]*>", response.text())
    assert opening
    for attribute, value in expected.items():
        assert f'{attribute}="{value}"' in opening.group()
        expect(root).to_have_attribute(attribute, value)
    open_settings(page)
    expect(page.get_by_role("radio", name="Compact")).to_be_checked()
    expect(page.get_by_role("checkbox", name="24 h high")).not_to_be_checked()


def test_the_settings_close_with_escape_and_are_used_by_keyboard(visitor: Visitor, url: str):
    page = visitor.open(url)
    button = page.get_by_role("button", name="Settings")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Settings")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_quick_switch_and_the_form_are_one_setting(visitor: Visitor, url: str):
    page = visitor.open(url)
    before = page.evaluate(PANEL_COLOUR)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate(PANEL_COLOUR) != before
    open_settings(page)
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    choose(page, "Theme", "System")
    assert page.evaluate(PANEL_COLOUR) == before


def test_an_older_releases_theme_still_counts(visitor: Visitor, url: str):
    visitor.context.add_cookies([{"name": "theme", "value": "dark", "url": url}])
    page = visitor.open(url)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    open_settings(page)
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()


@pytest.mark.with_worker
def test_the_page_that_the_browser_keeps_takes_the_persons_settings(
    troubled_visitor: Visitor, url: str
):
    page = troubled_visitor.open(url)
    page.evaluate(SHELL_IS_KEPT)
    open_settings(page)
    choose(page, "Rows", "Compact")
    page.route(re.compile("/api/v1/"), lambda route: route.abort("connectionrefused"))
    page.goto(url.replace("/markets", "/markets/shell"))
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    open_settings(page)
    expect(page.get_by_role("radio", name="Compact")).to_be_checked()


def test_the_reversal_swaps_the_hues_and_keeps_sign_and_shape(visitor: Visitor, url: str):
    page = visitor.open(url)
    green = page.evaluate(UP_COLOUR)
    open_settings(page)
    choose(page, "Colours of rise and fall", "Red up")
    assert page.evaluate(UP_COLOUR) != green
    rise = page.locator("#pairs [data-trend=up]").first
    expect(rise).to_have_text(re.compile(r"^\+"))
    assert "▲" in rise.evaluate("(cell) => getComputedStyle(cell, '::before').content")


def test_more_contrast_is_taken_from_the_system(visitor: Visitor, url: str):
    page = visitor.open(url)
    page.emulate_media(color_scheme="dark", contrast="more")
    assert page.evaluate(PANEL_COLOUR) == "rgb(0, 0, 0)"


def test_in_forced_colours_the_chosen_row_and_the_shapes_stay(visitor: Visitor, url: str):
    page = visitor.open(url)
    page.emulate_media(forced_colors="active")
    row = page.locator("#pairs [aria-current=true]")
    assert row.evaluate("(row) => getComputedStyle(row).outlineStyle") == "solid"
    change = row.locator("[data-field=change]")
    assert change.evaluate("(cell) => getComputedStyle(cell, '::before').content") != "none"


def test_prices_light_up_unless_the_person_wants_calm(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    marks.wait_for(page, FLASH)
    open_settings(page)
    page.get_by_role("checkbox", name="Prices light up").uncheck()
    marks.wait_for(page, NO_FLASH)
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    assert page.evaluate(FLASHES) == 0
    page.get_by_role("checkbox", name="Prices light up").check()
    marks.wait_for(page, FLASH)
    page.emulate_media(reduced_motion="reduce")
    marks.wait_for(page, NO_FLASH)
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    assert page.evaluate(FLASHES) == 0


def test_another_tab_takes_the_change_when_it_is_looked_at(visitor: Visitor, url: str):
    first, second = visitor.open(url), visitor.open(url)
    open_settings(second)
    choose(second, "Rows", "Compact")
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(first.locator("html")).to_have_attribute("data-density", "compact")
