"""The order book's panel: its levels, groups, sums and costs beside the exchange's own book."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until

Levels = list[tuple[Decimal, Decimal]]


@pytest.fixture
def page(visitor: Visitor, url: str) -> Page:
    page = visitor.open(f"{url}?pair=ETHUSDT")
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    return page


def true_side(exchange: ExchangeProcess, name: str) -> Levels:
    book = exchange.control.book("ETHUSDT")
    return [(Decimal(price), Decimal(quantity)) for price, quantity in book[name]]


def shown(page: Page, side: str) -> Levels:
    rows = marks.book(page).locator(f'[data-side="{side}"]:not([data-empty])')
    return marks.prices_and_quantities(rows)


def expect_the_true_book(page: Page, exchange: ExchangeProcess) -> None:
    """Stop all trading, and wait until the shown levels are the exchange's."""
    exchange.control.freeze()
    bids, asks = true_side(exchange, "bids"), true_side(exchange, "asks")
    wait_until(
        lambda: shown(page, "bid") == bids[:20] and shown(page, "ask") == asks[:20],
        "the book is the exchange's",
    )


def grouped(levels: Levels, step: Decimal, rounding: str) -> Levels:
    groups: dict[Decimal, Decimal] = {}
    for price, quantity in levels:
        group = (price / step).to_integral_value(rounding) * step
        groups[group] = groups.get(group, Decimal()) + quantity
    return list(groups.items())


def group_by(page: Page, label: str) -> None:
    page.get_by_label("Group by").select_option(label=label)


def test_twenty_or_fifty_levels_a_side_are_the_exchanges_own(page: Page, exchange: ExchangeProcess):
    expect_the_true_book(page, exchange)
    assert [len(shown(page, side)) for side in ("bid", "ask")] == [20, 20]
    page.get_by_role("button", name="50 levels a side").click()
    assert shown(page, "bid") == true_side(exchange, "bids")[:50]
    assert shown(page, "ask") == true_side(exchange, "asks")[:50]
    page.get_by_role("button", name="50 levels a side").click()
    assert [len(shown(page, side)) for side in ("bid", "ask")] == [20, 20]


def test_groups_add_up_and_are_remembered_for_their_pair(page: Page, exchange: ExchangeProcess):
    labels = page.get_by_label("Group by").locator("option").all_inner_texts()
    assert labels[:7] == ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]
    group_by(page, "0.5")
    page.reload()
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect(page.get_by_label("Group by")).to_have_value("0.5")
    exchange.control.freeze()
    step = Decimal("0.5")
    bids = grouped(true_side(exchange, "bids"), step, ROUND_FLOOR)
    asks = grouped(true_side(exchange, "asks"), step, ROUND_CEILING)

    def is_true() -> bool:
        ours = shown(page, "bid"), shown(page, "ask")
        return all(ours) and ours == (bids[: len(ours[0])], asks[: len(ours[1])])

    wait_until(is_true, "the groups are the exchange's levels, added up")
    exchange.control.freeze(False)
    marks.row(page, "BTCUSDT").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "BTCUSDT")
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect(page.get_by_label("Group by")).to_have_value("0.01")


def test_spread_and_cost_are_what_the_book_says(page: Page, exchange: ExchangeProcess):
    expect_the_true_book(page, exchange)
    asks, bids = true_side(exchange, "asks"), true_side(exchange, "bids")
    gap, middle = asks[0][0] - bids[0][0], (asks[0][0] + bids[0][0]) / 2
    spread = marks.book(page).locator('[data-field="spread"]').inner_text()
    assert spread.startswith(f"{gap:,.2f} (")
    bps = Decimal(spread.split("(")[1].split(" ")[0])
    assert abs(bps - gap / middle * 10_000) < Decimal("0.01")

    amount = sum(quantity for _, quantity in asks[:5]) - asks[4][1] / 2
    page.get_by_label("Cost of a market order").fill(str(amount))
    total = sum(price * quantity for price, quantity in asks[:4]) + asks[4][0] * asks[4][1] / 2
    expect(page.locator("#book-cost-result")).to_contain_text("on average")
    text = page.locator("#book-cost-result").inner_text().replace(",", "")
    assert f"{total:.2f} USDT" in text
    assert f"worst {asks[4][0]:.2f}" in text
    assert f"{total / amount:.4f} on average" in text

    page.get_by_label("Buy or sell").select_option("sell")
    page.get_by_label("Unit of the amount").select_option("quote")
    page.get_by_label("Cost of a market order").fill(str(bids[0][0] * bids[0][1] / 2))
    expect(page.locator("#book-cost-result")).to_contain_text(f"worst {bids[0][0]:,.2f}")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("abc", "An amount is a number such as 0.5."),
        ("0", "An amount is a number such as 0.5."),
        ("-1", "An amount is a number such as 0.5."),
        ("1e5", "An amount is a number such as 0.5."),
        ("99999999999", "More than the known book:"),
        ("", "Type an amount."),
    ],
)
def test_an_amount_that_makes_no_sense_is_answered_and_stays(page: Page, typed: str, answer: str):
    field = page.get_by_label("Cost of a market order")
    field.fill(typed)
    expect(page.locator("#book-cost-result")).to_contain_text(answer)
    field.press("Enter")
    expect(field).to_have_value(typed)


def test_quantities_are_told_in_either_asset(page: Page, exchange: ExchangeProcess):
    expect_the_true_book(page, exchange)
    price, quantity = true_side(exchange, "bids")[0]
    page.get_by_label("Quantities in").select_option("USDT")
    assert shown(page, "bid")[0] == (price, round(price * quantity, 2))
    page.reload()
    expect(page.get_by_label("Quantities in")).to_have_value("quote")


def test_a_book_that_lost_a_message_says_so_until_it_is_right_again(
    page: Page, exchange: ExchangeProcess
):
    exchange.control.fault("latency", endpoint="depth", ms=9000)
    exchange.control.fault("gap", venue="spot", stream="*@depth*", times=1)
    note = page.locator("[data-book-note]")
    expect(note).to_contain_text("esyncing")
    expect(marks.book(page)).not_to_have_attribute("data-freshness", "live")
    exchange.control.clear()  # the snapshot that was asked for comes now
    expect(note).to_be_hidden()
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect_the_true_book(page, exchange)


def test_when_this_server_gives_no_snapshot_the_browser_asks_binance(
    troubled_visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = troubled_visitor.context.new_page()
    page.route("**/api/v1/depth/**", lambda route: route.fulfill(status=503, body="{}"))
    page.goto(f"{url}?pair=ETHUSDT")
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect_the_true_book(page, exchange)
