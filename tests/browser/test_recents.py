"""The pairs that were opened last, remembered by the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.support.waiting import wait_until

KEPT = """() => JSON.parse(localStorage.getItem("marketdeck:recents:v1") ?? "[]")"""


def expect_kept(page: Page, *keys: str) -> None:
    wait_until(lambda: page.evaluate(KEPT) == list(keys), f"{keys} are kept")


def test_pairs_that_were_opened_are_kept_newest_first_but_not_the_first_visits_own(
    visitor: Visitor, url: str
):
    page = visitor.open(url)
    marks.expect_live(page)
    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect_kept(page, "spot:ETHUSDT")
    page.get_by_role("link", name="Futures").click()
    marks.row(page, "SOLUSDT", "futures").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "SOLUSDT")
    assert page.evaluate(KEPT)[0] == "futures:SOLUSDT"

    other = visitor.open(f"{url}?market=spot&pair=XRPUSDT")
    expect(marks.pair_panel(other)).to_have_attribute("data-symbol", "XRPUSDT")
    wait_until(lambda: page.evaluate(KEPT)[:2] == ["spot:XRPUSDT", "futures:SOLUSDT"], "both tabs")
