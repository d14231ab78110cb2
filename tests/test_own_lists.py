"""The markets page of who is signed in and has keys, and the address that its scripts ask."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.exchange.keys import demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.support.people import vault_of
from tests.support.waiting import wait_until
from tests.test_accounts import PASSWORD, Browser

TESTNET_ONLY = "TESTONLYUSDT"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def browser(app: Flask) -> Browser:
    person = Browser(app)
    person.sign_up()
    return person


def give_key(browser: Browser, slot: str, name: str) -> None:
    browser.get(f"/keys/{slot}")
    saved = browser.post(f"/keys/{slot}/save", api_key=demo_key(name), secret=demo_secret(name))
    assert saved.status_code == 303


def markets(browser: Browser, query: str = "", **headers: str) -> TestResponse:
    return browser.client.get(f"/markets{query}", headers=headers)


def owner_of(answer: TestResponse) -> str:
    found = re.search(r'data-own-list="([^"]+)"', answer.text)
    return found[1] if found else ""


def own_page(browser: Browser, owner: str, query: str = "") -> TestResponse:
    """The page, once the list can be made."""
    wait_until(lambda: owner_of(markets(browser, query)) == owner, f"the list is of {owner}")
    return markets(browser, query)


def rows_of(answer: TestResponse) -> list[str]:
    table = answer.text.split('id="pairs"')[1].split("</table>")[0]
    return [unescape(symbol) for symbol in re.findall(r'data-symbol="([^"]+)"', table)]


def row_of(answer: TestResponse, symbol: str) -> str:
    """The cells of the pair's row, with its price and its volume."""
    table = answer.text.split('id="pairs"')[1]
    return table.split(f'data-symbol="{symbol}"')[1].split("</tr>")[0].split("c-price")[1]


def config_of(answer: TestResponse) -> dict[str, Any]:
    found = re.search(r'name="marketdeck-config" content="([^"]+)"', answer.text)
    assert found
    config: dict[str, Any] = json.loads(unescape(found[1]))
    return config


def test_a_testnet_list_says_testnet_and_has_binances_own_prices(
    browser: Browser, app: Flask, exchange: ExchangeProcess
):
    exchange.control.add_symbol(TESTNET_ONLY, venue="spot_testnet")
    public = app.test_client().get("/markets")
    give_key(browser, "spot-testnet", "testnet")
    answer = own_page(browser, "testnet-key")
    assert ">TESTNET</strong>" in answer.text
    assert "Binance's own live ones" in unescape(answer.text)
    assert TESTNET_ONLY in rows_of(answer)
    assert row_of(answer, "BTCUSDT") == row_of(public, "BTCUSDT")
    assert re.search(r'data-field="price"[^>]*>–<', row_of(answer, TESTNET_ONLY))
    assert owner_of(markets(browser, "?market=futures")) == ""


def test_a_mainnet_list_is_named_the_persons_own_and_holds_what_they_may_trade(
    browser: Browser, exchange: ExchangeProcess
):
    exchange.control.set_permissions("ADAUSDT", [["SPOT"], ["TRD_GRP_004"]])
    give_key(browser, "mainnet", "readonly")
    answer = own_page(browser, "mainnet-key")
    assert "Your list" in answer.text
    assert "TESTNET" not in answer.text
    assert "BTCUSDT" in rows_of(answer)
    assert "ADAUSDT" not in rows_of(answer)
    assert markets(browser, "?pair=ADAUSDT").status_code == 404
    assert "ADAUSDT" in rows_of(Browser(browser.client.application).client.get("/markets"))


@pytest.mark.parametrize("target", ["", "section#markets", "div#chosen", "main#desk"])
def test_no_cache_keeps_what_somebody_who_is_signed_in_is_shown(
    browser: Browser, app: Flask, target: str
):
    headers = {**HTMX, "HX-Target": target} if target else {}
    mine = browser.client.get("/markets", headers=headers)
    strangers = app.test_client().get("/markets", headers=headers)
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert strangers.headers["Cache-Control"] == "private, no-cache"
    for answer in (mine, strangers):
        assert "Cookie" in answer.headers["Vary"]
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())


