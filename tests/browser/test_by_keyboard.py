"""All that a mouse can do on the page, done by keyboard alone, with the focus always in sight."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture

HAS_ONE_STOP = """(table) => [
    ...document.querySelectorAll(`${table} :is(a, button, td, th)`)]
  .filter((element) => element.tabIndex >= 0 && element.checkVisibility()).length === 1"""
PLACE = """() => {
  const { activeElement } = document;
  const [cell, row] = [activeElement.closest("td, th"), activeElement.closest("tr")];
  return [row?.dataset.symbol ?? (row && "head"), cell?.className.replace("c-", "")];
}"""
ROWS_ARE_NUMBERED = """() => [...document.querySelectorAll("#pairs tbody tr")]
  .every((row, place) => Number(row.ariaRowIndex) === place + 2)"""
# Marks the element that has the focus, and tells what is wrong with how it is seen.
VISIT = """async () => {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const element = document.activeElement;
  element.dataset.visited = "";
  const isRadio = element.type === "radio";  // one stop for its whole group
  for (const radio of isRadio ? document.getElementsByName(element.name) : []) {
    radio.dataset.visited = "";
  }
  const name = element.outerHTML.slice(0, 90);
  const shown = [element, element.closest("label"), element.closest("tr"), element.parentElement];
  const isFramed = shown.some((one) => {
    const { outlineStyle, outlineWidth } = one ? getComputedStyle(one) : {};
    return outlineStyle === "solid" && parseFloat(outlineWidth) >= 2;
  });
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const there = document.elementFromPoint(x, y);
  const isSeen = Boolean(there) && (element.contains(there) || there.contains(element)
    || there.closest("label")?.contains(element) || element.closest("tr")?.contains(there));
  return { name, isFramed, isSeen };
}"""
NOT_VISITED = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((element) => element.tabIndex >= 0 && !element.disabled && element.dataset.visited !== ""
    && element.checkVisibility({ visibilityProperty: true }))
  .map((element) => element.outerHTML.slice(0, 90))"""
STOPS_MAX = 120
PART_WIDTHS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "zoomed": {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2},
    "zoomed-more": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
}


def open_live(visitor: Visitor, url: str) -> Page:
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    return page


def expect_place(page: Page, symbol: str, column: str) -> None:
    marks.wait_for(page, f"(place) => String(({PLACE})()) === place", arg=f"{symbol},{column}")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(STOPS_MAX):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


@pytest.mark.parametrize("size", PART_WIDTHS)
def test_tab_leads_to_everything_and_the_focus_is_always_in_sight(
    browser: Browser, url: str, size: str
):
    context = browser.new_context(**PART_WIDTHS[size], service_workers="block")
    page = Visitor(context).open(url)
    marks.expect_live(page)
    expect(page.locator("[data-related-facts]")).to_be_visible()
    faults = []
    for _ in range(STOPS_MAX):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate("document.activeElement.id") == "find":
            page.keyboard.press("Escape")  # its list opens over what comes next
        seen = page.evaluate(VISIT)
        if not (seen["isFramed"] and seen["isSeen"]):
            faults.append(seen)
    left = page.evaluate(NOT_VISITED)
    context.close()
    assert (faults, left) == ([], [])


