"""Streams that fall silent: the page says so, greys what it cannot vouch for, and recovers."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from tests.exchange.process import ExchangeProcess

FOUND_WITHIN_MS = 16_000
BACK_WITHIN_MS = 20_000


def opacity(cell: Locator) -> float:
    return float(cell.evaluate("(element) => getComputedStyle(element).opacity"))


def test_a_silent_stream_greys_the_rows_and_blanks_none(
    visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = visitor.open(url)
    marks.expect_live(page)
    bitcoin, book = marks.row(page, "BTCUSDT"), marks.book(page)
    expect(bitcoin).to_have_attribute("data-freshness", "live")
    expect(book).to_have_attribute("data-freshness", "live")

    exchange.control.fault("silent")
    expect(bitcoin).to_have_attribute("data-freshness", "stale", timeout=FOUND_WITHIN_MS)
    expect(book).to_have_attribute("data-freshness", "stale", timeout=FOUND_WITHIN_MS)
    expect(marks.connection(page)).to_have_attribute(
        "data-connection", re.compile("stale|down"), timeout=FOUND_WITHIN_MS
    )
    expect(marks.connection(page)).not_to_have_text("Live")
    price = marks.field(bitcoin, "price")
    expect(price).to_have_text(re.compile(r"^[\d,]+\.\d\d$"))
    assert opacity(price) < 0.7
    capture(page, "desktop-stale")

    exchange.control.clear()
    expect(bitcoin).to_have_attribute("data-freshness", "live", timeout=BACK_WITHIN_MS)
    expect(book).to_have_attribute("data-freshness", "live", timeout=BACK_WITHIN_MS)
    marks.expect_live(page)
    assert opacity(price) == 1


def test_dropped_connections_come_back_by_themselves(
    troubled_visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = troubled_visitor.open(url)
    marks.expect_live(page)
    assert exchange.control.drop() > 0
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))
    expect(marks.connection(page)).to_have_attribute(
        "data-connection", "live", timeout=BACK_WITHIN_MS
    )
