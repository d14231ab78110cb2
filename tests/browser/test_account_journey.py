"""From signing up to a list of one's own and out again, with scripts and without."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import marks
from tests.browser.axe import violations
from tests.browser.conftest import SHELL_IS_KEPT, Visitor, capture
from tests.browser.test_looks import OVERFLOWING
from tests.exchange.keys import demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.support.listener import refresh
from tests.support.site import Site
from tests.support.waiting import wait_until

LISTS_EVERY_MS = 300_000
PASSWORD = "blue kettle on the stove"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TESTNET_ONLY = "LUNCUSDT"  # on a break on the mainnet, so that it is not in the public list
NEW_ON_MAINNET = "BRANDNEWUSDT"
CODE = re.compile(r"\b\w{4}-\w{4}\b")
KEPT_SYMBOLS = """() => Object.entries(localStorage)
  .filter(([key]) => key.startsWith("marketdeck:symbols:"))"""
KEPT_BY_THE_WORKER = """async () => {
  const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = await Promise.all(stores.map((cache) => cache.keys()));
  return requests.flat().map(({ url }) => new URL(url).pathname);
}"""

Look = Callable[[Page, str], None]


def an_address() -> str:
    return f"{secrets.token_hex(6)}@example.org"


class Served(Protocol):
    """A site at the address that a visitor knows."""

    @property
    def url(self) -> str: ...
    @property
    def settings_env(self) -> Mapping[str, str]: ...


def mailed_code(site: Served, address: str) -> str:
    """The code in the newest mail to the address, as it lies in the folder."""
    mails = sorted(Path(site.settings_env["MAIL_DIR"]).glob("*.eml"), reverse=True)
    mail = next(text for text in (mail.read_text() for mail in mails) if address in text)
    found = CODE.search(mail.split("\n\n", 1)[1])
    assert found
    return found[0]


def sign_up(page: Page, site: Served, look: Look) -> str:
    address = an_address()
    page.goto(f"{site.url}/account/sign-up")
    look(page, "sign-up")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send the code").click()
    look(page, "code")
    page.get_by_label("Code from the mail").fill(mailed_code(site, address))
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_text(f"Signed in as {address}")).to_be_visible()
    return address


def paste_key(page: Page, site: Site, slot: str, name: str) -> None:
    page.goto(f"{site.url}/account/keys/{slot}")
    page.get_by_text("Paste key and secret").click()
    page.get_by_label("API key", exact=True).fill(demo_key(name))
    page.get_by_label("Secret key").fill(demo_secret(name))
    page.get_by_role("button", name="Check and use it").last.click()


def own_list(page: Page) -> Locator:
    return page.locator("[data-own-list]")


def open_own_list(page: Page, url: str) -> None:
    """The first request may come before the testnet's list."""

    def is_there() -> bool:
        page.goto(url)
        return own_list(page).count() == 1

    wait_until(is_there, "the person's own list is there")


def no_look(_page: Page, _name: str) -> None:
    pass


