"""The pages of a person's keys at Binance, as a browser without scripts uses them."""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from tests.exchange.keys import demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.support.people import vault_of
from tests.test_accounts import Browser, errors_of
from webapp import create_app
from webapp.accounts.key_words import sentences_of
from webapp.binance.errors import KEY_REFUSALS
from webapp.credentials.slots import SLOTS

MADE_KEY = "M" * 60 + "made"  # as Binance gives it for a pair


@pytest.fixture
def browser(app: Flask) -> Browser:
    person = Browser(app)
    person.sign_up()
    person.get("")
    return person


def save(browser: Browser, name: str, slot: str = "mainnet") -> TestResponse:
    browser.get(f"/keys/{slot}")
    return browser.post(f"/keys/{slot}/save", api_key=demo_key(name), secret=demo_secret(name))


def make_pair(browser: Browser, slot: str = "mainnet") -> str:
    browser.get(f"/keys/{slot}")
    assert browser.post(f"/keys/{slot}/pair").location == f"/account/keys/{slot}"
    found = re.search(r"<textarea[^>]*>([^<]+)", browser.get(f"/keys/{slot}").text)
    assert found
    return unescape(found[1])


def register(exchange: ExchangeProcess, public: str, *venues: str) -> None:
    exchange.control.add_key(MADE_KEY, public, venues=venues)


