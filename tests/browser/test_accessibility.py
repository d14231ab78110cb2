"""For everyone: no violation of WCAG 2.2 AA that a machine can find, in any state of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import marks
from tests.browser.axe import violations
from tests.browser.conftest import Visitor
from tests.browser.test_looks import SIZES
from tests.exchange.process import ExchangeProcess

NO_MATCH = "zzzz"
# All rows are made alike: looking through a few takes a tenth of the time.
FEW = "BTC"
SOME = "RA"  # some fifty pairs: some are up and some are down


@dataclass
class Findings:
    """What is found in each state that a test leads the page through, told at its end."""

    page: Page
    found: list[str] = field(default_factory=list)

    def look(self, state: str) -> None:
        self.found += [f"{state}: {violation}" for violation in violations(self.page)]

    def are_none(self) -> None:
        assert not self.found, "\n".join(self.found)


def open_live(visitor: Visitor, url: str) -> Page:
    page = visitor.open(url)
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    return page


def choose(settings: Locator, group: str, choice: str) -> None:
    settings.get_by_role("group", name=group).get_by_role("radio", name=choice).check()


def menu(page: Page, action: str) -> None:
    page.get_by_role("button", name="List actions").click()
    page.get_by_role("menuitem", name=action).click()


def test_no_look_of_the_live_page_has_a_violation(troubled_visitor: Visitor, url: str):
    page = open_live(troubled_visitor, f"{url}?q={FEW}")
    page.get_by_role("button", name="Watch BTCUSDT").first.click()
    findings = Findings(page)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    page.get_by_role("button", name="Settings").click()
    settings = page.get_by_role("dialog", name="Settings")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        choose(settings, "Colours", "Green up")
        choose(settings, "Contrast", "System")
        findings.look(f"{scheme}, settings open")
        choose(settings, "Colours", "Red up")
        findings.look(f"{scheme}, reversed colours")
        choose(settings, "Contrast", "High")
        findings.look(f"{scheme}, high contrast")
    findings.are_none()


def test_no_list_view_or_filter_has_a_violation(troubled_visitor: Visitor, url: str):
    page = open_live(troubled_visitor, f"{url}?market=futures")
    findings = Findings(page)
    findings.look("futures")
    page.goto(f"{url}?market=futures&q={SOME}")
    marks.expect_live(page)
    for view in ("Gainers", "Losers", "Volume", "New highs", "New lows"):
        page.get_by_role("navigation", name="Views").get_by_role("link", name=view).click()
        expect(page.locator("[data-view][aria-current]")).to_have_text(view)
        if view in ("Gainers", "Losers", "Volume"):
            expect(marks.table_rows(page)).not_to_have_count(0)
        findings.look(view)
    marks.picker(page).fill(NO_MATCH)
    expect(page.locator("[data-picker-none]")).to_be_visible()
    findings.look("picker with no match")
    marks.picker(page).press("Escape")
    expect(marks.table_rows(page)).to_have_count(0)
    findings.look("table with no match")
    marks.picker(page).fill("")
    expect(page.get_by_role("option").first).to_be_visible()
    findings.look("picker empty")
    marks.picker(page).fill("btc")
    expect(page.get_by_role("option", name=re.compile("BTCUSDT")).first).to_be_visible()
    findings.look("picker with results")
    findings.are_none()


def test_no_menu_dialog_or_panel_has_a_violation(troubled_visitor: Visitor, url: str):
    page = open_live(troubled_visitor, f"{url}?pair=ETHUSDT&q=ETH")
    findings = Findings(page)
    page.get_by_role("button", name="Watch ETHUSDT").first.click()
    findings.look("undo line")
    page.get_by_role("button", name="List actions").click()
    findings.look("list menu")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Move ETHUSDT").click()
    findings.look("menu of a row")
    page.keyboard.press("Escape")
    for action in ("New list…", "Rename…", "Share a link…", "Import…", "Export…"):
        menu(page, action)
        expect(page.get_by_role("dialog")).to_be_visible()
        findings.look(action)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator(".related-help summary").click()
    findings.look("related help")
    page.get_by_role("button", name="Keys and help").click()
    findings.look("keys and help")
    page.keyboard.press("Escape")
    page.locator("[data-chart-toggle]").click()
    findings.look("chart toggled")
    page.locator("[data-latency-toggle]").click()
    page.locator("[data-book-cost] [name=amount]").fill("x")
    findings.look("latency and a wrong amount")
    findings.are_none()


def test_no_alert_has_a_violation(troubled_visitor: Visitor, url: str, exchange: ExchangeProcess):
    page = open_live(troubled_visitor, f"{url}?pair=SOLUSDT&q=SOL")
    findings = Findings(page)
    page.get_by_role("button", name="Set an alert on SOLUSDT").click()
    form = page.get_by_role("dialog")
    expect(form.locator("[data-alert-now]")).to_contain_text("Now")
    findings.look("alert form")
    form.get_by_role("textbox", name="Price").fill("x")
    form.get_by_role("button", name="Set alert").click()
    findings.look("alert form with an error")
    form.get_by_role("textbox", name="Price").fill("99999")
    form.get_by_role("button", name="Set alert").click()
    expect(page.locator("[data-alert]")).to_have_count(1)
    findings.look("armed alert")
    exchange.control.set_price("SOLUSDT", 120_000)  # "about": it goes on moving
    fired = page.get_by_role("list", name="Fired").get_by_role("listitem")
    expect(fired).to_have_count(1)
    findings.look("fired alert")
    exchange.control.reset()
    findings.are_none()


def test_no_odd_address_has_a_violation(troubled_visitor: Visitor, url: str):
    """A pair that nobody lists, and a link's list with a pair that is gone, come with a 404."""
    page = troubled_visitor.open(f"{url}?pair=NOSUCHUSDT")
    findings = Findings(page)
    for address in ("?pair=NOSUCHUSDT", "?list=spot:ETHUSDT,spot:GONEUSDT&name=Mine", "?list=x"):
        page.goto(f"{url}{address}&q={FEW}")
        marks.expect_live(page)
        findings.look(address)
    page.goto(f"{url}/no-such-page")
    findings.look("404")
    findings.are_none()


def test_no_outage_has_a_violation(troubled_visitor: Visitor, url: str, exchange: ExchangeProcess):
    page = open_live(troubled_visitor, f"{url}?q={FEW}")
    findings = Findings(page)
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("link", name="Futures").click()
    expect(page.locator("[data-notice]")).to_contain_text("This server does not answer")
    findings.look("server away")
    exchange.control.listening(False)
    expect(page.locator("[data-line-notice]")).to_be_visible()
    findings.look("server and Binance away")
    exchange.control.listening(True)
    findings.are_none()


def test_the_phone_has_no_violation(browser: Browser, url: str):
    context = browser.new_context(**SIZES["phone"], service_workers="block")
    page = open_live(Visitor(context), f"{url}?q={FEW}")
    findings = Findings(page)
    findings.look("phone")
    page.get_by_role("button", name="Keys and help").click()
    findings.look("keys and help on the phone")
    context.close()
    findings.are_none()


def test_the_page_without_javascript_has_no_violation(troubled_visitor: Visitor, url: str):
    """axe is JavaScript itself: the page's own scripts are kept away instead."""
    page = troubled_visitor.context.new_page()
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(url)
    findings = Findings(page)
    findings.look("no script")
    findings.are_none()
