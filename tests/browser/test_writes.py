"""What the page writes while prices come: only what is seen and has changed, ten times a second."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.melt.desk import PROBE

SECONDS = 3
PAINTS_A_SECOND = 10
SHOWN_TEXTS = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const { innerHeight } = window;
  let count = 0;
  while (texts.nextNode()) {
    const { top, bottom } = texts.currentNode.parentElement.getBoundingClientRect();
    if (bottom > -300 && top < innerHeight + 300) count += 1;
  }
  return count;
}"""


def test_it_writes_what_is_seen_and_has_changed_and_nothing_else(visitor: Visitor, url: str):
    page = visitor.open(url)
    page.evaluate(PROBE)
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    page.evaluate("void (window.meltWrites = meltProbe.watchWrites())")
    page.wait_for_timeout(SECONDS * 1000)
    writes = page.evaluate("meltWrites()")
    assert writes["all"] > 0
    assert writes["all"] <= page.evaluate(SHOWN_TEXTS) * PAINTS_A_SECOND * SECONDS
    assert (writes["same"], writes["unseen"]) == (0, 0)


def test_rows_that_a_swap_has_brought_are_written_when_they_are_seen(visitor: Visitor, url: str):
    page = visitor.open(url)
    marks.expect_live(page)
    marks.heading(page, "Price").get_by_role("link").click()
    expect(page).to_have_url(re.compile("sort=price"))
    rows = marks.table_rows(page)
    expect(rows.first).not_to_have_attribute("data-warmed", "")
    expect(rows.last).to_have_attribute("data-warmed", "")
    rows.last.scroll_into_view_if_needed()
    expect(rows.last).not_to_have_attribute("data-warmed", "")
