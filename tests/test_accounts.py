"""The account's pages, as a browser without scripts uses them."""

from __future__ import annotations

import email
import email.policy
import re
import time
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from webapp import create_app
from webapp.database.models import AccountLists, ApiToken, Credential, Person, SignIn
from webapp.networks import network_of
from webapp.people.passwords import Passwords

pytestmark = pytest.mark.on_both_databases

EMAIL = "ann@example.org"
PASSWORD = "blue kettle on the stove"
OTHER_PASSWORD = "eleven owls count paperclips"


class Browser:
    """Fills in forms; knows the token of the page that it saw last."""

    def __init__(self, app: Flask, address: str = "192.0.2.1") -> None:
        self.client: FlaskClient = app.test_client()
        self._address = {"REMOTE_ADDR": address}
        self._mail_dir: Path = app.extensions["settings"].mail_dir
        self._token = ""

    def get(self, path: str) -> TestResponse:
        return self._seen(self.client.get(f"/account{path}", environ_base=self._address))

    def post(self, path: str, **fields: str) -> TestResponse:
        data = {"csrf_token": self._token, **fields}
        return self._seen(
            self.client.post(f"/account{path}", data=data, environ_base=self._address)
        )

    def sign_up(self, address: str = EMAIL, password: str = PASSWORD) -> TestResponse:
        self.get("/sign-up")
        self.post("/sign-up", email=address)
        self.get("/code")
        return self.post("/code", code=self.mailed_code(), new_password=password)

    def sign_in(self, address: str = EMAIL, password: str = PASSWORD) -> TestResponse:
        self.get("/sign-in")
        return self.post("/sign-in", email=address, password=password)

    def mails(self) -> list[Any]:
        files = sorted(self._mail_dir.glob("*.eml"))
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]

    def mailed_code(self) -> str:
        found = re.search(r"\b\w{4}-\w{4}\b", self.mails()[-1].get_content())
        assert found
        return found[0]

    def is_signed_in(self) -> bool:
        return self.get("").status_code == 200

    def _seen(self, answer: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.text)
        self._token = found[1] if found else self._token
        return answer


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def errors_of(answer: TestResponse) -> list[str]:
    return [unescape(text) for text in re.findall(r'class="field-error"[^>]*>([^<]+)', answer.text)]


def test_a_person_signs_up_by_a_code_from_the_mail_and_is_signed_in(browser: Browser):
    answer = browser.sign_up()
    assert (answer.status_code, answer.location) == (303, "/account")
    assert EMAIL in browser.get("").text
    assert browser.mails()[-1]["To"] == EMAIL


def test_the_mail_names_no_address_that_whoever_asked_could_choose(app: Flask):
    """Else a stranger's request would send people, with their code, to the stranger's own page."""
    evil = Browser(app)
    evil.client.environ_base["HTTP_HOST"] = "evil.example"
    evil.get("/sign-up")
    assert evil.post("/sign-up", email=EMAIL).status_code == 303
    mail = evil.mails()[-1]
    assert "evil.example" not in mail.as_string()
    assert "http" not in mail.get_content()


def test_a_person_signs_out_and_in_again(browser: Browser):
    browser.sign_up()
    browser.get("")
    assert browser.post("/sign-out").location == "/markets"
    assert not browser.is_signed_in()
    assert browser.sign_in("Ann@Example.ORG").status_code == 303
    assert browser.is_signed_in()


def test_what_the_cookie_held_is_of_no_use_after_signing_out(browser: Browser, app: Flask):
    browser.sign_up()
    cookie = browser.client.get_cookie("marketdeck")
    assert cookie
    browser.get("")
    browser.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("marketdeck", cookie.value)
    assert thief.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "too short"),
        ("x" * 129, "too long"),
        ("password123", "guessed soon"),
        ("ann@example.org", "guessed soon"),
    ],
)
def test_a_weak_password_is_refused_and_the_code_stays_good(
    browser: Browser, password: str, sentence: str
):
    answer = browser.sign_up(password=password)
    assert answer.status_code == 422
    assert sentence in errors_of(answer)[0]
    assert browser.post("/code", code=browser.mailed_code(), new_password=PASSWORD).location