def test_the_table_is_a_grid_of_one_tab_stop_walked_by_arrow_keys(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    grid = page.get_by_role("grid", name="USDT pairs of Binance's spot market")
    expect(grid.get_by_role("gridcell").first).to_be_attached()
    marks.wait_for(page, HAS_ONE_STOP, arg="#pairs")
    tab_to(page, marks.row(page, "BTCUSDT").get_by_role("link"))
    expect_place(page, "BTCUSDT", "symbol")
    for key, symbol, column in (
        ("ArrowDown", "ETHUSDT", "symbol"),
        ("ArrowRight", "ETHUSDT", "price"),
        ("End", "ETHUSDT", "volume"),
        ("ArrowRight", "ETHUSDT", "volume"),
        ("Home", "ETHUSDT", "watch"),
        ("Control+Home", "head", "watch"),
        ("ArrowUp", "head", "watch"),
        ("ArrowRight", "head", "symbol"),
        ("ArrowDown", "BTCUSDT", "symbol"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(PLACE) == [symbol, column], key
    page.keyboard.press("PageDown")
    expect(marks.row(page, "BTCUSDT").get_by_role("link")).not_to_be_focused()
    page.keyboard.press("PageUp")
    expect(marks.row(page, "BTCUSDT").get_by_role("link")).to_be_focused()
    page.keyboard.press("Control+End")
    expect(marks.table_rows(page).last.locator(".c-volume")).to_be_focused()
    expect(marks.table_rows(page).last.locator(".c-volume")).to_be_in_viewport()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(marks.table_rows(page).last.locator(".c-volume")).to_be_focused()
    assert page.evaluate(HAS_ONE_STOP, "#pairs")


def test_rows_far_from_view_are_part_of_the_grid_too(visitor: Visitor, url: str):
    last = marks.table_rows(open_live(visitor, url)).last.get_attribute("data-symbol")
    page = open_live(visitor, f"{url}?pair={last}")
    expect(marks.table_rows(page).locator("[role=cell]")).to_have_count(0)
    expect(marks.row(page, str(last)).locator("[tabindex='0']")).to_have_count(1)
    assert page.evaluate(HAS_ONE_STOP, "#pairs")


def test_the_stop_is_the_chosen_pairs_in_a_table_that_has_come(visitor: Visitor, url: str):
    place = 45  # below what is seen, and drawn by the browser all the same
    symbol = marks.table_rows(open_live(visitor, url)).nth(place).get_attribute("data-symbol")
    page = open_live(visitor, f"{url}?pair={symbol}")
    stop = marks.row(page, str(symbol)).locator("[tabindex='0']")
    expect(stop).to_have_count(1)
    page.evaluate("document.querySelector('#markets').dataset.old = ''")
    page.locator("#table-views a").first.click()
    expect(page.locator("#markets:not([data-old])")).to_be_attached()
    expect(stop).to_have_count(1)


def test_the_grid_sorts_opens_and_watches_and_keeps_the_focus(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    tab_to(page, marks.row(page, "BTCUSDT").get_by_role("link"))
    for key in ("ArrowUp", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(marks.heading(page, "Price")).to_have_attribute("aria-sort", "descending")
    expect_place(page, "head", "price")

    page.keyboard.press("ArrowDown")
    symbol = page.evaluate(PLACE)[0]
    expect(page.locator("[data-order-held]")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", symbol)
    expect_place(page, symbol, "price")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(marks.watched_row(page, symbol)).to_be_visible()
    expect(marks.row(page, symbol).locator(".star")).to_be_focused()
    assert page.evaluate(HAS_ONE_STOP, "#watchlist table")
    page.keyboard.press("j")
    assert page.evaluate(PLACE) != [symbol, "watch"]
    assert page.evaluate(PLACE)[1] == "symbol"


def test_rows_are_counted_and_numbered_in_every_view(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    table = page.locator("#markets table")
    for view in ("gainers", "", "lows"):
        page.locator(f"[data-view='{view}']").press("Enter")
        expect(page.locator("[data-view][aria-current]")).to_have_attribute("data-view", view)
        marks.wait_for(page, ROWS_ARE_NUMBERED)
        assert table.get_attribute("aria-rowcount") == str(marks.table_rows(page).count() + 1)
    # The view's rows come and go with the prices: the count goes with them.
    marks.wait_for(
        page,
        """() => Number(document.querySelector("#markets table").ariaRowCount)
          === document.querySelectorAll("#pairs tbody tr").length + 1""",
    )


def test_a_pair_is_found_watched_ordered_and_charted_by_keys_alone(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    page.keyboard.press("/")
    page.keyboard.type("ethusdt")
    expect(page.get_by_role("option").first).to_contain_text("ETHUSDT")
    page.keyboard.press("Enter")
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")

    start = page.get_by_role("button", name="Watch BTC, ETH and SOL")
    start.press("Enter")
    expect(marks.watched_row(page, "BTCUSDT").get_by_role("link")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#watchlist [data-row]").nth(1)).to_have_attribute("data-symbol", "BTCUSDT")
    expect(marks.watched_row(page, "BTCUSDT").get_by_role("link")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="Move BTCUSDT")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#watchlist [data-row]").nth(2)).to_have_attribute("data-symbol", "BTCUSDT")
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Move to top").press("Enter")
    expect(page.locator("#watchlist [data-row]").first).to_have_attribute("data-symbol", "BTCUSDT")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(marks.watched_row(page, "BTCUSDT")).to_have_count(0)
    assert page.evaluate(PLACE)[0] in ("ETHUSDT", "SOLUSDT")
    page.keyboard.press("Control+z")
    expect(marks.watched_row(page, "BTCUSDT")).to_be_visible()

    page.get_by_role("button", name="List actions").press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("Majors")
    page.keyboard.press("Enter")
    expect(page.locator("[data-list-choice]")).to_contain_text("Majors")
    page.locator("[name=chart-interval][value='1h']").press("ArrowLeft")
    expect(page.locator("[name=chart-interval][value='30m']")).to_be_checked()
    book_step = page.locator("[data-book-step]")
    before = book_step.input_value()
    book_step.press("ArrowDown")
    expect(book_step).not_to_have_value(before)
    page.get_by_role("button", name="Settings").press("Enter")
    tab_to(page, page.get_by_role("radio", name="System").first)
    page.keyboard.press("ArrowRight")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Settings")).to_be_focused()
    page.keyboard.press("a")
    form = page.get_by_role("dialog", name="New alert")
    expect(form).to_be_visible()
    form.get_by_role("textbox", name="Price").press_sequentially("99999")
    page.keyboard.press("Enter")
    expect(page.locator("[data-alert]")).to_have_count(1)


def test_the_question_mark_shows_all_keys_and_the_focus_returns(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    link = marks.row(page, "ETHUSDT").get_by_role("link")
    link.focus()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys and help")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Where do the prices come from?")
    capture(page, "keys-and-help")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(link).to_be_focused()
    button = page.get_by_role("button", name="Keys and help")
    button.press("Enter")
    page.get_by_label("Keys of a single character").press("Space")
    sheet.get_by_role("button", name="Close").press("Enter")
    expect(button).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(button).to_be_focused()
    expect(sheet).to_be_hidden()
    page.reload()
    page.keyboard.press("/")
    expect(marks.picker(page)).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(marks.picker(page)).to_be_focused()


def test_p_says_the_chosen_pairs_price_in_one_sentence(visitor: Visitor, url: str):
    page = open_live(visitor, f"{url}?pair=SOLUSDT")
    said = page.locator("[data-said]")
    expect(said).to_have_text("")
    page.keyboard.press("p")
    expect(said).to_have_text(
        re.compile(r"^SOL/USDT on spot: [\d.,]+ USDT, (up|down) [\d.]+% in 24 hours\. Live\.$")
    )


def test_live_prices_do_not_flood_a_screen_reader(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    row = marks.row(page, "BTCUSDT")
    expect(page.locator("#chart")).to_have_attribute("data-freshness", "live")
    expect(page.locator("[data-chart-note]")).to_be_hidden()
    said = page.evaluate(
        """() => new Promise((resolve) => {
          const said = [];
          const watch = new MutationObserver((records) => {
            for (const { target } of records) {
              const element = target.nodeType === 1 ? target : target.parentElement;
              const region = element?.closest("[aria-live], [role=log], [role=status], output");
              if (region && region.ariaLive !== "off") said.push(region.outerHTML.slice(0, 120));
            }
          });
          watch.observe(document, { subtree: true, childList: true, characterData: true });
          setTimeout(() => resolve(said), 10_000);
        })"""
    )
    marks.expect_price_to_move(row)
    assert said == []


@pytest.mark.parametrize("size", ["zoomed", "zoomed-more"])
def test_zoom_and_wider_letters_cut_nothing_off(browser: Browser, url: str, size: str):
    context = browser.new_context(**PART_WIDTHS[size], service_workers="block")
    page = open_live(Visitor(context), url)
    page.get_by_role("button", name="Watch BTCUSDT").first.click()
    widest = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(widest) == 0
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();  // WCAG 1.4.12
          sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
            word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    cut = page.evaluate(
        """() => [...document.querySelectorAll("#desk [data-field], .connection span")]
          .filter((element) => element.checkVisibility())
          .filter((element) => getComputedStyle(element).overflowX !== "visible"
            && element.scrollWidth > element.clientWidth + 1)
          .map((element) => element.outerHTML.slice(0, 90))"""
    )
    overflow = page.evaluate(widest)
    capture(page, f"{size}-and-spaced")
    context.close()
    assert (cut, overflow) == ([], 0)