def text_of(answer: TestResponse) -> str:
    """What is read there, without the markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", answer.text)).split())


def state_of(answer: TestResponse) -> str:
    found = re.search(r'data-key-state="([^"]+)"', answer.text)
    return found[1] if found else ""


def change_rights(exchange: ExchangeProcess, name: str, **rights: object) -> None:
    exchange.control.change_key(demo_key(name), **rights)


@pytest.mark.parametrize("slot", SLOTS)
def test_nobody_sees_the_pages_without_signing_in(app: Flask, slot: str):
    stranger = Browser(app)
    assert stranger.get(f"/keys/{slot}").location == "/account/sign-in"
    stranger.get("/sign-in")
    for act in ("pair", "register", "save", "check", "remove"):
        assert stranger.post(f"/keys/{slot}/{act}").location == "/account/sign-in"


def test_each_page_and_answer_is_kept_by_nobody(browser: Browser):
    answers = [browser.get(""), browser.get("/keys/mainnet"), browser.post("/keys/mainnet/pair")]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}


def test_there_is_no_other_place_for_a_key(browser: Browser):
    assert browser.get("/keys/moonnet").status_code == 404
    assert browser.post("/keys/moonnet/pair").status_code == 404


def test_a_form_without_its_token_does_nothing(browser: Browser):
    answer = browser.client.post(
        "/account/keys/mainnet/save",
        data={"api_key": demo_key("readonly"), "secret": demo_secret("readonly")},
    )
    assert answer.status_code == 400
    assert "No key." in browser.get("").text


def test_a_person_pastes_a_key_and_it_is_in_use(browser: Browser):
    assert save(browser, "readonly").location == "/account/keys/mainnet"
    answer = browser.get("/keys/mainnet")
    assert "The key is good and in use." in answer.text
    assert state_of(answer) == "ready"
    assert f"ends in {demo_key('readonly')[-4:]}" in answer.text
    assert re.search(r"Checked .* UTC\.", answer.text)
    account = browser.get("")
    assert f"In use: the key that ends in {demo_key('readonly')[-4:]}" in account.text
    assert "data-key-trouble" not in account.text


def test_a_person_makes_a_pair_registers_it_and_brings_back_the_key(
    browser: Browser, exchange: ExchangeProcess
):
    public = make_pair(browser)
    assert public.startswith("-----BEGIN PUBLIC KEY-----")
    assert "It waits for the key" in browser.get("").text
    register(exchange, public, "spot")
    answer = browser.post("/keys/mainnet/register", api_key=f"  {MADE_KEY}\n")
    assert answer.location == "/account/keys/mainnet"
    ready = browser.get("/keys/mainnet")
    assert (state_of(ready), "ends in made" in ready.text) == ("ready", True)
    assert public.splitlines()[1] not in ready.text


@pytest.mark.parametrize("slot", ["spot-testnet", "futures-testnet"])
def test_the_testnets_take_pairs_too_and_say_that_nothing_is_checked(
    browser: Browser, exchange: ExchangeProcess, slot: str
):
    public = make_pair(browser, slot)
    register(exchange, public, "spot_testnet", "futures_testnet")
    assert browser.post(f"/keys/{slot}/register", api_key=MADE_KEY).status_code == 303
    answer = browser.get(f"/keys/{slot}")
    assert state_of(answer) == "ready"
    assert "testnet cannot tell what a key may do, so that is not checked" in text_of(answer)


@pytest.mark.parametrize(
    ("name", "boxes"),
    [
        ("trading", ["Enable Futures", "Enable Spot & Margin Trading"]),
        ("withdrawals", ["Enable Spot & Margin Trading", "Enable Withdrawals"]),
    ],
)
def test_a_key_that_may_do_more_is_refused_with_the_boxes_to_untick(
    browser: Browser, name: str, boxes: list[str]
):
    answer = save(browser, name)
    assert answer.status_code == 422
    [told] = errors_of(answer)
    assert all(f"“{box}”" in told for box in boxes)
    assert "untick" in told
    assert "No key." in browser.get("").text


def test_a_permission_that_is_not_known_is_named_as_binance_does(
    browser: Browser, exchange: ExchangeProcess
):
    change_rights(exchange, "readonly", more_rights={"enable<Time>": True})
    assert "untick “enable<Time>”" in errors_of(save(browser, "readonly"))[0]


@pytest.mark.parametrize(
    ("api_key", "secret", "field", "told"),
    [
        ("", "s" * 64, "own-api_key", "Paste the API key"),
        ("k" * 15, "s" * 64, "own-api_key", "16 to 128"),
        ("<b>" * 20, "s" * 64, "own-api_key", "16 to 128"),
        ("k" * 64, "", "own-secret", "Paste the secret"),
        ("k" * 64, "й" * 64, "own-secret", "16 to 128"),
        ("Z" * 64, demo_secret("readonly"), "own-api_key", "does not know this key"),
        (demo_key("wrongip"), demo_secret("wrongip"), "own-api_key", "server's address"),
        (demo_key("readonly"), demo_secret("trading"), "own-secret", "do not belong together"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_repeated_or_kept(
    browser: Browser, api_key: str, secret: str, field: str, told: str
):
    browser.get("/keys/mainnet")
    answer = browser.post("/keys/mainnet/save", api_key=api_key, secret=secret)
    assert answer.status_code == 422
    assert told in errors_of(answer)[0]
    assert f'id="{field}-error"' in answer.text
    for typed in filter(None, (api_key, secret)):
        assert typed not in unescape(answer.text)
    assert "No key." in browser.get("").text


def test_a_key_of_another_pair_is_told_at_the_field(browser: Browser):
    make_pair(browser)
    answer = browser.post("/keys/mainnet/register", api_key=demo_key("readonly"))
    assert (answer.status_code, 'id="given-api_key-error"' in answer.text) == (422, True)
    assert "for that pair" in errors_of(answer)[0]
    assert demo_key("readonly") not in answer.text
    assert "data-public-key" in answer.text


def test_a_key_for_a_pair_that_has_one_already_is_told_of_too(
    browser: Browser, exchange: ExchangeProcess
):
    register(exchange, make_pair(browser), "spot")
    for _ in range(2):
        assert browser.post("/keys/mainnet/register", api_key=MADE_KEY).status_code == 303
    answer = browser.post("/keys/mainnet/register", api_key=demo_key("readonly"))
    assert (answer.status_code, state_of(answer)) == (422, "ready")
    assert "for that pair" in re.findall(r'role="alert">([^<]+)', answer.text)[0]


def test_when_binance_cannot_be_asked_the_page_says_so_and_nothing_is_changed(
    browser: Browser, exchange: ExchangeProcess
):
    save(browser, "readonly")
    exchange.control.fault("status", venue="spot", endpoint="account/*", status=503)
    answer = save(browser, "iprestricted")
    assert answer.status_code == 422
    assert "Nothing was changed" in errors_of(answer)[0]
    checked = browser.post("/keys/mainnet/check")
    assert (checked.status_code, "Nothing was changed" in checked.text) == (422, True)
    assert state_of(checked) == "ready"


def test_who_has_keys_looked_at_again_and_again_has_to_wait(browser: Browser):
    save(browser, "testnet", "spot-testnet")
    for _ in range(5):
        assert browser.post("/keys/spot-testnet/check").status_code == 303
        browser.get("/keys/spot-testnet")
    checked, saved = browser.post("/keys/spot-testnet/check"), save(browser, "testnet")
    for answer in (checked, saved):
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        assert "too often" in answer.text


def test_a_key_that_grew_rights_is_told_of_at_the_top_of_the_account(
    browser: Browser, exchange: ExchangeProcess
):
    save(browser, "readonly")
    change_rights(exchange, "readonly", withdrawals=True)
    assert browser.post("/keys/mainnet/check").status_code == 303
    account = browser.get("")
    assert account.text.index('data-key-trouble="mainnet"') < account.text.index('id="keys"')
    assert "Your key for Binance was set aside and is not used." in text_of(account)
    assert "untick “Enable Withdrawals”" in text_of(account)
    answer = browser.get("/keys/mainnet")
    assert state_of(answer) == "set-aside"

    change_rights(exchange, "readonly", withdrawals=False)
    browser.post("/keys/mainnet/check")
    assert state_of(browser.get("/keys/mainnet")) == "ready"
    assert "data-key-trouble" not in browser.get("").text


def test_a_key_that_may_not_read_is_told_which_box_to_tick(
    browser: Browser, exchange: ExchangeProcess
):
    change_rights(exchange, "readonly", more_rights={"enableReading": False})
    assert "tick “Enable Reading”" in errors_of(save(browser, "readonly"))[0]


def test_each_reason_that_there_may_be_has_a_sentence(app: Flask):
    with app.app_context():
        for word in KEY_REFUSALS:
            [alone], [of_market] = sentences_of((word,)), sentences_of((f"spot:{word}",))
            assert of_market == f"Spot: {alone}"
        [odd] = sentences_of(("enable:Anything",))
        assert "untick “enable:Anything”" in odd


def test_what_one_market_refuses_is_told_with_its_name(browser: Browser, app: Flask):
    save(browser, "readonly")
    vault = vault_of(app)
    [(credential_id, _slot)] = vault.registered()
    vault.refuse(credential_id, "futures", "key-rejected")
    assert "works for a part only. Futures: Binance does not know" in text_of(browser.get(""))
    vault.refuse(credential_id, "spot", "unauthorised")
    told = text_of(browser.get("/keys/mainnet"))
    assert "Not used: Binance refuses the key" in told
    assert "Spot: Binance does not accept this key" in told


def test_a_removed_key_is_gone_and_its_page_begins_anew(browser: Browser):
    save(browser, "readonly")
    browser.get("/keys/mainnet")
    assert browser.post("/keys/mainnet/remove").status_code == 303
    answer = browser.get("/keys/mainnet")
    assert "It is gone from this server" in answer.text
    assert state_of(answer) == ""
    assert "No key." in browser.get("").text
    checked = browser.post("/keys/mainnet/check")
    assert (checked.status_code, "no such key or pair" in checked.text) == (422, True)


def test_a_new_pair_ends_a_key_only_when_that_is_wanted(browser: Browser):
    save(browser, "readonly")
    browser.get("/keys/mainnet")
    answer = browser.post("/keys/mainnet/pair")
    assert answer.status_code == 422
    assert "the present key ends at once" in errors_of(answer)[0]
    assert state_of(browser.get("/keys/mainnet")) == "ready"
    assert browser.post("/keys/mainnet/pair", replaces="y").status_code == 303
    assert "data-public-key" in browser.get("/keys/mainnet").text


def test_a_pair_that_waits_stays_the_same_and_can_be_forgotten(browser: Browser):
    assert make_pair(browser) == make_pair(browser)
    browser.post("/keys/mainnet/remove")
    assert "data-public-key" not in browser.get("/keys/mainnet").text
    gone = browser.post("/keys/mainnet/register", api_key=MADE_KEY)
    assert (gone.status_code, "no such key or pair" in gone.text) == (422, True)


def test_the_page_names_the_addresses_for_the_ip_list(
    browser: Browser, settings_env: dict[str, str]
):
    assert "has not named its addresses" in browser.get("/keys/mainnet").text
    app = create_app(
        {**settings_env, "TESTING": True, "BINANCE_EGRESS_ADDRESSES": "192.0.2.7, 2001:db8::7"}
    )
    there = Browser(app)
    there.sign_up("grace@example.org")
    assert "this server's are: 192.0.2.7, 2001:db8::7" in text_of(there.get("/keys/mainnet"))


def test_the_stand_in_has_a_page_where_people_make_keys(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    url = f"{exchange.urls.control}/api-management"
    app = create_app({**settings_env, "TESTING": True, "DEMO_KEYS_URL": url})
    browser = Browser(app)
    browser.sign_up()
    public = make_pair(browser)
    assert f'href="{url}"' in browser.get("/keys/mainnet").text
    refused = requests.post(url, data={"public_key": "-----BEGIN"}, timeout=30).text
    assert "no public key in PEM" in refused
    made = requests.post(url, data={"venues": "mainnet", "public_key": public}, timeout=30).text
    [api_key] = re.findall(r"<code>(\w+)</code>", made)
    assert browser.post("/keys/mainnet/register", api_key=api_key).status_code == 303

    made = requests.post(url, data={"venues": "testnets", "trading": "on"}, timeout=30).text
    api_key, secret = re.findall(r"<code>(\w+)</code>", made)
    browser.get("/keys/spot-testnet")
    saved = browser.post("/keys/spot-testnet/save", api_key=api_key, secret=secret)
    assert saved.status_code == 303


def test_nobody_sees_or_reaches_the_keys_of_another(browser: Browser, app: Flask):
    save(browser, "readonly")
    other = Browser(app, "192.0.2.9")
    other.sign_up("grace@example.org")
    answer = other.get("/keys/mainnet")
    assert demo_key("readonly")[-4:] not in answer.text
    assert other.post("/keys/mainnet/check").status_code == 422
    other.post("/keys/mainnet/remove")
    assert state_of(browser.get("/keys/mainnet")) == "ready"


def test_without_the_database_the_page_says_so(browser: Browser, settings_env: dict[str, str]):
    away = "postgresql://nobody@127.0.0.1:1/people"
    there = Browser(create_app({**settings_env, "DATABASE_URL": away, "TESTING": True}))
    cookie = browser.client.get_cookie("marketdeck")
    assert cookie
    there.client.set_cookie("marketdeck", cookie.value)
    answer = there.get("/keys/mainnet")
    assert (answer.status_code, "cannot be reached" in answer.text) == (503, True)
