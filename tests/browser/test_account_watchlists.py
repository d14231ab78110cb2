"""Watchlists of an account: two devices, two people at one browser, no network, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser import marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor, capture
from tests.browser.test_watchlists import (
    choice,
    expect_keys,
    keys_of,
    name_list,
    undo_line,
    watch,
)
from tests.support.site import Site
from tests.support.waiting import wait_until
from tests.test_markets import watchlist_keys
from webapp.database import Database
from webapp.people.passwords import Passwords
from webapp.people.people import People

pytestmark = pytest.mark.timeout(120)  # two devices, and a password that is slow to check

PASSWORD = "blue kettle on the stove"
BTC, ETH, SOL = "spot:BTCUSDT", "spot:ETHUSDT", "futures:SOLUSDT"
STORED = "() => Object.keys(localStorage)"
NOBODYS = "marketdeck:watchlists:v1"
OF_AN_ACCOUNT = """() => Object.keys(localStorage)
  .filter((key) => /account|watchlist.*:v1:/.test(key))"""
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def new_person(site: Site) -> str:
    """The address of somebody with an account."""
    email = f"{uuid4().hex}@example.org"
    database = Database(site.settings_env["DATABASE_URL"])
    People(database, Passwords()).choose_password(email, PASSWORD)
    database.close()
    return email


@pytest.fixture
def email(shared_site: Site) -> str:
    return new_person(shared_site)


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(url.replace("/markets", "/account/sign-in?next=/markets"))
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(url)


def sign_out(page: Page, url: str) -> None:
    page.goto(url.replace("/markets", "/account"))
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page).to_have_url(url)


def star(page: Page, symbol: str) -> None:
    marks.row(page, symbol).get_by_role("button", name=f"Watch {symbol}").click()


def sync(page: Page) -> None:
    """What a page does by itself when it is looked at, once the account's part is loaded."""

    def has_asked() -> bool:
        try:
            with page.expect_response("**/account/watchlists", timeout=1_500):
                page.evaluate("dispatchEvent(new Event('online'))")
        except PlaywrightTimeout:
            return False
        return True

    wait_until(has_asked, "the page asks for the account's lists", within_seconds=30)


def sent(page: Page, deed: Callable[[], Any]) -> None:
    """All open pages of a browser know of a deed; whichever wakes up first sends it."""
    with page.context.expect_event("response", tells_of_deeds):
        deed()


def tells_of_deeds(response: Response) -> bool:
    if not response.url.endswith("/account/watchlists"):
        return False
    told = response.request.post_data_json
    return bool(told and told["registers"])


def expect_names(page: Page, *names: str) -> None:
    expect(choice(page).locator(":scope > option")).to_have_text(list(names))


@pytest.fixture
def second(browser: Browser) -> Iterator[Visitor]:
    """The same person's other device."""
    device = Visitor(browser.new_context(service_workers="block"))
    yield device
    device.context.close()
    assert [text for text in device.complaints if "uncaught" in text] == []


def test_what_one_device_edits_the_other_shows(
    visitor: Visitor, second: Visitor, url: str, email: str
):
    page, other = visitor.open(url), second.open(url)
    for each in (page, other):
        sign_in(each, url, email)
    sent(page, lambda: star(page, "BTCUSDT"))
    sync(other)
    expect_keys(other, BTC)
    switch = marks.row(other, "BTCUSDT").get_by_role("button", name="Watch BTCUSDT")
    expect(switch).to_have_attribute("aria-pressed", "true")
    sent(other, lambda: name_list(other, "New list", "Majors"))
    sent(other, lambda: star(other, "ETHUSDT"))
    sync(page)
    expect_names(page, "Watchlist", "Majors")
    expect_keys(page, BTC)
    choice(page).select_option("Majors")
    expect_keys(page, ETH)
    page.reload()
    expect_keys(page, ETH)
    capture(page, "account-watchlists")


