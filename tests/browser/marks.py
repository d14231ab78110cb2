"""The page's parts, found by the marks that CONTRACT.md names."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

FIRST_PRICE_WITHIN_MS = 8_000


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


def expect_live(page: Page, within_ms: float = FIRST_PRICE_WITHIN_MS) -> None:
    expect(connection(page)).to_have_attribute("data-connection", "live", timeout=within_ms)


def expect_price_to_move(part: Locator) -> None:
    """The part's price becomes another than it is now."""
    price = field(part, "price")
    before = price.inner_text()
    expect(price).not_to_have_text(before, timeout=FIRST_PRICE_WITHIN_MS)
