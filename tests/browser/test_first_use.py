"""What is not needed at first is loaded when it is first used, and no key is lost meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor
from tests.support.site import Site
from tests.support.waiting import wait_until

pytestmark = pytest.mark.with_worker

LATER = re.compile(r"/js/later/([\w-]+)/")
WATCHED = "spot:BTCUSDT,spot:ETHUSDT"


@pytest.fixture
def context_options() -> dict[str, Any]:
    """So narrow that the chart is not shown."""
    return {"viewport": {"width": 1100, "height": 800}}


class Gate:
    """Keeps the requests for a part's code back until it is opened."""

    def __init__(self, page: Page, part: str) -> None:
        self._page = page
        self._kept: list[Route] = []
        self._is_open = False
        page.route(f"**/js/later/{part}/**", self._asked)

    @property
    def is_asked(self) -> bool:
        self._page.evaluate("0")  # only meanwhile does Playwright tell of requests
        return bool(self._kept)

    def open(self) -> None:
        self._is_open = True
        for route in self._kept:
            route.continue_()

    def _asked(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self._kept.append(route)


def opened(visitor: Visitor, url: str) -> Page:
    """A page whose requests no service worker answers."""
    visitor.context.add_init_script("delete Navigator.prototype.serviceWorker")
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    return page


def watching(visitor: Visitor, url: str) -> Page:
    cookie = {"name": "watchlist", "value": quote(WATCHED, safe=""), "url": url}
    visitor.context.add_cookies([cookie])  # type: ignore[list-item]
    return opened(visitor, url)


def symbols(rows: Locator) -> list[str]:
    found: list[str] = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.symbol)")
    return found


def latency(page: Page) -> Locator:
    return page.locator("[data-latency-toggle]")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_each_part_is_loaded_when_it_is_first_used_and_not_before(visitor: Visitor, url: str):
    page = visitor.open("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(LATER.findall(request.url)))
    with page.expect_request(re.compile("/later/related/")):
        page.goto(url)
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    assert set(asked) == {"related"}

    seen = {"related"}
    list_actions = page.get_by_role("button", name="List actions")
    uses: dict[str, Callable[[], None]] = {
        "picker": lambda: page.keyboard.press("/"),
        "book-cost": page.get_by_label("Cost of a market order").focus,
        "latency": latency(page).click,
        "lists": list_actions.hover,
        "table": marks.heading(page, "Price").get_by_role("link").click,
    }
    for part, use in uses.items():
        with page.expect_request(re.compile(f"/later/{part}/")):
            use()
        assert set(asked) - seen == {part}
        seen.add(part)


def test_what_is_typed_and_pressed_before_the_pickers_code_is_there_is_done_when_it_is(
    visitor: Visitor, url: str
):
    page = opened(visitor, url)
    gate = Gate(page, "picker")
    press(page, "/")
    expect(marks.picker(page)).to_be_focused()
    page.keyboard.type("sol")
    press(page, "ArrowDown", "ArrowDown")
    wait_until(lambda: gate.is_asked, "the code is asked for")
    expect(marks.picker(page)).to_have_value("sol")
    gate.open()
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")
    marked = page.locator("#find-options [aria-selected=true]")
    expect(marked).to_contain_text("SOLUSDT")
    expect(marked).to_contain_text("Futures perp")
    press(page, "Escape")
    expect(page).to_have_url(re.compile("q=sol"))


def test_enter_that_comes_before_the_pickers_code_takes_the_best_match(visitor: Visitor, url: str):
    page = opened(visitor, url)
    gate = Gate(page, "picker")
    press(page, "Control+k")
    page.keyboard.type("doge")
    press(page, "Enter")
    wait_until(lambda: gate.is_asked, "the code is asked for")
    gate.open()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "DOGEUSDT")
    expect(marks.picker(page)).to_have_value("")
    expect(page).not_to_have_url(re.compile("q=doge"))


def test_escape_leads_back_to_where_one_was_before_the_pickers_code_came(
    visitor: Visitor, url: str
):
    page = opened(visitor, url)
    link = marks.row(page, "ETHUSDT").get_by_role("link")
    link.focus()
    gate = Gate(page, "picker")
    press(page, "/", "Escape", "Escape")
    wait_until(lambda: gate.is_asked, "the code is asked for")
    gate.open()
    expect(link).to_be_focused()
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "false")