def test_a_code_is_over_after_five_wrong_ones(browser: Browser):
    browser.get("/sign-up")
    browser.post("/sign-up", email=EMAIL)
    browser.get("/code")
    for _ in range(5):
        answer = browser.post("/code", code="AAAA-AAAA", new_password=PASSWORD)
        assert "another code" in errors_of(answer)[0]
    answer = browser.post("/code", code=browser.mailed_code(), new_password=PASSWORD)
    assert "This code is over" in errors_of(answer)[0]


def test_a_code_works_only_in_the_browser_that_asked_for_it(browser: Browser, app: Flask):
    browser.get("/sign-up")
    browser.post("/sign-up", email=EMAIL)
    other = Browser(app)
    other.get("/sign-up")
    answer = other.post("/code", code=browser.mailed_code(), new_password=PASSWORD)
    assert answer.location == "/account/sign-up"


def test_a_browser_that_signs_in_again_has_one_sign_in(browser: Browser, app: Flask):
    browser.sign_up()
    first = browser.client.get_cookie("marketdeck")
    assert first
    browser.get("")
    assert browser.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 303
    assert len(app.extensions["sign_ins"].of(person_id(app, EMAIL))) == 1
    thief = app.test_client()
    thief.set_cookie("marketdeck", first.value)
    assert thief.get("/account").status_code == 303


def test_a_hash_of_older_parameters_is_made_anew_at_the_next_sign_in(browser: Browser, app: Flask):
    weaker = Passwords(time_cost=1, memory_kib=8 * 1024)
    with app.extensions["database"].writing() as session:
        session.add(Person(email=EMAIL, password_hash=weaker.hash(PASSWORD)))
    for _ in range(2):
        assert browser.sign_in().status_code == 303
        browser.get("")
        browser.post("/sign-out")
        with app.extensions["database"].reading() as session:
            [password_hash] = session.scalars(select(Person.password_hash))
        assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_nothing_tells_whether_an_address_has_an_account(browser: Browser, app: Flask):
    browser.sign_up()
    for path in ("/sign-up", "/forgotten"):
        asked = []
        for address in (EMAIL, "nobody@example.org"):
            stranger = Browser(app)
            stranger.get(path)
            answer = stranger.post(path, email=address)
            page = stranger.get("/code")
            asked.append((answer.status_code, answer.text, page.text.replace(address, "")))
        without_tokens = [
            (status, text, re.sub(r'value="[^"]+"', "", page)) for status, text, page in asked
        ]
        assert without_tokens[0] == without_tokens[1]
    told = [errors_of(Browser(app).sign_in(who, "x")) for who in (EMAIL, "nobody@example.org")]
    assert told[0] == told[1]


def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
):
    """The same work is done: one hash is verified."""
    browser.sign_up()
    hasher = app.extensions["people"]._passwords._hasher
    verify = Mock(wraps=hasher.verify)
    monkeypatch.setattr(type(hasher), "verify", verify)
    for who in (EMAIL, "nobody@example.org"):
        Browser(app).sign_in(who, "wrong password")
    assert verify.call_count == 2


def test_a_new_password_ends_every_other_sign_in(browser: Browser, app: Flask):
    browser.sign_up()
    phone = Browser(app)
    phone.sign_in()
    assert phone.is_signed_in()
    browser.get("")
    answer = browser.post("/password", password=PASSWORD, new_password=OTHER_PASSWORD)
    assert answer.status_code == 303
    assert browser.is_signed_in()
    assert not phone.is_signed_in()
    assert phone.sign_in(password=OTHER_PASSWORD).status_code == 303


def test_a_forgotten_password_is_replaced_by_a_code_and_all_are_signed_out(
    browser: Browser, app: Flask
):
    browser.sign_up()
    elsewhere = Browser(app)
    assert elsewhere.sign_up(password=OTHER_PASSWORD).status_code == 303
    assert not browser.is_signed_in()
    assert elsewhere.is_signed_in()


