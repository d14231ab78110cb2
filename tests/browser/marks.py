"""The page's parts, found by the marks that CONTRACT.md names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until

FIRST_PRICE_WITHIN_MS = 20_000  # on a busy machine; how soon it comes is measured elsewhere
# The stand-in's prices of these become others every few seconds; those of others may stand still
# for half a minute, as prices do.
RESTLESS = ("BTCUSDT", "ETHUSDT", "ADAUSDT")


def row(page: Page, symbol: str, market: str = "spot") -> Locator:
    """The pair's row in the markets table."""
    return page.locator(f"#markets {row_mark(symbol, market)}")


def watched_row(page: Page, symbol: str, market: str = "spot") -> Locator:
    return page.locator(f"[data-panel=watchlist] {row_mark(symbol, market)}")


def row_mark(symbol: str, market: str) -> str:
    return f'[data-row][data-symbol="{symbol}"][data-market="{market}"]'


def table_rows(page: Page) -> Locator:
    return page.locator("#markets [data-row]")


def field(part: Locator, name: str) -> Locator:
    return part.locator(f'[data-field="{name}"]').first


def prices_and_quantities(rows: Locator) -> list[tuple[Decimal, Decimal]]:
    """What stands in the rows of an order book or of the trades."""
    texts = rows.evaluate_all(
        """(rows) => rows.map((row) => ["price", "quantity"].map((name) =>
             row.querySelector(`[data-field=${name}]`).textContent.replaceAll(",", "")))"""
    )
    return [(Decimal(price), Decimal(quantity)) for price, quantity in texts]


def heading(page: Page, name: str) -> Locator:
    """A column's heading in the markets table."""
    return page.locator("#markets").get_by_role("columnheader", name=name)


def pair_panel(page: Page) -> Locator:
    return page.locator("[data-panel=pair]")


def book(page: Page) -> Locator:
    return page.locator("[data-panel=order-book]")


def picker(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find a pair")


def connection(page: Page) -> Locator:
    return page.get_by_role("status")


def source_line(page: Page) -> Locator:
    return page.locator("[data-symbols-source]")


def box(part: Locator) -> dict[str, float]:
    """Where it is seen, in px: x, y, width and height."""
    expect(part).to_be_visible()
    found = part.bounding_box()
    assert found
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def expect_live(page: Page, within_ms: float = FIRST_PRICE_WITHIN_MS) -> None:
    expect(connection(page)).to_have_attribute("data-connection", "live", timeout=within_ms)


def expect_price_to_move(part: Locator) -> None:
    """The price of a part, which shows a restless pair, becomes another than it is now."""
    assert part.get_attribute("data-symbol") in RESTLESS, "else set the price: expect_to_follow"
    price = field(part, "price")
    before = price.inner_text()
    expect(price).not_to_have_text(before, timeout=FIRST_PRICE_WITHIN_MS)


def expect_to_follow(exchange: ExchangeProcess, *parts: Locator) -> None:
    """The parts, which show the same pair, follow when the exchange trades it at another price."""
    first = parts[0]
    before = field(first, "price").inner_text()
    symbol, venue = (first.get_attribute(f"data-{name}") or "" for name in ("symbol", "market"))
    exchange.control.set_price(symbol, 1.01 * float(before.replace(",", "")), venue)
    for part in parts:
        expect(part).to_have_attribute("data-symbol", symbol)
        expect(field(part, "price")).not_to_have_text(before, timeout=FIRST_PRICE_WITHIN_MS)
        expect(part).to_have_attribute("data-freshness", "live")


def wait_for(page: Page, script: str, arg: Any = None, within_seconds: float = 30) -> None:
    """The script comes true in the page.

    Playwright's own `wait_for_function` has the page evaluate a string, which our policy forbids.
    """
    wait_until(lambda: page.evaluate(script, arg), f"it is true that {script}", within_seconds)
