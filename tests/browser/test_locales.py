"""Numbers by the person's locale: the same text from the server and from the scripts."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from tests.browser.sources import lay_open
from tests.test_locales import WRITTEN
from webapp.locales import look_of, written_as
from webapp.markets.figures import compact_text, decimal_of, percent_text, price_text

# On a page that loads no script of its own: the modules come alone, with the page's facts.
WRITE_ALL = """async (asked) => {
  const { changeFigure, stepText, volumeText } = await import("/sources/js/views/figures.js");
  const { lookOf } = await import("/sources/js/lib/number-look.js");
  return {
    locale: document.documentElement.dataset.locale,
    prices: asked.prices.map(([price, step]) => stepText(price, step)),
    volumes: asked.prices.map(([price]) => volumeText(price)),
    changes: asked.changes.map((change) => changeFigure("100", change).text),
    own: lookOf(navigator.language),
  };
}"""


def some_decimal(dice: random.Random) -> str:
    digits = str(dice.randrange(10 ** dice.randrange(1, 18)))
    places = dice.randrange(0, 9)
    return f"{digits}.{dice.randrange(10**places):0{places}}" if places else digits


def some_step(dice: random.Random) -> str:
    return f"{Decimal(1).scaleb(-dice.randrange(9)):f}"


@pytest.mark.parametrize("tag", WRITTEN)
def test_the_server_and_the_scripts_write_alike(browser: Browser, url: str, tag: str):
    dice = random.Random(tag)
    prices = [(some_decimal(dice), some_step(dice)) for _ in range(200)]
    moves = [dice.randrange(-9_999, 300_000) for _ in range(100)]  # in hundredths of a per cent
    changes = [f"{Decimal(10_000 + move).scaleb(-2):f}" for move in moves]
    context = browser.new_context(locale=tag, service_workers="block")
    page = context.new_page()
    lay_open(page)
    page.goto(f"{url}/no-such-page")
    told: dict[str, Any] = page.evaluate(WRITE_ALL, {"prices": prices, "changes": changes})
    context.close()

    assert told["locale"] == tag
    with written_as(look_of(tag)):
        numbers = [(decimal_of(price), step) for price, step in prices]
        assert told["prices"] == [price_text(number, step) for number, step in numbers]
        assert told["volumes"] == [compact_text(number) for number, _ in numbers]
        assert told["changes"] == [percent_text(Decimal(move).scaleb(-2)) for move in moves]
    # With no server the browser's own data must do: it may have another apostrophe or space.
    own, known = told["own"], look_of(tag)
    assert (own["decimal"], own["digits"]) == (known.decimal, known.digits)
    assert own["sizes"] == list(known.sizes)
    assert [part.strip() for part in own["percent"]] == [part.strip() for part in known.percent]
    assert alike(own["group"]) == alike(known.group)


def alike(group: str) -> str:
    return re.sub("[\\s'’]", " ", group)


class TestAGerman:
    @pytest.fixture
    def context_options(self) -> dict[str, Any]:
        return {"viewport": {"width": 1440, "height": 900}, "locale": "de-DE"}

    def test_reads_and_types_numbers_as_at_home(self, visitor: Visitor, url: str):
        page = visitor.open(url)
        price = marks.field(marks.row(page, "BTCUSDT"), "price")
        expect(price).to_have_text(re.compile(r"^\d{1,3}(\.\d{3})*,\d\d$"))
        marks.expect_live(page)
        marks.expect_price_to_move(marks.pair_panel(page))
        expect(price).to_have_text(re.compile(r"^\d{1,3}(\.\d{3})*,\d\d$"))
        amount = page.get_by_label("Cost of a market order")
        expect(amount).to_have_attribute("placeholder", "0,5")
        amount.fill("0,05")
        cost = page.locator("[data-book-cost-result]")
        expect(cost).to_have_text(re.compile(r"^\d{1,3}(\.\d{3})*,\d+ on average · worst .*bps"))
        amount.fill("fünf")
        expect(cost).to_have_text("An amount is a number such as 0,5.")
        capture(page, "desktop-german")
