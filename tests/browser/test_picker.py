"""Finding a pair from the keyboard: the combobox pattern, key by key.

https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from webapp.config import PROJECT_DIR

AXE = PROJECT_DIR / "node_modules" / "axe-core" / "axe.min.js"
CURSOR = "document.querySelector('#find').selectionStart"


@pytest.fixture
def page(visitor: Visitor, url: str) -> Page:
    """The markets page with both lists loaded."""
    return open_ready(visitor, url)


def open_ready(visitor: Visitor, url: str) -> Page:
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    return page


def options(page: Page) -> Locator:
    return page.locator("#find-options").get_by_role("option")


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name)


def extent(part: Locator) -> tuple[float, float]:
    """Its top and its bottom on the page, in px."""
    box = marks.box(part)
    return box["y"], box["y"] + box["height"]


def announced(page: Page) -> Locator:
    return page.locator("[data-picker-status]")


def type_into(page: Page, text: str) -> Locator:
    """Type after `/`; gives the box, whose list is open."""
    page.keyboard.press("/")
    page.keyboard.type(text)
    picker = marks.picker(page)
    expect(picker).to_have_attribute("aria-expanded", "true")
    return picker


def expect_marked(page: Page, option: Locator | None) -> None:
    """Only this option is marked, in sight, and the box says so; with None there is none."""
    picker = marks.picker(page)
    expect(picker).to_be_focused()
    selected = page.locator("#find-options [role=option][aria-selected=true]")
    if option is None:
        expect(picker).not_to_have_attribute("aria-activedescendant", re.compile("."))
        expect(selected).to_have_count(0)
        return
    expect(picker).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(selected).to_have_count(1)
    expect(option).to_be_in_viewport(ratio=0.9)


def expect_chosen(page: Page, symbol: str, market: str) -> None:
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", symbol)
    expect(marks.pair_panel(page)).to_have_attribute("data-market", market)


def expect_closed(page: Page) -> None:
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#find-options")).to_be_hidden()
    expect_marked(page, None)


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_a_key_brings_the_focus_here_and_escape_takes_it_back(page: Page, key: str):
    link = marks.row(page, "ETHUSDT").get_by_role("link")
    link.focus()
    page.keyboard.press(key)
    expect(marks.picker(page)).to_be_focused()
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect_closed(page)
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_in_a_field_slash_is_a_letter_and_control_k_still_finds(page: Page):
    page.keyboard.press("/")
    page.keyboard.type("btc/u")
    expect(marks.picker(page)).to_have_value("btc/u")
    expect(options(page).first).to_contain_text("BTCUSDT")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.type("sol")
    expect(marks.picker(page)).to_have_value("sol")


def test_slash_type_arrow_enter_opens_a_pair_of_the_other_market(page: Page):
    picker = type_into(page, "sol")
    expect(options(page).first).to_contain_text("SOLUSDT")
    expect(options(page).first).to_contain_text("Spot")
    expect(options(page).nth(1)).to_contain_text("SOLUSDT")
    expect(options(page).nth(1)).to_contain_text("Futures perp")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect_marked(page, options(page).nth(1))
    page.keyboard.press("Enter")
    expect_chosen(page, "SOLUSDT", "futures")
    expect(page).to_have_url(re.compile("market=futures&pair=SOLUSDT"))
    expect_closed(page)
    expect(picker).to_have_value("")
    expect(marks.table_rows(page).nth(400)).to_be_attached()


def test_typing_filters_the_table_and_escape_brings_it_back(visitor: Visitor, url: str):
    page = open_ready(visitor, f"{url}?market=futures&sort=price&pair=ETHUSDT")
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
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect_closed(page)
    expect(marks.picker(page)).to_have_value("doge")
    page.keyboard.press("Escape")
    expect(marks.picker(page)).to_have_value("")
    expect_closed(page)
    expect(marks.table_rows(page)).to_have_count(everything)


def test_a_pair_that_is_chosen_at_once_is_not_followed_by_a_filter(page: Page):
    """The table's filter waits for a pause; what waits is dropped when an option is taken."""
    with page.expect_response(re.compile("pair=ETHUSDT")):
        page.keyboard.press("/")
        page.keyboard.type("ethusdt")
        page.keyboard.press("Enter")
    expect_chosen(page, "ETHUSDT", "spot")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(600)  # longer than the pause
    assert [address for address in asked if "q=" in address] == []
    assert "q=" not in page.url