def test_who_has_left_the_box_before_its_code_comes_is_not_called_back(visitor: Visitor, url: str):
    page = opened(visitor, url)
    gate = Gate(page, "picker")
    press(page, "/")
    link = marks.row(page, "ETHUSDT").get_by_role("link")
    link.focus()
    wait_until(lambda: gate.is_asked, "the code is asked for")
    with page.expect_response(re.compile("picker/picker.js")):
        gate.open()
    expect(link).to_be_focused()
    expect(page.locator("#find-options")).to_be_hidden()
    press(page, "/")
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")


def test_out_of_reach_of_its_code_the_box_filters_the_table(troubled_visitor: Visitor, url: str):
    page = opened(troubled_visitor, url)
    page.route("**/js/later/picker/**", lambda route: route.abort("connectionrefused"))
    marks.picker(page).press_sequentially("doge")
    expect(marks.row(page, "BTCUSDT")).to_have_count(0)
    expect(marks.row(page, "DOGEUSDT")).to_be_visible()
    page.unroute("**/js/later/picker/**")
    press(page, "u")
    expect(marks.picker(page)).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("option").first).to_contain_text("DOGEUSDT")


def test_a_row_is_moved_by_the_first_key_and_the_first_edit_is_undone(visitor: Visitor, url: str):
    page = watching(visitor, url)
    rows = page.locator("#watchlist-body [data-row]")
    gate = Gate(page, "lists")
    marks.watched_row(page, "ETHUSDT").locator("[data-grip]").press("ArrowUp")
    wait_until(lambda: gate.is_asked, "the code is asked for")
    assert symbols(rows) == ["BTCUSDT", "ETHUSDT"]
    gate.open()
    wait_until(lambda: symbols(rows) == ["ETHUSDT", "BTCUSDT"], "the row is moved")
    press(page, "Control+z")
    wait_until(lambda: symbols(rows) == ["BTCUSDT", "ETHUSDT"], "and goes back")


def test_an_edit_before_the_code_of_lists_is_there_is_told_and_undone_when_it_is(
    visitor: Visitor, url: str
):
    page = watching(visitor, url)
    gate = Gate(page, "lists")
    marks.row(page, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT").click()
    expect(marks.watched_row(page, "XRPUSDT")).to_be_visible()
    press(page, "Control+z")
    wait_until(lambda: gate.is_asked, "the code is asked for")
    expect(marks.watched_row(page, "XRPUSDT")).to_be_visible()
    gate.open()
    expect(marks.watched_row(page, "XRPUSDT")).to_have_count(0)
    expect(page.locator("[data-undo-line]")).to_contain_text("Undone")


def test_a_menu_opens_by_the_press_that_came_before_its_code(visitor: Visitor, url: str):
    page = opened(visitor, url)
    gate = Gate(page, "lists")
    page.get_by_role("button", name="List actions").click()
    wait_until(lambda: gate.is_asked, "the code is asked for")
    gate.open()
    expect(page.get_by_role("menuitem", name="New list")).to_be_focused()


def test_a_part_that_cannot_be_loaded_says_so_and_is_there_at_the_next_try(
    troubled_visitor: Visitor, url: str
):
    page = opened(troubled_visitor, url)
    page.route("**/js/later/**", lambda route: route.abort("connectionrefused"))
    latency(page).click()
    expect(latency(page)).to_contain_text("this server does not answer")
    amount = page.get_by_label("Cost of a market order")
    amount.fill("0.5")
    result = page.locator("[data-book-cost-result]")
    expect(result).to_contain_text("this server does not answer")
    page.unroute("**/js/later/**")
    latency(page).click()
    expect(latency(page)).to_contain_text("p95")
    amount.fill("0.6")
    expect(result).to_contain_text("off the middle")


def test_parts_that_were_never_used_work_when_the_server_is_gone(
    troubled_visitor: Visitor, own_site: Site
):
    page = troubled_visitor.open(f"{own_site.url}/markets")
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    page.evaluate(SHELL_IS_KEPT)
    own_site.stop()

    press(page, "/")
    page.keyboard.type("eth")
    expect(page.get_by_role("option").first).to_contain_text("ETHUSDT")
    press(page, "Enter")
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    page.get_by_label("Cost of a market order").fill("0.5")
    expect(page.locator("[data-book-cost-result]")).to_contain_text("off the middle")
    latency(page).click()
    expect(latency(page)).to_contain_text("Latency")
    expect(latency(page)).to_have_attribute("aria-pressed", "true")
    marks.row(page, "ETHUSDT").get_by_role("button", name="Watch ETHUSDT").click()
    expect(page.locator("[data-undo-line]")).to_contain_text("added to")
    page.get_by_role("link", name="Gainers").click()
    loaded = "performance.getEntriesByType('resource')"
    marks.wait_for(page, f"{loaded}.some(({{ name }}) => name.includes('/later/table/'))")