def test_sign_ins_are_listed_and_ended_one_by_one(browser: Browser, app: Flask):
    browser.sign_up()
    phone = Browser(app, "198.51.100.9")
    phone.sign_in()
    page = browser.get("").text
    assert "198.51.100.9" in page
    ends = re.findall(r'action="/account(/sign-ins/\w{32}/end)"', page)
    assert len(ends) == 1
    browser.post(ends[0])
    assert not phone.is_signed_in()
    assert browser.is_signed_in()


def test_nobody_ends_or_revokes_what_is_anothers(browser: Browser, app: Flask):
    browser.sign_up()
    sign_in = app.extensions["sign_ins"].of(person_id(app, EMAIL))[0]
    eve = Browser(app)
    eve.sign_up("eve@example.org", OTHER_PASSWORD)
    eve.get("")
    eve.post(f"/sign-ins/{sign_in.id}/end")
    assert browser.is_signed_in()


def test_an_unused_sign_in_and_an_old_one_end(
    settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    limits = {"SESSION_IDLE_SECONDS": "600", "SESSION_ABSOLUTE_SECONDS": "1000"}
    app = create_app({**settings_env, **limits, "TESTING": True})
    browser = Browser(app)
    browser.sign_up()
    token = sign_in_token(browser)
    now = time.time()
    find = app.extensions["sign_ins"].find
    for later, is_on in ((500, True), (990, True), (1010, False)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        assert (find(token) is not None) == is_on, later
    monkeypatch.setattr(time, "time", lambda: now)
    unused = Browser(app)
    unused.sign_in()
    token = sign_in_token(unused)
    monkeypatch.setattr(time, "time", lambda: now + 700)
    assert find(token) is None


def test_a_token_is_shown_once_and_opens_only_what_it_is_for(browser: Browser, app: Flask):
    browser.sign_up()
    browser.get("")
    made = browser.post("/tokens", name="bot", scopes="watchlists", days="30", password=PASSWORD)
    found = re.search(r"data-new-token>(mdk_[\w-]+)<", made.text)
    assert found
    token = found[1]
    assert token not in browser.get("").text
    ask = {"Authorization": f"Bearer {token}"}
    refused = app.test_client().get("/api/v1/symbols/spot", headers=ask)
    assert refused.status_code == 403
    assert refused.get_json()["error"]["code"] == "insufficient_scope"
    revoke = re.search(r'action="/account(/tokens/\w{32}/revoke)"', browser.get("").text)
    assert revoke
    browser.post(revoke[1])
    gone = app.test_client().get("/api/v1/symbols/spot", headers=ask)
    assert gone.status_code == 401
    assert gone.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_wants_the_password_and_a_scope(browser: Browser):
    browser.sign_up()
    browser.get("")
    wrong = browser.post("/tokens", name="bot", scopes="symbols", days="30", password="wrong one")
    assert errors_of(wrong) == ["This is not your password."]
    none = browser.post("/tokens", name="bot", days="30", password=PASSWORD)
    assert errors_of(none) == ["Choose one of these."]
    assert "No token yet" in none.text


def test_deleting_the_account_deletes_all_that_it_holds(browser: Browser, app: Flask):
    browser.sign_up()
    browser.get("")
    browser.post("/tokens", name="bot", scopes="symbols", days="30", password=PASSWORD)
    wrong = browser.post("/delete", password=OTHER_PASSWORD)
    assert wrong.status_code == 422
    assert browser.is_signed_in()
    assert "deleted" in browser.post("/delete", password=PASSWORD).text
    assert not browser.is_signed_in()
    assert browser.sign_in().status_code == 422
    with app.extensions["database"].reading() as session:
        for table in (Person, SignIn, ApiToken, Credential, AccountLists):
            assert session.scalars(select(table)).all() == []


@pytest.mark.parametrize("path", ["/sign-out", "/password", "/delete", "/tokens", "/sign-in"])
def test_a_form_without_its_token_does_nothing(browser: Browser, path: str):
    browser.sign_up()
    browser._token = ""
    answer = browser.post(path, password=PASSWORD, new_password=OTHER_PASSWORD)
    assert answer.status_code == 400
    assert "nothing was done" in answer.text
    assert browser.is_signed_in()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_makes_nothing_happen(client: FlaskClient, headers: dict[str, str]):
    for path in ("/account/sign-in", "/settings", "/markets/watchlist"):
        assert client.post(path, headers=headers).status_code == 403, path
    look = client.post("/api/v1/looks/spot", headers=headers)
    assert look.get_json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize("body", ["0", "false", '[["a"]]', "{}"])
def test_a_form_is_not_taken_as_json(client: FlaskClient, body: str):
    answer = client.post("/account/sign-in", data=body, content_type="application/json")
    assert answer.status_code == 415


def test_a_field_without_a_name_is_no_form_of_ours(client: FlaskClient):
    body = "--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"
    for path in ("/account/sign-in", "/settings"):
        answer = client.post(path, data=body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 400


def test_guessing_at_one_account_from_one_network_has_to_wait(browser: Browser, app: Flask):
    browser.sign_up()
    guesser = Browser(app, "203.0.113.7")
    answers = [guesser.sign_in(password=f"guess number {n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert guesser.sign_in().status_code == 429


def test_a_guesser_locks_nobody_out(browser: Browser, app: Flask):
    """Neither the owner's known browser on the same network, nor a new one elsewhere."""
    browser.sign_up()
    for n in range(60):  # from everywhere, the owner's own network included
        Browser(app, f"203.0.113.{n % 6}").sign_in(password="a wrong guess")
    for _ in range(11):
        Browser(app, "192.0.2.1").sign_in(password="a wrong guess")
    browser.get("")
    browser.post("/sign-out")
    assert browser.sign_in().status_code == 303
    assert Browser(app, "198.51.100.20").sign_in().status_code == 303


def test_an_attack_leaves_each_unknown_network_two_tries(browser: Browser, app: Flask):
    browser.sign_up()
    for n in range(50):
        Browser(app, f"203.0.113.{n}").sign_in(password="a wrong guess")
    late = Browser(app, "198.51.100.30")
    answers = [late.sign_in(password="a wrong guess").status_code for _ in range(3)]
    assert answers == [422, 422, 429]


def test_nobodys_letter_box_is_filled_from_here(app: Flask):
    for n in range(7):
        stranger = Browser(app, f"203.0.113.{n}")
        stranger.get("/forgotten")
        assert stranger.post("/forgotten", email=EMAIL).status_code == 303
    assert len(stranger.mails()) == 5


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("not an address", "unknown"),
    ],
)
def test_an_ipv6_customer_is_one_network(address: str, network: str):
    assert network_of(address) == network


def test_over_tls_the_cookies_are_this_hosts_alone(app: Flask):
    answer = app.test_client().get("/account/sign-in", base_url="https://deck.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-marketdeck=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_the_way_back_leads_to_no_other_site(browser: Browser):
    browser.sign_up()
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"):
        assert browser.get(f"/sign-in?next={target}").location == "/account"
    assert browser.get("/sign-in?next=/markets?pair=BTCUSDT").location == "/markets?pair=BTCUSDT"


def test_no_cache_keeps_an_accounts_page(browser: Browser):
    browser.sign_up()
    for path in ("", "/sign-in", "/code"):
        assert browser.get(path).headers["Cache-Control"] == "private, no-store"


def test_with_the_database_away_the_page_works_and_the_account_says_why(
    settings_env: dict[str, str],
):
    away = "postgresql://nobody@127.0.0.1:1/people"
    app = create_app({**settings_env, "DATABASE_URL": away, "TESTING": True})
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = "x" * 43
    assert client.get("/markets").status_code == 200
    answer = client.get("/account")
    assert answer.status_code == 503
    assert "Lists and prices work as always" in answer.text


def test_the_public_answer_knows_nothing_of_cookies(browser: Browser, app: Flask):
    browser.sign_up()
    with_cookie = browser.client.get("/api/v1/symbols/spot")
    without = app.test_client().get("/api/v1/symbols/spot")
    assert with_cookie.data == without.data
    assert with_cookie.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in with_cookie.headers


def person_id(app: Flask, address: str) -> str:
    found: str = app.extensions["people"].authenticate(address, PASSWORD)
    return found


def sign_in_token(browser: Browser) -> str:
    with browser.client.session_transaction() as session:
        return str(session["sign_in"])