def test_enter_opens_the_best_match_and_a_click_opens_any(page: Page):
    marks.picker(page).press_sequentially("ethusdt")
    expect(options(page).first).to_contain_text("ETHUSDT")
    page.keyboard.press("Enter")
    expect_chosen(page, "ETHUSDT", "spot")
    marks.picker(page).press_sequentially("xrp")
    page.get_by_role("option", name="XRPUSDT").first.click()
    expect_chosen(page, "XRPUSDT", "spot")
    expect_closed(page)


def test_the_arrows_walk_the_options_round_and_round(page: Page):
    type_into(page, "eth")
    expect_marked(page, None)
    page.keyboard.press("ArrowDown")
    expect_marked(page, options(page).first)
    page.keyboard.press("ArrowUp")
    expect_marked(page, options(page).last)
    page.keyboard.press("ArrowDown")
    expect_marked(page, options(page).first)
    page.keyboard.press("PageDown")
    expect_marked(page, options(page).nth(5))
    page.keyboard.press("PageUp")
    expect_marked(page, options(page).first)


def test_the_arrows_open_a_list_that_is_closed(page: Page):
    marks.picker(page).focus()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect_marked(page, options(page).first)
    page.keyboard.press("Escape")
    expect_closed(page)
    page.keyboard.press("ArrowUp")
    expect_marked(page, options(page).last)


def test_alt_and_the_arrows_open_and_close_without_marking(page: Page):
    type_into(page, "eth")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+ArrowUp")
    expect_closed(page)
    expect(marks.picker(page)).to_have_value("eth")
    page.keyboard.press("Alt+ArrowDown")
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")
    expect_marked(page, None)


def test_the_next_letter_brings_a_scrolled_list_back_to_its_best_match(page: Page):
    page.set_viewport_size({"width": 1280, "height": 360})
    type_into(page, "us")
    options(page).last.scroll_into_view_if_needed()
    expect(options(page).first).not_to_be_in_viewport()
    for letter in "dt":
        page.keyboard.type(letter)
        expect(options(page).first).to_be_in_viewport(ratio=0.9)
        page.keyboard.press("ArrowUp")
        expect_marked(page, options(page).last)
        expect(options(page).first).not_to_be_in_viewport()


@pytest.mark.parametrize(
    ("key", "cursor"), [("Home", 0), ("End", 3), ("ArrowLeft", 2), ("ArrowRight", 3)]
)
def test_the_keys_of_a_text_field_go_back_into_it(page: Page, key: str, cursor: int):
    type_into(page, "eth")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(key)
    expect_marked(page, None)
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")
    assert page.evaluate(CURSOR) == cursor


def test_typing_and_deleting_resume_while_an_option_is_marked(page: Page):
    type_into(page, "et")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("h")
    expect_marked(page, None)
    expect(options(page).first).to_contain_text("ETHUSDT")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Backspace")
    expect_marked(page, None)
    expect(marks.picker(page)).to_have_value("et")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect_marked(page, None)


def test_tab_leaves_and_chooses_nothing(page: Page):
    type_into(page, "eth")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    picker = marks.picker(page)
    expect(picker).not_to_be_focused()
    expect(picker).to_have_attribute("aria-expanded", "false")
    expect(picker).to_have_value("eth")
    assert page.evaluate("document.activeElement.closest('#find-form')") is None
    expect_chosen(page, "BTCUSDT", "spot")


