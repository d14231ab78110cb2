"""The table: columns, live order, views; nothing jumps under the pointer or the focus."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from tests.browser.test_looks import LAYOUT_SHIFT, OVERFLOWING, SIZES
from tests.exchange.process import ExchangeProcess
from webapp.markets.row_html import BLOCK_ROWS

COLUMNS = {
    "price": "Price",
    "change": "24 h change",
    "move": "24 h move",
    "low": "24 h low",
    "range": "Range",
    "high": "24 h high",
    "volume": "Volume USDT",
    "base": "Base volume",
}
VIEWS = ("Gainers", "Losers", "Volume", "New highs", "New lows")
ORDER = """() => [...document.querySelectorAll("#pairs [data-row]")]
  .map((row) => row.dataset.symbol).join()"""
ORDER_IS_NOT = f"(before) => ({ORDER})() !== before"
# The numbers of a column in the rows in view, which are those that are kept up to date.
NUMBERS = """(column) => [...document.querySelectorAll("#pairs [data-row]")].slice(0, 20)
  .map((row) => row.querySelector(`[data-field=${column}]`).textContent)
  .map((text) => {
    const number = Number.parseFloat(text.replaceAll(",", "").replace("\u2212", "-"));
    return number * { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[text.at(-1)] || number;
  })"""
IS_DESCENDING = f"""(column) => {{
  const numbers = ({NUMBERS})(column);
  return numbers.length === 20 && numbers.every((n, i) => i === 0 || numbers[i - 1] >= n);
}}"""
# Far from view a block of rows is left out: it has its height all the same.
BLOCKS = """() => [...document.querySelector("#pairs").tBodies].map((block) => [
  block.rows.length,
  block.offsetHeight / document.querySelector("#pairs tbody tr").offsetHeight,
])"""
# Scrolls some frames long; how many rows were written in one of them, at most, and the ground of
# the row that was under the pointer in the last.
SCROLL_AND_WATCH = """() => new Promise((resolve) => {
  const list = document.querySelector(".table-scroll");
  const writes = [];
  const watch = new MutationObserver((records) => {
    const cells = records.map(({ target }) => target.parentElement);
    writes.push(new Set(cells.map((cell) => cell.closest("tr"))).size);
  });
  let frames = 0;
  const go = () => {
    list.scrollBy(0, 20);
    frames += 1;
    if (frames === 10) watch.observe(list, { characterData: true, subtree: true });
    if (frames < 90) return requestAnimationFrame(go);
    watch.disconnect();
    const { backgroundColor } = getComputedStyle(list.querySelector("tbody tr:hover"));
    resolve({ most: Math.max(...writes), ground: backgroundColor });
  };
  go();
})"""
# Ends when no figure has changed for a while.
COME_TO_REST = """() => new Promise((resolve) => {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(resolve, 1000);
  };
  const what = { subtree: true, childList: true, characterData: true };
  new MutationObserver(wait).observe(document.querySelector("#pairs"), what);
  wait();
})"""
# The figures of rows that a jump brings into view: before it, in its first frame, and much later.
JUMP_AND_WATCH = """() => new Promise((resolve) => {
  const list = document.querySelector(".table-scroll");
  const rows = [...list.querySelectorAll("tbody tr")];
  const figures = () => rows.slice(200, 215).map(({ textContent }) => textContent);
  const seen = [figures()];
  const go = () => {
    seen.push(figures());
    if (seen.length <= 40) return requestAnimationFrame(go);
    resolve({ before: seen[0], first: seen[1], last: seen.at(-1) });
  };
  list.scrollTo(0, 200 * rows[0].offsetHeight);
  requestAnimationFrame(go);
})"""
# By asking a row where it is, which has the browser lay out all of its block.
WATCH_LAID_OUT = """() => {
  window.laidOut = new Set();
  const ask = Element.prototype.getBoundingClientRect;
  Element.prototype.getBoundingClientRect = function () {
    if (this.matches("#pairs [data-row]")) laidOut.add(this.parentElement);
    return ask.call(this);
  };
}"""
IS_LAID_OUT_AHEAD = """() => {
  const { innerHeight, laidOut } = window;
  const blocks = [...laidOut].map((block) => block.getBoundingClientRect());
  return [1, -1].every((way) => blocks.some(({ top, bottom }) =>
    way === 1 ? top > 2 * innerHeight : bottom < -innerHeight));
}"""
# How many blocks wait to be shown, and how many did in the first frame after a swap.
LEFT_OUT = """() => [...document.querySelector("#pairs").tBodies]
  .filter((block) => getComputedStyle(block).contentVisibility === "hidden").length"""
WATCH_FIRST_FRAME = f"""() => document.addEventListener("htmx:after:swap", () =>
  requestAnimationFrame(() => {{ window.leftOut = ({LEFT_OUT})(); }}))"""
IS_LIT = """() => {
  const row = document.querySelector("#pairs tbody tr:hover");
  return getComputedStyle(row).backgroundColor !== "rgba(0, 0, 0, 0)";
}"""
A_WIDE_WINDOW: ViewportSize = {"width": 2560, "height": 1000}
ALL_COLUMNS = "columns=" + ".".join(COLUMNS)


@pytest.fixture
def wild(exchange: ExchangeProcess) -> ExchangeProcess:
    """An exchange on which prices overtake each other all the time."""
    exchange.control.rate(600, mini_ticker_period_ms=500)
    return exchange


def keep_settings(visitor: Visitor, url: str, text: str) -> None:
    value = text.replace("=", "%3D").replace("&", "%26")
    visitor.context.add_cookies([{"name": "settings", "value": value, "url": url}])


def open_live(visitor: Visitor, url: str) -> Page:
    page = visitor.open(url)
    marks.expect_live(page)
    page.mouse.move(700, 20)  # on the top bar
    return page


def order_held(page: Page) -> Locator:
    return page.get_by_role("button", name="Order held")


def test_every_column_sorts_by_live_values(visitor: Visitor, url: str, exchange: ExchangeProcess):
    keep_settings(visitor, url, ALL_COLUMNS)
    page = open_live(visitor, url)
    page.set_viewport_size(A_WIDE_WINDOW)
    for column, name in COLUMNS.items():
        heading = marks.heading(page, name)
        heading.get_by_role("link").click()
        expect(heading).to_have_attribute("aria-sort", "descending")
        page.mouse.move(700, 20)
        exchange.control.freeze()
        marks.wait_for(page, IS_DESCENDING, arg=column)
        exchange.control.freeze(frozen=False)


def test_what_htmx_serves_is_wired_in_a_table_that_it_has_brought(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    page.locator("#pairs-head [data-sort=change]").click()
    expect(page.locator("#pairs-head .c-change")).to_have_attribute("aria-sort", "descending")
    served = page.locator("[hx-get]")
    assert served.count() > 10
    expect(page.locator("[hx-get]:not([data-htmx-powered])")).to_have_count(0)


@pytest.mark.parametrize("asked_by", ["#pairs-head [data-sort=change]", "#market-tabs a >> nth=1"])
def test_a_table_that_has_come_is_first_painted_as_far_as_it_is_seen(
    visitor: Visitor, url: str, asked_by: str
):
    page = open_live(visitor, url)
    page.evaluate(WATCH_FIRST_FRAME)
    page.locator(asked_by).click()
    marks.wait_for(page, "() => window.leftOut > 0")
    marks.wait_for(page, f"() => ({LEFT_OUT})() === 0")


def test_the_order_follows_the_prices_and_the_page_does_not_shift(
    visitor: Visitor, url: str, wild: ExchangeProcess
):
    page = open_live(visitor, f"{url}?sort=range")
    page.locator(".table-scroll").evaluate("(element) => element.scrollTo(0, 3000)")
    for _ in range(3):
        marks.wait_for(page, ORDER_IS_NOT, arg=page.evaluate(ORDER))
    symbols = page.evaluate(ORDER).split(",")
    assert len(symbols) == len(set(symbols)) > 400
    assert page.locator(".table-scroll").evaluate("(element) => element.scrollTop") == 3000
    assert page.evaluate(LAYOUT_SHIFT) < 0.01
    full, rest = divmod(len(symbols), BLOCK_ROWS)
    assert page.evaluate(BLOCKS) == [*[[BLOCK_ROWS, BLOCK_ROWS]] * full, [rest, rest]]


def test_the_scrolled_list_is_not_see_through(visitor: Visitor, url: str):
    """Else browsers paint it anew in every frame that scrolls it."""
    page = open_live(visitor, url)
    colour = page.locator(".table-scroll").evaluate(
        "(element) => getComputedStyle(element).backgroundColor"
    )
    assert colour.startswith("rgb(")


def test_while_it_scrolls_a_frame_writes_few_rows_and_none_lights_up(
    visitor: Visitor, url: str, wild: ExchangeProcess
):
    page = open_live(visitor, url)
    point(page)
    marks.wait_for(page, IS_LIT)
    watched = page.evaluate(SCROLL_AND_WATCH)
    assert watched["ground"] == "rgba(0, 0, 0, 0)"
    assert 0 < watched["most"] <= 4
    marks.wait_for(page, IS_LIT)


def test_after_a_jump_the_rows_in_view_are_fresh_in_its_first_frame(
    visitor: Visitor, url: str, wild: ExchangeProcess
):
    page = open_live(visitor, url)
    price = marks.table_rows(page).nth(8).locator(".c-price")
    for _ in range(3):
        expect(price).not_to_have_text(price.inner_text())
    wild.control.freeze()
    page.evaluate(COME_TO_REST)
    seen = page.evaluate(JUMP_AND_WATCH)
    assert seen["first"] == seen["last"] != seen["before"]


def test_what_scrolling_shows_next_is_laid_out_ahead(visitor: Visitor, url: str):
    page = open_live(visitor, url)
    page.evaluate(WATCH_LAID_OUT)
    page.locator(".table-scroll").evaluate("(list) => list.scrollTo(0, list.scrollHeight / 2)")
    marks.wait_for(page, IS_LAID_OUT_AHEAD)


def test_in_the_order_of_popularity_nothing_moves(
    visitor: Visitor, url: str, wild: ExchangeProcess
):
    page = open_live(visitor, url)
    page.evaluate(
        """() => {
          window.moves = 0;
          const watch = new MutationObserver((records) => {
            const isMove = ({ addedNodes: [node] }) => node instanceof HTMLTableRowElement;
            moves += records.filter(isMove).length;
          });
          watch.observe(document.querySelector("#pairs"), { childList: true, subtree: true });
        }"""
    )
    page.wait_for_timeout(2_500)  # more than the period at which a sorted table follows
    assert page.evaluate("moves") == 0


def point(page: Page) -> None:
    marks.table_rows(page).nth(8).hover()


def focus(page: Page) -> None:
    marks.table_rows(page).nth(8).get_by_role("link").focus()


def select_text(page: Page) -> None:
    marks.table_rows(page).nth(8).evaluate("(row) => getSelection().selectAllChildren(row)")


def point_elsewhere(page: Page) -> None:
    page.mouse.move(0, 0)  # on the way to the sign, which goes as the rows are left


def press_the_sign(page: Page) -> None:
    order_held(page).click()


@pytest.mark.parametrize(
    ("enter", "leave"),
    [(point, point_elsewhere), (focus, press_the_sign), (select_text, press_the_sign)],
)
def test_rows_stay_while_somebody_is_among_them_and_catch_up_when_left(
    visitor: Visitor,
    url: str,
    wild: ExchangeProcess,
    enter: Callable[[Page], None],
    leave: Callable[[Page], None],
):
    page = open_live(visitor, f"{url}?sort=range")
    marks.expect_price_to_move(marks.pair_panel(page))
    enter(page)
    before = page.evaluate(ORDER)
    expect(order_held(page)).to_be_visible()
    if enter is point:
        capture(page, "desktop-order-held")
    page.wait_for_timeout(2_500)  # a period of following, and more
    assert page.evaluate(ORDER) == before
    leave(page)
    marks.wait_for(page, ORDER_IS_NOT, arg=before)
    expect(order_held(page)).to_be_hidden()


def test_scrolling_holds_the_order(visitor: Visitor, url: str, wild: ExchangeProcess):
    page = open_live(visitor, f"{url}?sort=range")
    page.evaluate(
        """() => {
          const list = document.querySelector(".table-scroll");
          window.scrolling = setInterval(() => list.scrollBy(0, 10), 50);
        }"""
    )
    expect(order_held(page)).to_be_visible()
    before = page.evaluate(ORDER)
    page.wait_for_timeout(2_500)  # a period of following, and more
    assert page.evaluate(ORDER) == before
    page.evaluate("clearInterval(scrolling)")
    marks.wait_for(page, ORDER_IS_NOT, arg=before)


def test_a_view_shows_its_pairs_and_keeps_the_rest_of_the_state(visitor: Visitor, url: str):
    page = open_live(visitor, f"{url}?pair=ETHUSDT")
    everything = marks.table_rows(page).count()
    all_pairs = page.get_by_role("link", name="All", exact=True)
    for name in VIEWS:
        view = page.get_by_role("link", name=name, exact=True)
        view.click()
        expect(view).to_have_attribute("aria-current", "true")
        expect(page).to_have_url(re.compile("pair=ETHUSDT&view="))
        expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")
        assert marks.table_rows(page).count() < everything
        page.go_back()
        expect(page).not_to_have_url(re.compile("view="))
        expect(all_pairs).to_have_attribute("aria-current", "true")
        expect(marks.table_rows(page)).to_have_count(everything)


def test_pairs_enter_and_leave_a_view_as_it_happens(
    visitor: Visitor, url: str, wild: ExchangeProcess
):
    page = open_live(visitor, f"{url}?view=highs")
    members = f"({ORDER})().split(',').sort().join()"
    for _ in range(2):
        marks.wait_for(
            page, f"(before) => {members} !== before", arg=page.evaluate(members), within_seconds=30
        )
    wild.control.freeze()
    # Those in view have their live values: the last price is the high.
    marks.wait_for(
        page,
        """() => {
          const live = [...document.querySelectorAll("#pairs [data-freshness=live]")];
          const text = (row, name) => row.querySelector(`[data-field=${name}]`).textContent;
          return live.every((row) => text(row, "price") === text(row, "high"));
        }""",
    )
    shown = int(page.locator("#markets table").get_attribute("aria-rowcount") or 0) - 1
    expect(marks.table_rows(page)).to_have_count(shown)
    if shown:
        marks.table_rows(page).first.get_by_role("button").click()
        expect(page.locator("#watchlist [data-row]")).to_have_count(1)


def test_a_view_without_pairs_says_so_in_words(
    visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = open_live(visitor, f"{url}?view=gainers")
    exchange.control.freeze()
    symbol = marks.table_rows(page).first.get_attribute("data-symbol")
    page.goto(f"{url}?view=losers&q={symbol}")
    expect(page.get_by_text("No pair here is down over the last 24 hours")).to_be_visible()
    page.get_by_role("link", name="Gainers", exact=True).click()
    expect(marks.table_rows(page)).to_have_count(1)
    expect(page.get_by_text("No pair here is")).to_be_hidden()


def test_a_chosen_pair_leaves_the_view_where_it_is(visitor: Visitor, url: str):
    page = open_live(visitor, f"{url}?view=volume&sort=change")
    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect(page).to_have_url(re.compile("pair=ETHUSDT&view=volume&sort=change"))
    page.get_by_role("link", name="Losers", exact=True).click()
    expect(page).to_have_url(re.compile("pair=ETHUSDT&view=losers$"))


def test_columns_give_way_one_by_one_in_a_narrow_window(visitor: Visitor, url: str):
    keep_settings(visitor, url, ALL_COLUMNS)
    page = open_live(visitor, url)
    seen = []
    for width in (2560, 1440, 1200, 360):
        page.set_viewport_size({"width": width, "height": 800})
        cells = marks.row(page, "BTCUSDT").locator("[data-field]")
        shown = [name for name in COLUMNS if cells.and_(page.locator(f".c-{name}")).is_visible()]
        heads = [name for name in COLUMNS if page.locator(f"thead .c-{name}").first.is_visible()]
        assert heads == shown
        assert page.evaluate(OVERFLOWING) == []
        seen.append(shown)
    assert seen[0] == list(COLUMNS)
    assert all(set(fewer) <= set(more) for more, fewer in pairwise(seen))
    assert seen[-1] == ["price", "change", "volume"]


THEMES: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark"},
    "light": {"color_scheme": "light"},
    "dark-contrast": {"color_scheme": "dark", "contrast": "more"},
    "light-contrast": {"color_scheme": "light", "contrast": "more"},
    "forced": {"forced_colors": "active"},
}


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_themes_are_captured(browser: Browser, url: str, size: str):
    context = browser.new_context(**SIZES[size], service_workers="block")
    page = context.new_page()
    page.goto(f"{url}?view=gainers")
    marks.expect_live(page)
    marks.table_rows(page).nth(2).get_by_role("link").click()
    expect(page.locator("#pairs [aria-current=true]")).to_have_count(1)
    for name, media in THEMES.items():
        page.emulate_media(**{"contrast": "no-preference", "forced_colors": "none", **media})
        page.locator("#markets").evaluate("(element) => element.scrollIntoView()")
        capture(page, f"{size}-table-{name}")
        page.get_by_role("button", name="Settings").click()
        capture(page, f"{size}-settings-{name}")
        page.keyboard.press("Escape")
    context.close()
