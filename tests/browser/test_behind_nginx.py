"""Whole journeys as in production: TLS and HTTP/2 to the real nginx, gunicorn behind it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium, marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor
from tests.browser.test_account_journey import PASSWORD, no_look, sign_up
from tests.exchange.process import ExchangeProcess
from tests.support.certificate import make_certificate
from tests.support.listener import refresh
from tests.support.nginx import Nginx
from tests.support.site import Site
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.timeout(180), pytest.mark.with_worker]

# How each part of the page came.
PROTOCOLS = """() => [...new Set(
  ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
    .filter(({ name }) => name.startsWith(location.origin))
    .map(({ nextHopProtocol }) => nextHopProtocol)
    .filter(Boolean)
)]"""


class Front(NamedTuple):
    """The site as visitors know it."""

    url: str
    settings_env: Mapping[str, str]
    site: Site


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("front")
    make_certificate(folder)
    return folder


@pytest.fixture(scope="module")
def front(module_env: dict[str, str], certificate: Path) -> Iterator[Front]:
    env = {
        **module_env,
        "TRUSTED_PROXIES": "1",
        "BINANCE_FETCH_BUDGET_SECONDS": "10",
        "REDIS_TIMEOUT_SECONDS": "5",
    }
    with Site(env) as site, Nginx(site, certificate, certificate=certificate) as nginx:
        wait_until(site.is_warm, "both lists are cached", within_seconds=30)
        yield Front(nginx.tls_url, env, site)


@pytest.fixture(scope="module")
def browser(browser: Browser, certificate: Path) -> Iterator[Browser]:
    """One that trusts the certificate: for a service worker no error may be passed over."""
    public_key = (
        x509.load_pem_x509_certificate((certificate / "fullchain.pem").read_bytes())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    its_hash = base64.b64encode(hashlib.sha256(public_key).digest()).decode()
    trusting = chromium.start(
        browser.browser_type, f"--ignore-certificate-errors-spki-list={its_hash}"
    )
    yield trusting
    trusting.close()


def has_come_by(page: Page) -> set[str]:
    return set(page.evaluate(PROTOCOLS))


def cookie(page: Page, name: str) -> Any:
    return next(it for it in page.context.cookies() if it["name"] == name)


def test_a_first_visit_is_live_by_http_2_and_lasts_while_the_product_is_away(
    troubled_visitor: Visitor, front: Front, exchange: ExchangeProcess
):
    page = troubled_visitor.open(f"{front.url}/markets")
    marks.expect_live(page)
    marks.expect_price_to_move(marks.pair_panel(page))
    assert has_come_by(page) == {"h2"}
    page.evaluate(SHELL_IS_KEPT)
    assert troubled_visitor.complaints == []
    front.site.stop()
    try:
        page.reload()
        marks.expect_live(page)
        expect(marks.row(page, "BTCUSDT")).to_be_visible()
    finally:
        front.site.start()


def test_who_signs_up_has_a_cookie_of_this_host_alone_and_finds_the_watchlist_again(
    visitor: Visitor, front: Front, exchange: ExchangeProcess
):
    page = visitor.open("about:blank")
    address = sign_up(page, front, no_look)
    signed_in = cookie(page, "__Host-marketdeck")
    assert (signed_in["secure"], signed_in["httpOnly"], signed_in["path"]) == (True, True, "/")
    page.goto(f"{front.url}/markets?pair=ADAUSDT")
    marks.expect_live(page)
    with page.expect_response("**/account/watchlists*"):
        page.get_by_role("button", name="Watch ADAUSDT").first.click()
    expect(marks.watched_row(page, "ADAUSDT")).to_be_visible()
    page.goto(f"{front.url}/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    page.goto(f"{front.url}/markets")
    expect(marks.watched_row(page, "ADAUSDT")).to_have_count(0)

    page.goto(f"{front.url}/account/sign-in")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Signed in as {address}")).to_be_visible()
    page.goto(f"{front.url}/markets")
    expect(marks.watched_row(page, "ADAUSDT")).to_be_visible()


def test_news_reaches_the_open_page_through_nginx(
    visitor: Visitor, front: Front, exchange: ExchangeProcess
):
    page = visitor.open("about:blank")
    with page.expect_response("**/api/v1/symbols/events") as events:
        page.goto(f"{front.url}/markets?pair=ADAUSDT")
    marks.expect_live(page)
    assert events.value.headers["content-type"].startswith("text/event-stream")
    exchange.control.set_symbol("ADAUSDT", "HALT")
    refresh(front.settings_env, "spot")
    expect(page.locator("[data-pair-state]")).to_contain_text("ADA/USDT is halted")
