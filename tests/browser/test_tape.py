"""The last trades: those of the exchange, each in a row of its own; and what is out of sight."""

from __future__ import annotations

from decimal import Decimal

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until

ROWS = 30
BUSY = 1_000  # updates a second of all pairs: the book has some in each tenth of a second
SECONDS = 3
PAINTS_UNSEEN = 2  # a second: once, and when a list has come or a line has changed
PAINTS_SEEN_MIN = 4  # a second, of ten: a busy machine has fewer

# When the panel's texts are written, in times: a painting's writes come to the observer together.
COUNT_PAINTS = """(panel) => {
  window.paints = 0;
  const observer = new MutationObserver(() => (window.paints += 1));
  observer.observe(panel, { subtree: true, characterData: true, childList: true });
}"""
FOLLOW_THE_NEWEST = """() => new Promise((done) => {
  const rows = () => [...document.querySelectorAll("[data-trade]")];
  let newest = null, text = "";
  const look = setInterval(() => {
    const place = rows().indexOf(newest);
    if (place > 0) {
      clearInterval(look);
      done({ before: text, after: newest.textContent });
    } else {
      newest = rows()[0];
      text = newest.textContent;
    }
  }, 10);
})"""


@pytest.fixture
def busy_exchange(exchange: ExchangeProcess) -> ExchangeProcess:
    exchange.control.rate(BUSY)
    return exchange


def true(exchange: ExchangeProcess) -> list[tuple[Decimal, Decimal]]:
    asked = {"symbol": "BTCUSDT", "limit": str(ROWS)}
    answer = requests.get(f"{exchange.urls.spot}/api/v3/aggTrades", asked, timeout=5).json()
    return [(Decimal(trade["p"]), Decimal(trade["q"])) for trade in reversed(answer)]


def paints(page: Page) -> int:
    page.evaluate("window.paints = 0")
    page.wait_for_timeout(SECONDS * 1000)
    return int(page.evaluate("window.paints"))


def test_the_tape_is_the_exchanges_and_a_trade_goes_down_it_with_its_row(
    visitor: Visitor, url: str, busy_exchange: ExchangeProcess
):
    page = visitor.open(url)
    page.locator("#trades").scroll_into_view_if_needed()
    tape = page.locator("[data-trade]:not([data-empty])")
    expect(tape).to_have_count(ROWS)
    followed = page.evaluate(FOLLOW_THE_NEWEST)
    assert followed["after"] == followed["before"]
    busy_exchange.control.freeze()
    wait_until(
        lambda: marks.prices_and_quantities(tape) == true(busy_exchange),
        "the tape is the exchange's",
    )


@pytest.mark.usefixtures("busy_exchange")
def test_a_book_out_of_sight_is_written_once_a_second(visitor: Visitor, url: str):
    page = visitor.open(url)
    page.set_viewport_size({"width": 1440, "height": 320})
    book = marks.book(page)
    expect(book).not_to_be_in_viewport()
    expect(book).to_have_attribute("data-freshness", "live")
    book.evaluate(COUNT_PAINTS)
    assert 0 < paints(page) <= PAINTS_UNSEEN * SECONDS
    book.scroll_into_view_if_needed()
    assert paints(page) >= PAINTS_SEEN_MIN * SECONDS
