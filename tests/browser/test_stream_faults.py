"""Every fault that a stream can have, met by the page in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.browser.truth import expect_the_truth
from tests.exchange.process import ControlClient, ExchangeProcess
from tests.support.waiting import wait_until

BACK_WITHIN_MS = 25_000
# Remembers every state of the connection and every price cell that went blank.
WATCH = """() => {
  const status = document.querySelector("[data-connection]");
  window.seen = { states: [status.dataset.connection], blanks: [] };
  new MutationObserver(() => seen.states.push(status.dataset.connection))
    .observe(status, { attributeFilter: ["data-connection"] });
  new MutationObserver((records) => {
    for (const { target } of records) {
      const cell = target.parentElement?.closest("[data-row] [data-field=price]");
      const isBlank = cell && !/\\d/.test(cell.textContent);
      if (isBlank) seen.blanks.push(cell.closest("[data-row]").dataset.symbol);
    }
  }).observe(document.querySelector("#desk"), {
    subtree: true, characterData: true, childList: true,
  });
}"""

Fault = Callable[[ControlClient], object]


def drop_and_refuse(control: ControlClient, **details: object) -> None:
    control.fault("refuse", venue="spot", seconds=2, **details)
    control.drop("spot")


def close_the_port(control: ControlClient) -> None:
    control.listening(False, "spot")
    wait_until(lambda: control.counts("spot")["ws"]["open"] == 0, "nobody is connected")
    control.listening(True, "spot")


# What breaks the line, and what only breaks what comes over it.
BREAKING: dict[str, Fault] = {
    "dropped": lambda control: control.drop("spot"),
    "dropped-and-refused": drop_and_refuse,
    "dropped-and-reset": lambda control: drop_and_refuse(control, message="reset"),
    "port-closed": close_the_port,
}
BENDING: dict[str, Fault] = {
    "gap": lambda control: control.fault("gap", venue="spot", stream="*@depth*", times=2),
    "crossed": lambda control: control.fault("crossed", venue="spot", stream="*@depth*", times=1),
    "late": lambda control: control.fault("delay", venue="spot", ms=1500, seconds=4),
    "twice": lambda control: control.fault("duplicate", venue="spot", seconds=4),
    "out-of-order": lambda control: control.fault("reorder", venue="spot", seconds=4),
}


@pytest.fixture
def desk(troubled_visitor: Visitor, url: str) -> Page:
    page = troubled_visitor.open(url)
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    page.evaluate(WATCH)
    return page


@pytest.mark.parametrize("name", BREAKING)
def test_a_broken_line_is_told_and_comes_back_with_the_truth(
    name: str, desk: Page, exchange: ExchangeProcess
):
    BREAKING[name](exchange.control)
    wait_until(lambda: desk.evaluate("seen.states.length > 1"), "the page has noticed")
    _expect_well(desk)
    expect_the_truth(desk, exchange)
    assert desk.evaluate("seen.blanks") == []


@pytest.mark.parametrize("name", BENDING)
def test_messages_that_are_lost_late_or_twice_leave_nothing_wrong(
    name: str, desk: Page, exchange: ExchangeProcess
):
    BENDING[name](exchange.control)
    wait_until(lambda: _is_spent(exchange.control), "the fault has worked", 10)
    _expect_well(desk)
    expect_the_truth(desk, exchange)
    assert desk.evaluate("seen.blanks") == []


def test_an_announced_shutdown_leaves_no_gap(desk: Page, exchange: ExchangeProcess):
    before = exchange.control.counts("spot")["ws"]["attempts"]
    exchange.control.server_shutdown("spot", close_after=3)
    wait_until(
        lambda: exchange.control.counts("spot")["ws"]["attempts"] > before, "a new line is dialled"
    )
    wait_until(lambda: exchange.control.counts("spot")["ws"]["open"] == 1, "the old one is closed")
    expect_the_truth(desk, exchange)
    assert desk.evaluate("seen.states") == ["live"]
    assert desk.evaluate("seen.blanks") == []


def _is_spent(control: ControlClient) -> bool:
    return control.faults() == []


def _expect_well(page: Page) -> None:
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live", timeout=BACK_WITHIN_MS)