def test_the_enter_of_an_input_method_is_its_own(page: Page):
    """While it composes, Enter accepts its text and the arrows walk its own list."""
    session = page.context.new_cdp_session(page)
    picker = marks.picker(page)
    picker.focus()
    composed = {"text": "币安", "selectionStart": 2, "selectionEnd": 2}
    session.send("Input.imeSetComposition", composed)
    expect(options(page).first).to_contain_text("币安人生USDT")
    for key in ("ArrowDown", "Enter"):
        picker.evaluate(
            """(input, key) => input.dispatchEvent(
              new KeyboardEvent("keydown", { key, isComposing: true, bubbles: true }))""",
            key,
        )
    expect_marked(page, None)
    expect_chosen(page, "BTCUSDT", "spot")
    session.send("Input.insertText", {"text": "币安"})
    expect(picker).to_have_value("币安")
    page.keyboard.press("Enter")
    expect_chosen(page, "币安人生USDT", "spot")


def test_what_was_opened_last_comes_first_in_an_empty_box_and_then_what_is_popular(page: Page):
    marks.picker(page).click()
    expect(group(page, "Recent")).to_have_count(0)
    expect(group(page, "Popular").get_by_role("option").first).to_contain_text("BTCUSDT")
    for typed, symbol, market in (
        ("xrpusdt", "XRPUSDT", "spot"),
        ("ethusdt perp", "ETHUSDT", "futures"),
    ):
        marks.picker(page).fill(typed)
        page.keyboard.press("Enter")
        expect_closed(page)
        expect_chosen(page, symbol, market)
    page.keyboard.press("ArrowDown")
    recent = group(page, "Recent").get_by_role("option")
    expect(recent).to_have_count(2)
    expect(recent.first).to_contain_text("ETHUSDT Futures perp", use_inner_text=True)
    expect(recent.last).to_contain_text("XRPUSDT")
    expect_marked(page, recent.first)
    popular = group(page, "Popular").get_by_role("option")
    expect(popular.filter(has_text="XRPUSDTSpot")).to_have_count(0)
    capture(page, "desktop-picker-recent")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_chosen(page, "XRPUSDT", "spot")


def test_options_have_live_figures_of_both_markets(page: Page):
    type_into(page, "btc")
    for market, nth in (("spot", 0), ("futures", 1)):
        option = options(page).nth(nth)
        expect(option).to_have_attribute("data-market", market)
        expect(option).to_have_attribute("data-freshness", "live")
        price = option.locator(".find-price")
        expect(price).to_have_text(re.compile(r"^\d\d,\d{3}\.\d{1,2}$"))
        expect(option.locator(".find-change")).to_have_attribute(
            "data-trend", re.compile("up|down|flat")
        )
        before = price.inner_text()
        expect(price).not_to_have_text(before)


def test_the_letters_that_match_are_marked(page: Page):
    type_into(page, "btcu")
    assert options(page).first.locator("mark").all_inner_texts() == ["BTC", "U"]
    marks.picker(page).fill("dgoe")
    expect(options(page).first).to_contain_text("DOGEUSDT")
    assert options(page).first.locator("mark").all_inner_texts() == ["D", "GE"]
    line = (
        options(page)
        .first.locator("mark")
        .first.evaluate("(mark) => getComputedStyle(mark).textDecorationLine")
    )
    assert line == "underline", "and not by colour alone"