def test_two_that_edit_at_once_while_one_is_offline_both_end_with_both_edits(
    visitor: Visitor, second: Visitor, url: str, email: str
):
    page, other = watch(visitor, url, f"{BTC},{ETH}"), second.open(url)
    sign_in(page, url, email)
    sign_in(other, url, email)
    expect_keys(other, BTC, ETH)
    second.context.set_offline(True)
    star(other, "XRPUSDT")
    marks.watched_row(other, "BTCUSDT").get_by_role("button", name="Watch BTCUSDT").click()
    sent(page, lambda: star(page, "DOGEUSDT"))
    sent(page, lambda: name_list(page, "Rename", "Core"))
    second.context.set_offline(False)
    wait_until(
        lambda: "spot:XRPUSDT" in watchlist_keys(page.request.get(url).text()),
        "the edits made offline have arrived",
        within_seconds=40,
    )
    sync(page)
    sync(other)
    for each in (page, other):
        expect(marks.watched_row(each, "BTCUSDT")).to_have_count(0)
        expect(marks.watched_row(each, "DOGEUSDT")).to_have_count(1)
        expect_names(each, "Core")
    assert keys_of(page) == keys_of(other)
    assert set(keys_of(page)) == {ETH, "spot:XRPUSDT", "spot:DOGEUSDT"}


def test_a_page_that_lost_the_network_before_it_could_send_anything_catches_up(
    second: Visitor, url: str, email: str
):
    other = second.open(url)
    other.route("**/later/account/*.js", lambda route: route.abort())
    sign_in(other, url, email)
    star(other, "XRPUSDT")
    expect_keys(other, "spot:XRPUSDT")
    other.unroute("**/later/account/*.js")
    other.evaluate("dispatchEvent(new Event('online'))")
    wait_until(
        lambda: watchlist_keys(other.request.get(url).text()) == ["spot:XRPUSDT"],
        "the edit has arrived",
    )


def test_at_the_first_sign_in_this_browsers_lists_become_the_accounts(
    visitor: Visitor, second: Visitor, url: str, email: str
):
    other = second.open(url)
    sign_in(other, url, email)
    sent(other, lambda: star(other, "XRPUSDT"))
    page = watch(visitor, url, f"{BTC},{SOL}")
    name_list(page, "New list", "Majors")
    star(page, "ETHUSDT")
    expect_keys(page, ETH)
    sign_in(page, url, email)
    expect_names(page, "Watchlist", "Majors")
    expect(choice(page).locator("option:checked")).to_have_text("Majors")
    expect_keys(page, ETH)
    choice(page).select_option("Watchlist")
    expect_keys(page, "spot:XRPUSDT", BTC, SOL)
    sync(page)
    sync(other)
    expect_names(other, "Watchlist", "Majors")
    expect_keys(other, "spot:XRPUSDT", BTC, SOL)
    assert NOBODYS not in page.evaluate(STORED), "they were moved"


def test_the_next_person_in_this_browser_finds_nothing_of_the_first(
    visitor: Visitor, shared_site: Site, url: str, email: str
):
    page = watch(visitor, url, f"{BTC},{ETH}")
    sign_in(page, url, email)
    expect_keys(page, BTC, ETH)
    sent(page, lambda: name_list(page, "New list", "Secret"))
    sent(page, lambda: star(page, "DOGEUSDT"))
    sign_out(page, url)
    expect_keys(page)
    expect_names(page, "Watchlist")
    wait_until(lambda: page.evaluate(OF_AN_ACCOUNT) == [], "nothing of theirs is left")
    assert "Secret" not in page.evaluate("() => JSON.stringify([localStorage, document.cookie])")

    sign_in(page, url, new_person(shared_site))
    expect_keys(page)
    sent(page, lambda: star(page, "XRPUSDT"))
    sign_out(page, url)
    sign_in(page, url, email)
    expect_names(page, "Watchlist", "Secret")
    expect_keys(page, BTC, ETH)


def test_an_open_tab_follows_when_another_signs_in_or_out(visitor: Visitor, url: str, email: str):
    tab, page = watch(visitor, url, BTC), visitor.open(url)
    sign_in(page, url, email)
    sent(page, lambda: star(page, "ETHUSDT"))
    expect_keys(tab, BTC, ETH)
    sign_out(page, url)
    expect_keys(tab)
    star(tab, "SOLUSDT")
    expect_keys(page, "spot:SOLUSDT")