def test_the_scripts_are_led_to_the_own_lists_only_where_there_are_keys(
    browser: Browser, app: Flask
):
    assert "own_lists" not in config_of(markets(browser))
    give_key(browser, "mainnet", "readonly")
    assert config_of(markets(browser))["own_lists"] == "/account"
    assert "own_lists" not in config_of(app.test_client().get("/markets"))


def test_the_address_for_the_scripts_gives_the_own_list_by_the_sessions_cookie(
    browser: Browser, app: Flask
):
    give_key(browser, "spot-testnet", "testnet")
    own_page(browser, "testnet-key")
    mine = browser.client.get("/account/symbols/spot")
    assert (mine.status_code, mine.headers["X-Data-Source"]) == (200, "testnet-key")
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in mine.headers
    data = mine.get_json()["data"]
    assert (data["market_type"], data["count"]) == ("spot", len(data["symbols"]))
    assert [row["symbol"] for row in data["symbols"]] == rows_of(markets(browser))

    futures = browser.client.get("/account/symbols/futures")
    assert futures.headers["X-Data-Source"] in ("binance", "cache")
    assert futures.headers["Cache-Control"] == "private, no-store"
    assert browser.client.get("/account/symbols/moon").status_code == 404

    stranger = app.test_client().get("/account/symbols/spot")
    assert (stranger.status_code, stranger.location) == (303, "/api/v1/symbols/spot")
    assert stranger.headers["Cache-Control"] == "private, no-store"


def test_a_list_that_is_empty_is_a_state_of_its_own(browser: Browser, exchange: ExchangeProcess):
    exchange.control.change_key(demo_key("readonly"), permissions=["LEVERAGED"])
    give_key(browser, "mainnet", "readonly")
    answer = own_page(browser, "mainnet-key")
    assert answer.status_code == 200
    assert rows_of(answer) == []
    assert "Your account may trade none of the spot pairs" in answer.text
    assert "data-no-list" not in answer.text
    assert browser.client.get("/account/symbols/spot").get_json()["data"]["count"] == 0
    assert markets(browser, "?pair=BTCUSDT").status_code == 404


def test_rows_of_the_watchlist_are_found_in_the_own_list(
    browser: Browser, exchange: ExchangeProcess
):
    exchange.control.add_symbol(TESTNET_ONLY, venue="spot_testnet")
    give_key(browser, "spot-testnet", "testnet")
    own_page(browser, "testnet-key")

    asked = [f"spot:{TESTNET_ONLY}"]
    mine = browser.client.post("/markets/watchlist/rows", json=asked)
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "not listed" not in mine.text
    stranger = Browser(browser.client.application).client
    strangers = stranger.post("/markets/watchlist/rows", json=asked)
    assert "not listed" in strangers.text


def test_the_page_for_bad_times_is_the_same_for_all(browser: Browser, app: Flask):
    give_key(browser, "spot-testnet", "testnet")
    own_page(browser, "testnet-key")
    mine, strangers = browser.client.get("/markets/shell"), app.test_client().get("/markets/shell")
    assert mine.text == strangers.text
    assert "own_lists" not in config_of(mine)


def test_the_page_follows_the_key_that_is_gone(browser: Browser, app: Flask):
    give_key(browser, "spot-testnet", "testnet")
    own_page(browser, "testnet-key")
    [(credential_id, _slot)] = vault_of(app).registered()
    vault_of(app).set_aside(credential_id, ("key-rejected",))
    answer = markets(browser)
    assert (owner_of(answer), "own_lists" in config_of(answer)) == ("", False)


@pytest.mark.parametrize("way", ["sign-out", "delete"])
def test_who_leaves_has_the_browser_forget_its_pages(browser: Browser, way: str):
    browser.get("")
    answer = browser.post(f"/{way}", password=PASSWORD)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not browser.is_signed_in()