class Findings:
    """What axe and a narrow window find on each page that a journey leads over."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, page: Page, name: str) -> None:
        size = page.viewport_size
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            self.found += [f"{name}, {scheme}: {text}" for text in violations(page)]
        capture(page, f"account-{name}")
        page.set_viewport_size({"width": 360, "height": 740})
        self.found += [f"{name} is too wide: {text}" for text in page.evaluate(OVERFLOWING)]
        capture(page, f"account-{name}-phone")
        page.set_viewport_size(size or {"width": 1280, "height": 900})


def journey(page: Page, site: Site, exchange: ExchangeProcess, look: Look) -> None:
    address = sign_up(page, site, look)
    look(page, "account")

    page.get_by_role("link", name="Set up a key for the spot testnet").click()
    look(page, "key-none")
    page.get_by_role("button", name="Make a pair").click()
    look(page, "key-waiting")
    public = page.get_by_label("Paste this public key there").input_value()
    given_key = f"Given{secrets.token_hex(24)}"
    exchange.control.add_key(given_key, public, venues=["spot_testnet"])
    page.get_by_label("Then paste the API key").fill(demo_key("readonly"))
    page.get_by_role("button", name="Check and use it").first.click()
    expect(page.get_by_text("Binance does not know this key")).to_be_visible()
    look(page, "key-refused")
    page.get_by_label("Then paste the API key").fill(given_key)
    page.get_by_role("button", name="Check and use it").first.click()
    expect(page.get_by_text("The key is good and in use.")).to_be_visible()
    look(page, "key-ready")

    open_own_list(page, f"{site.url}/markets")
    expect(own_list(page)).to_contain_text("TESTNET")
    expect(marks.row(page, "BTCUSDT")).to_be_visible()
    look(page, "markets")

    page.goto(f"{site.url}/account")
    page.get_by_text("Make a token").first.click()
    page.get_by_label("Name").fill("price bot")
    page.get_by_label("read the symbols").check()
    page.locator("#token-password").fill(PASSWORD)
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("[data-new-token]").inner_text()
    answer = page.request.get(
        f"{site.url}/api/v1/symbols/spot", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.headers["x-data-source"] == "testnet-key"
    look(page, "token")

    exchange.control.remove_key(given_key)
    page.goto(f"{site.url}/account/keys/spot-testnet")
    page.get_by_role("button", name="Check again now").click()
    page.goto(f"{site.url}/account")
    expect(page.get_by_text("Your key for the spot testnet was set aside")).to_be_visible()
    look(page, "key-set-aside")

    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.url}/markets")
    expect(own_list(page)).to_have_count(0)
    page.goto(f"{site.url}/account")
    look(page, "sign-in")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Signed in as {address}")).to_be_visible()


@pytest.mark.timeout(240)
def test_the_journey_with_scripts_is_fit_for_everyone_and_for_a_phone(
    troubled_visitor: Visitor, shared_site: Site, exchange: ExchangeProcess
):
    findings = Findings()
    # The browser logs the answers with 422 by itself.
    page = troubled_visitor.open("about:blank")
    page.set_viewport_size({"width": 1280, "height": 900})
    journey(page, shared_site, exchange, findings.look)
    assert not findings.found, "\n".join(findings.found)


class TestWithoutScripts:
    @pytest.fixture
    def context_options(self) -> dict[str, Any]:
        return {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}

    @pytest.mark.timeout(180)
    def test_the_journey_needs_none(
        self, troubled_visitor: Visitor, shared_site: Site, exchange: ExchangeProcess
    ):
        page = troubled_visitor.open("about:blank")
        journey(page, shared_site, exchange, no_look)


@pytest.mark.with_worker
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("exchange")
def test_nothing_of_an_own_list_stays_in_the_browser(visitor: Visitor, shared_site: Site):
    page = visitor.open("about:blank")
    sign_up(page, shared_site, no_look)
    paste_key(page, shared_site, "spot-testnet", "testnet")
    open_own_list(page, f"{shared_site.url}/markets")
    with page.expect_response("**/account/symbols/spot") as asked:
        page.reload()
    assert asked.value.headers["x-data-source"] == "testnet-key"
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    expect(marks.row(page, TESTNET_ONLY)).to_have_count(1)
    marks.expect_price_to_move(marks.row(page, "BTCUSDT"))  # the mainnet's, live
    page.evaluate(SHELL_IS_KEPT)

    def public_list_is_kept() -> bool:
        return len(page.evaluate(KEPT_SYMBOLS)) == 2

    wait_until(public_list_is_kept, "the public lists are kept", within_seconds=30)
    assert f'"{TESTNET_ONLY}"' not in str(page.evaluate(KEPT_SYMBOLS))
    kept = page.evaluate(KEPT_BY_THE_WORKER)
    assert [path for path in kept if not path.startswith(("/static/", "/markets/shell"))] == []

    page.goto(f"{shared_site.url}/account")
    page.get_by_role("button", name="Sign out").click()
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    expect(own_list(page)).to_have_count(0)
    expect(marks.row(page, TESTNET_ONLY)).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.timeout(120)
def test_news_of_the_exchange_brings_no_pair_into_a_testnet_list(
    visitor: Visitor, shared_site: Site, exchange: ExchangeProcess
):
    page = visitor.open("about:blank")
    sign_up(page, shared_site, no_look)
    paste_key(page, shared_site, "spot-testnet", "testnet")
    open_own_list(page, f"{shared_site.url}/markets")
    with page.expect_response("**/api/v1/symbols/events"):
        page.reload()
    marks.expect_live(page)
    exchange.control.add_symbol(NEW_ON_MAINNET)
    try:
        with page.expect_response("**/account/symbols/spot"):  # what follows from the news
            refresh(shared_site.settings_env, "spot")
        expect(own_list(page)).to_contain_text("TESTNET")
        expect(marks.row(page, NEW_ON_MAINNET)).to_have_count(0)
        expect(page.locator("[data-news]")).to_be_hidden()
    finally:
        exchange.control.reset()
        refresh(shared_site.settings_env, "spot")


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("exchange")
def test_a_page_that_is_open_still_follows_who_signs_out_in_another(
    troubled_visitor: Visitor, shared_site: Site
):
    page = troubled_visitor.open("about:blank")
    page.clock.install()
    sign_up(page, shared_site, no_look)
    paste_key(page, shared_site, "spot-testnet", "testnet")
    open_own_list(page, f"{shared_site.url}/markets")
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    other = troubled_visitor.open(f"{shared_site.url}/account")
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(f"{shared_site.url}/markets")
    page.bring_to_front()
    page.clock.fast_forward(LISTS_EVERY_MS)
    expect(own_list(page)).to_have_count(0)
    expect(marks.row(page, TESTNET_ONLY)).to_have_count(0)
