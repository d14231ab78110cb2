"""What the page shows beside what the exchange says, once trading stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import requests
from playwright.sync_api import Page

from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until

# Every row and level in the window, as text. One look, so that it is of one moment.
LOOK = """() => {
  const text = (root, name) => root.querySelector(`[data-field=${name}]`)?.textContent ?? "";
  const isSeen = (element) => {
    const { top, bottom, height } = element.getBoundingClientRect();
    return height > 0 && bottom > 0 && top < innerHeight;
  };
  const rows = [...document.querySelectorAll("[data-row]"), document.querySelector("#pair")];
  return {
    prices: rows.filter(isSeen).map((row) => [
      row.dataset.market, row.dataset.symbol, text(row, "price"), row.dataset.freshness,
    ]),
    book: Object.fromEntries(["bid", "ask"].map((side) => [
      side,
      [...document.querySelectorAll(`#book [data-side=${side}]:not([data-empty])`)]
        .map((level) => [text(level, "price"), text(level, "quantity")]),
    ])),
  };
}"""


@dataclass(frozen=True)
class Truth:
    """What the exchange says: last prices by market and symbol, and one pair's whole book."""

    prices: dict[tuple[str, str], Decimal]
    book: dict[str, list[tuple[Decimal, Decimal]]]

    @classmethod
    def of(cls, exchange: ExchangeProcess, market: str, symbol: str) -> Truth:
        book = exchange.control.book(symbol, market)
        return cls(
            {**_last_prices(exchange, "spot"), **_last_prices(exchange, "futures")},
            {
                side: [(Decimal(price), Decimal(quantity)) for price, quantity in book[levels]]
                for side, levels in (("bid", "bids"), ("ask", "asks"))
            },
        )

    def wrong_figures(self, shown: dict[str, Any]) -> list[str]:
        return [*self._wrong_prices(shown["prices"]), *self._wrong_levels(shown["book"])]

    def _wrong_prices(self, rows: list[list[str]]) -> Iterator[str]:
        for market, symbol, price, freshness in rows:
            true = self.prices.get((market, symbol))
            if _number(price) != true or freshness == "stale":
                yield f"{market} {symbol}: {price} ({freshness}) is shown, and {true} is true"

    def _wrong_levels(self, book: dict[str, list[list[str]]]) -> Iterator[str]:
        for side, shown in book.items():
            levels = [(_number(price), _number(quantity)) for price, quantity in shown]
            true = self.book[side][: len(levels)]
            if not levels or levels != true:
                yield f"{side}s: {levels[:3]}… are shown, and {true[:3]}… are true"


def expect_the_truth(page: Page, exchange: ExchangeProcess, within_seconds: float = 8) -> None:
    """Stop all trading, and wait until each shown figure equals the exchange's.

    Trading stands still afterwards, so that soon all is rightly stale.
    """
    exchange.control.freeze()
    panel = page.locator("[data-panel=pair]")
    truth = Truth.of(
        exchange, str(panel.get_attribute("data-market")), str(panel.get_attribute("data-symbol"))
    )
    wrong: list[str] = ["the page was not looked at"]

    def is_true() -> bool:
        wrong[:] = truth.wrong_figures(page.evaluate(LOOK))
        return not wrong

    try:
        wait_until(is_true, "all figures are the exchange's", within_seconds)
    except AssertionError:
        raise AssertionError("\n".join(wrong)) from None


def _last_prices(exchange: ExchangeProcess, market: str) -> dict[tuple[str, str], Decimal]:
    url = {
        "spot": f"{exchange.urls.spot}/api/v3/ticker/24hr",
        "futures": f"{exchange.urls.futures}/fapi/v1/ticker/24hr",
    }[market]
    tickers = requests.get(url, timeout=30).json()
    return {(market, ticker["symbol"]): Decimal(ticker["lastPrice"]) for ticker in tickers}


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
