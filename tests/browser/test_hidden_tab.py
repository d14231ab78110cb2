"""A tab that nobody sees paints nothing, and has caught up in the frame in which it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.browser.truth import LOOK
from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until

# As a browser does it: a hidden tab gets no frames, and those it asked for when it is shown.
HIDEABLE = """() => {
  let isHidden = false;
  const asked = [];
  const request = requestAnimationFrame;
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  window.requestAnimationFrame = (callback) =>
    isHidden ? asked.push(callback) : request(callback);
  window.cost = { writes: 0, last: [], asked };
  window.hide = (hidden) => {
    isHidden = hidden;
    for (const callback of asked.splice(0)) request(callback);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  new MutationObserver((records) => {
    cost.writes += records.length;
    cost.last = records.slice(-3).map(({ type, attributeName, target }) =>
      [type, attributeName, target.nodeName, target.parentElement?.className,
       target.textContent.slice(0, 80)].join(" "));
  }).observe(document.body, {
    subtree: true, characterData: true, childList: true, attributes: true,
  });
}"""
# Nothing was written for a second; what was asked for before may still have come until then.
SETTLED = """async () => {
  const before = cost.writes;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return cost.writes === before;
}"""
# What the table shows in the first frame after the tab was shown.
SHOW = """() => new Promise((done) => {
  const prices = () => [...document.querySelectorAll("#markets [data-row]")].slice(0, 20)
    .map((row) => row.querySelector("[data-field=price]").textContent);
  const before = prices();
  hide(false);
  requestAnimationFrame(() => setTimeout(() => done({ before, after: prices() })));
})"""


@pytest.fixture
def context_options() -> dict[str, Any]:
    """A window in which twenty rows are in sight below the chart."""
    return {"viewport": {"width": 1440, "height": 1400}}


@pytest.fixture
def busy_page(visitor: Visitor, url: str, exchange: ExchangeProcess) -> Iterator[Page]:
    exchange.control.rate(2000, 400)
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect(page.locator("[data-panel=chart]")).to_have_attribute("data-freshness", "live")
    # A line that is closed while it is made is told by the browser as an error.
    expect(page.locator("#related [data-field=mark]")).to_have_attribute("data-freshness", "live")
    page.evaluate(HIDEABLE)
    yield page
    exchange.control.rate(None)


def test_a_hidden_tab_paints_nothing_and_has_caught_up_in_one_frame(
    busy_page: Page, exchange: ExchangeProcess
):
    page = busy_page
    wait_until(lambda: page.evaluate("cost.writes > 1000"), "the page paints")
    page.evaluate("hide(true)")
    marks.wait_for(page, SETTLED)  # a frame was under way, and prices were lit
    page.evaluate("cost.writes = 0")
    page.wait_for_timeout(3_000)
    writes, asked, last = page.evaluate("[cost.writes, cost.asked.length, cost.last]")
    assert writes == 0, last
    assert asked == 1

    exchange.control.freeze()
    page.wait_for_timeout(1_000)  # the last tickers are on their way
    shown = page.evaluate(SHOW)
    assert all(any(char.isdigit() for char in price) for price in shown["before"])
    moved = sum(a != b for a, b in zip(shown["before"], shown["after"], strict=True))
    assert moved >= 10, "the rows show what happened meanwhile"
    settled = [price for _, _, price, _ in page.evaluate(LOOK)["prices"][:20]]
    assert shown["after"] == settled, "and nothing was left for a later frame"