def test_without_javascript_edits_land_in_the_account(
    visitor: Visitor, browser: Browser, url: str, email: str
):
    page = visitor.open(url)
    sign_in(page, url, email)
    sent(page, lambda: star(page, "BTCUSDT"))
    with_none = Visitor(browser.new_context(java_script_enabled=False))
    plain = with_none.open(url)
    sign_in(plain, url, email)
    expect_keys(plain, BTC)
    for symbol in ("ETHUSDT", "XRPUSDT"):
        star(plain, symbol)
    plain.get_by_text("Edit order").click()
    plain.get_by_role("button", name="Move XRPUSDT up").click()
    plain.get_by_role("button", name="Remove BTCUSDT").click()
    expect_keys(plain, "spot:XRPUSDT", ETH)
    plain.get_by_text("New list, name").click()
    capture(plain, "account-watchlists-without-javascript")
    plain.get_by_role("textbox", name="Name", exact=True).fill("Majors")
    plain.get_by_role("button", name="Make a new list").click()
    star(plain, "SOLUSDT")
    plain.get_by_role("button", name="Open Watchlist (2)").click()
    expect_keys(plain, "spot:XRPUSDT", ETH)
    with_none.context.close()
    sync(page)
    expect_keys(page, "spot:XRPUSDT", ETH)
    expect_names(page, "Watchlist", "Majors")


def test_the_list_is_painted_before_any_script(
    visitor: Visitor, second: Visitor, url: str, email: str
):
    page, other = watch(visitor, url, BTC), second.open(url)
    sign_in(page, url, email)
    sign_in(other, url, email)
    sent(other, lambda: star(other, "ETHUSDT"))
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          globalThis.seen = [];
          const note = () => seen.push(
            [...document.querySelectorAll("#watchlist-body [data-row]")]
              .map(({ dataset }) => dataset.symbol).join());
          note();
          new MutationObserver(note).observe(
            document.querySelector("#watchlist-body"), { childList: true });
        })"""
    )
    page.reload()
    marks.expect_live(page)
    expect_keys(page, BTC, ETH)
    assert set(page.evaluate("() => seen")) == {"BTCUSDT,ETHUSDT"}


@pytest.fixture
def own_site(settings_env: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    """A site that the test may stop."""
    own = {"WEB_CONCURRENCY": "1", "SNAPSHOT_DIR": str(tmp_path), "SECRET_KEY": "of this test"}
    with Site({**settings_env, **own}) as site:
        yield site


@pytest.mark.timeout(180)  # the site starts four times
@pytest.mark.with_worker
def test_lists_go_on_while_the_database_or_the_server_is_away(
    troubled_visitor: Visitor, own_site: Site
):
    url = f"{own_site.url}/markets"
    page = watch(troubled_visitor, url, BTC)
    sign_in(page, url, new_person(own_site))
    expect_keys(page, BTC)
    page.evaluate(SHELL_IS_KEPT)
    sync(page)

    at_home = own_site.settings_env["DATABASE_URL"]
    own_site.stop()
    own_site.settings_env["DATABASE_URL"] = NOWHERE
    own_site.start()
    page.reload()
    expect_keys(page, BTC)
    star(page, "ETHUSDT")
    page.reload()
    expect_keys(page, BTC, ETH)

    own_site.stop()
    page.reload()
    expect_keys(page, BTC, ETH)
    star(page, "XRPUSDT")
    expect_keys(page, BTC, ETH, "spot:XRPUSDT")

    own_site.settings_env["DATABASE_URL"] = at_home
    own_site.start()
    page.reload()
    expect_keys(page, BTC, ETH, "spot:XRPUSDT")
    wait_until(
        lambda: watchlist_keys(page.request.get(url).text()) == [BTC, ETH, "spot:XRPUSDT"],
        "the account has them all",
    )


def test_an_account_that_is_full_says_so_and_the_list_stays_here(
    troubled_visitor: Visitor, url: str, email: str
):
    page = troubled_visitor.open(url)
    sign_in(page, url, email)
    page.route("**/account/watchlists", lambda route: route.fulfill(status=422, json={}))
    star(page, "BTCUSDT")
    expect(undo_line(page)).to_contain_text("Your account can take no more")
    page.unroute("**/account/watchlists")
    page.reload()
    expect_keys(page, BTC)
