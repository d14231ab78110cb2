"""Steps back and forward through what was shown, also while an answer is still awaited."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.support.waiting import wait_until

COUNT_ENDED = """() => {
  window.ended = [];
  document.addEventListener("htmx:finally:request", ({ detail }) =>
    ended.push(detail.ctx.request.action));
}"""
HAS_ENDED = "(part) => ended.some((url) => url.includes(part))"


def hold(page: Page, address: str | re.Pattern[str]) -> list[Route]:
    """The requests for an address, which nobody answers until they are continued."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


def expect_one(page: Page, held: list[Route]) -> None:
    # Only while it is asked something does Playwright tell of requests.
    wait_until(lambda: page.title() and held, "the page has asked")


def filter_by_text(page: Page) -> None:
    marks.picker(page).press_sequentially("doge")


def press_a_pair(page: Page) -> None:
    marks.row(page, "DOGEUSDT", "futures").get_by_role("link").click()


def press_a_heading_twice(page: Page) -> None:
    """The second press waits for the first one's answer."""
    marks.heading(page, "24 h change").get_by_role("link").dblclick()


ASKED = {
    "q=doge": filter_by_text,
    "pair=DOGEUSDT": press_a_pair,
    "sort=change": press_a_heading_twice,
}


@pytest.mark.parametrize(
    ("ending", "is_late"),
    [(Route.continue_, False), (Route.abort, True)],
    ids=["answered-before-the-page-of-the-step", "lost-after-it"],
)
def test_what_was_asked_before_a_step_back_changes_nothing_after_it(
    troubled_visitor: Visitor, url: str, ending: Callable[[Route], None], is_late: bool
):
    page = troubled_visitor.open(url)
    marks.expect_live(page)
    page.get_by_role("link", name="Futures").click()
    expect(page).to_have_url(re.compile("market=futures"))
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    futures = page.url
    page.evaluate(COUNT_ENDED)
    for asked, ask in ASKED.items():
        held, steps = hold(page, re.compile(rf"/markets\?.*{asked}")), hold(page, url)
        ask(page)
        expect_one(page, held)

        page.go_back()
        expect_one(page, steps)
        if is_late:
            steps.pop().continue_()
            expect(marks.pair_panel(page)).to_have_attribute("data-market", "spot")
        ending(held.pop())
        marks.wait_for(page, HAS_ENDED, arg=asked)
        assert page.url == url
        while steps:
            steps.pop().continue_()
        expect(marks.row(page, "BTCUSDT")).to_be_visible()
        expect(marks.pair_panel(page)).to_have_attribute("data-market", "spot")
        expect(marks.heading(page, "24 h change")).to_have_attribute("aria-sort", "none")

        page.unroute_all()
        page.go_forward()
        expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
        assert page.url == futures


@pytest.mark.parametrize("pauses_ms", [0, 400], ids=["before-it-is-sent", "after-it-was-sent"])
def test_a_text_in_the_box_is_no_filter_of_the_entry_that_one_steps_back_to(
    troubled_visitor: Visitor, url: str, pauses_ms: int
):
    page = troubled_visitor.open(url)
    marks.expect_live(page)
    page.clock.install()
    page.get_by_role("link", name="Futures").click()
    expect(page).to_have_url(re.compile("market=futures"))
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    marks.picker(page).press_sequentially("doge")
    expect(page.locator("#find-options").get_by_role("option").first).to_contain_text("DOGE")
    page.clock.run_for(pauses_ms)
    if pauses_ms:
        expect(page).to_have_url(re.compile("q=doge"))
        expect(marks.row(page, "BTCUSDT", "futures")).to_have_count(0)

    page.go_back()
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "spot")
    expect(marks.picker(page)).to_have_value("")
    page.clock.run_for(2_000)
    expect(marks.row(page, "BTCUSDT")).to_be_visible()
    assert page.url == url