def test_typing_moves_no_option_and_leaves_no_group(page: Page):
    """What is moved is laid out anew, at the cost of a good part of a frame."""
    page.keyboard.press("/")
    expect(group(page, "Popular")).to_be_visible()
    watch = """(list) => {
        window.moved = [];
        const watcher = new MutationObserver((records) => window.moved.push(...records));
        const of = { childList: true };
        const around = list.querySelectorAll(":not([role=option], [role=option] *)");
        for (const element of [list, ...around]) watcher.observe(element, of);
    }"""
    page.locator("#find-options").evaluate(watch)
    page.keyboard.type("usdt")
    expect(options(page)).to_have_count(12)
    expect(page.locator("#find-options").get_by_role("group")).to_have_count(0)
    page.keyboard.type("zzqq")
    expect(options(page)).to_have_count(0)
    marks.picker(page).fill("")
    expect(group(page, "Popular").get_by_role("option")).to_have_count(6)
    assert page.evaluate("window.moved.length") == 0


def test_the_list_is_as_high_as_the_options_in_it(page: Page):
    for text in ("btc", "ada", "dgoe"):
        type_into(page, text)
        top, bottom = extent(page.locator("#find-options"))
        assert extent(options(page).first)[0] == top
        assert extent(options(page).last)[1] == bottom
        for _ in ("close it", "empty the box", "leave it"):
            page.keyboard.press("Escape")


def test_without_a_match_the_next_step_is_told_and_said(page: Page):
    page.keyboard.press("/")
    expect(announced(page)).to_have_text("6 pairs are suggested.")
    page.keyboard.type("zzqq")
    none = page.locator("[data-picker-none]")
    expect(none).to_contain_text("No pair is like “zzqq”. Try fewer letters")
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "false")
    expect(announced(page)).to_contain_text("No pair is like “zzqq”")
    capture(page, "desktop-picker-none")
    page.keyboard.press("Escape")
    expect(none).to_be_hidden()
    expect(announced(page)).to_have_text("")
    marks.picker(page).fill("usdt")
    expect(announced(page)).to_contain_text("pairs match; the best 12 are listed.")


def test_alt_enter_and_the_star_watch_a_pair_and_leave_the_list_open(page: Page):
    type_into(page, "sol")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+Enter")
    expect(marks.watched_row(page, "SOLUSDT")).to_be_visible()
    expect_marked(page, options(page).first)
    expect(options(page).first).to_contain_text("watched")
    expect(announced(page)).to_have_text("SOLUSDT, Spot, is now watched.")
    options(page).nth(1).locator("[data-picker-star]").click()
    expect(marks.watched_row(page, "SOLUSDT", "futures")).to_be_visible()
    page.keyboard.press("Alt+Enter")
    expect(marks.watched_row(page, "SOLUSDT")).to_have_count(0)
    expect(announced(page)).to_have_text("SOLUSDT, Spot, is no longer watched.")
    expect(options(page).first).not_to_contain_text("watched")
    expect_chosen(page, "BTCUSDT", "spot")


def test_a_window_that_gets_the_focus_back_opens_nothing(page: Page):
    type_into(page, "eth")
    page.keyboard.press("Escape")
    marks.picker(page).evaluate(
        """(input) => ["blur", "focus"].forEach((name) => input.dispatchEvent(new Event(name)))"""
    )
    expect_closed(page)


def test_axe_finds_nothing_wrong_with_the_open_picker(page: Page):
    page.evaluate(AXE.read_text())
    page.keyboard.press("/")
    for text in ("", "btc", "zzqq"):
        marks.picker(page).fill(text)
        expect(page.locator("[data-picker-popup]")).to_be_visible()
        if text == "btc":
            page.keyboard.press("ArrowDown")
            expect(page.locator("[role=option][aria-selected=true]")).to_be_visible()
        if text == "zzqq":
            expect(page.locator("[data-picker-none]")).to_be_visible()
        report = page.evaluate("axe.run('#find-form')")
        assert [broken["id"] for broken in report["violations"]] == []


def test_j_and_k_walk_the_rows(page: Page):
    second = marks.table_rows(page).nth(1)
    page.keyboard.press("j")
    expect(second.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    symbol = second.get_attribute("data-symbol") or ""
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", symbol)
    page.keyboard.press("k")
    expect(marks.table_rows(page).first.get_by_role("link")).to_be_focused()
