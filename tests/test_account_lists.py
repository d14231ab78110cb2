"""Watchlists of an account: how copies merge, where they are kept, who gets them."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.support.people import a_person, a_token
from tests.test_accounts import EMAIL, Browser
from tests.test_markets import HandMadeCatalogue, watchlist_keys
from webapp.config import PROJECT_DIR
from webapp.database import Database, DatabaseAway
from webapp.database.models import AccountLists
from webapp.watchlists import lists as account
from webapp.watchlists.keys import parse_key
from webapp.watchlists.lists import NamedKeys, lists_in
from webapp.watchlists.registers import Register, Registers, from_json, merged, to_json, with_values
from webapp.watchlists.store import (
    LISTS_MAX,
    REGISTERS_MAX,
    AccountWatchlists,
    NobodyThere,
    TooMuch,
)

NOW = 1_800_000_000
BTC, ETH, SOL = "spot:BTCUSDT", "spot:ETHUSDT", "futures:SOLUSDT"
MERGE = """
import { Registers } from "./static/js/state/registers.js";
let text = "";
for await (const part of process.stdin) text += part;
const merged = JSON.parse(text).map((copies) => {
  const registers = new Registers();
  for (const copy of copies) registers.merge(Object.entries(copy));
  return registers;
});
console.log(JSON.stringify(merged));
"""

TRICKY = ["", "a", "\U0001f600", "\uffee", '"', "\\", "\n", "\u2028", "9", 9, 10, 1e21, 1e-7, -0.0]
values = st.one_of(
    st.sampled_from([None, *TRICKY]),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
entries = st.tuples(values, st.integers(0, 3)).map(list)
copies = st.dictionaries(st.sampled_from("abc"), entries, max_size=3)


def read(copy: dict[str, Any]) -> Registers:
    return from_json(json.dumps(copy))


def key(text: str) -> Any:
    found = parse_key(text)
    assert found
    return found


@given(copies.map(read), copies.map(read), copies.map(read))
def test_copies_merge_to_the_same_in_any_order_and_however_often(
    one: Registers, two: Registers, three: Registers
):
    assert merged(one, two) == merged(two, one)
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(one, one) == one
    assert from_json(to_json(one)) == one


def test_the_browser_merges_to_the_same():
    cases: list[list[dict[str, Any]]] = []

    @settings(max_examples=400, database=None)
    @given(st.lists(copies, min_size=2, max_size=3))
    def collect(case: list[dict[str, Any]]) -> None:
        cases.append(case)

    collect()
    told = subprocess.run(
        ["node", "--input-type=module", "--eval", MERGE],
        input=json.dumps(cases),
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    for case, theirs in zip(cases, json.loads(told.stdout), strict=True):
        ours: Registers = {}
        for copy in case:
            ours = merged(ours, read(copy))
        assert ours == read(theirs), case


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        [1],
        [1, 2, 3],
        [1, "2"],
        [1, 2.5],
        [True, 2],
        [1, True],
        [[], 2],
        [{}, 2],
        [1, 9e15],
    ],
)
def test_what_is_no_register_is_not_read(entry: Any):
    assert read({"main place": entry, "main name": ["a", 5.0]}) == {"main name": ("a", 5)}


class Copy:
    """Somebody's lists, edited by hand."""

    def __init__(self) -> None:
        self.registers: Registers = {}

    def set(self, values: account.Values) -> None:
        self.registers = with_values(self.registers, values, 5)

    @property
    def lists(self) -> tuple[account.AccountList, ...]:
        return lists_in(self.registers, "Watchlist")

    @property
    def seen(self) -> list[tuple[str, list[str]]]:
        return [(it.name, [str(each) for each in it.keys]) for it in self.lists]


def test_pairs_are_added_moved_and_removed():
    copy = Copy()
    copy.set(account.add(copy.lists[0], map(key, (BTC, ETH, SOL, BTC))))
    for step, order in ((-2, [SOL, BTC, ETH]), (-9, [SOL, BTC, ETH]), (1, [BTC, SOL, ETH])):
        copy.set(account.move(copy.lists[0], key(SOL), step))
        assert copy.seen == [("Watchlist", order)]
    copy.set(account.remove(copy.lists[0], key(SOL)))
    assert copy.seen == [("Watchlist", [BTC, ETH])]
    assert account.remove(copy.lists[0], key(SOL)) == {}
    assert account.move(copy.lists[0], key(SOL), 1) == {}


def test_a_pair_can_be_moved_between_two_as_often_as_one_likes():
    copy = Copy()
    copy.set(account.add(copy.lists[0], map(key, (BTC, ETH, SOL))))
    for _ in range(80):  # a number between two others is found some fifty times
        copy.set(account.move(copy.lists[0], copy.lists[0].keys[2], -1))
    assert copy.seen == [("Watchlist", [BTC, ETH, SOL])]


def test_lists_are_made_renamed_and_deleted_and_no_two_get_one_name():
    copy = Copy()
    for list_id in ("a", "b"):
        copy.set(account.make(NamedKeys("Majors", (key(BTC),)), copy.lists, list_id))
    assert copy.seen == [("Majors", [BTC]), ("Majors 2", [BTC])]
    copy.set(account.rename(copy.lists[1], "Majors", copy.lists))
    assert copy.seen[1][0] == "Majors 2"
    copy.set(account.rename(copy.lists[1], "Minors", copy.lists))
    copy.set(account.delete(copy.lists[0]))
    assert copy.seen == [("Minors", [BTC])]
    copy.set(account.delete(copy.lists[0]))
    assert copy.seen == [("Watchlist", [])]


def test_a_list_that_is_brought_joins_the_one_of_its_name():
    copy = Copy()
    copy.set(account.join(NamedKeys("Watchlist", (key(BTC),)), copy.lists))
    copy.set(account.join(NamedKeys("Watchlist", (key(ETH), key(BTC))), copy.lists))
    copy.set(account.join(NamedKeys("Other", (key(SOL),)), copy.lists))
    assert copy.seen == [("Watchlist", [BTC, ETH]), ("Other", [SOL])]


def test_a_list_takes_a_thousand_pairs():
    copy = Copy()
    copy.set(account.add(copy.lists[0], [key(f"spot:{n}USDT") for n in range(1000)]))
    with pytest.raises(account.ListIsFull):
        account.add(copy.lists[0], [key(BTC)])
    assert account.add(copy.lists[0], [key("spot:1USDT")]) == {}


@pytest.mark.parametrize(
    ("name", "value", "is_good"),
    [
        ("main name", "币安 \U0001f600", True),
        ("main name", "two\nlines", False),
        ("main name", "", False),
        ("main name", "x" * 66, False),
        ("main name", 5, False),
        ("main place", 5, True),
        ("main place", "x", False),
        ("main spot:币安人生USDT", 0.5, True),
        ("main spot:BTCUSDT", None, True),
        ("main spot:BTCUSDT", "x", False),
        ("main spot:BTC USDT", 1, False),
        ("main spot: BTCUSDT", 1, False),
        ("main bond:BTCUSDT", 1, False),
        ("<b> place", 1, False),
        ("place", 1, False),
        ("", 1, False),
    ],
)
def test_only_registers_of_lists_are_kept(name: str, value: Any, is_good: bool):
    assert account.acceptable(name, value) is is_good


@pytest.fixture
def person(app: Flask) -> str:
    return a_person(app)


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["database"]
    return found


@pytest.fixture
def store(database: Database) -> AccountWatchlists:
    return AccountWatchlists(database, "Watchlist", now=lambda: NOW)


def edit_of(list_id: str, key_text: str, at_ms: int = 5) -> Registers:
    return {
        f"{list_id} place": Register(0, at_ms),
        f"{list_id} {key_text}": Register(0, at_ms),
    }


@pytest.mark.on_both_databases
def test_many_who_merge_at_once_lose_nothing(settings_env: dict[str, str], person: str):
    stores = [
        AccountWatchlists(Database(settings_env["DATABASE_URL"]), "Watchlist") for _ in range(4)
    ]
    start = threading.Barrier(len(stores))

    def merge(number: int) -> None:
        start.wait()
        for count in range(10):
            edit = edit_of("main", f"spot:{number}X{count}USDT", 1000 * number + count)
            stores[number].merge(person, edit)

    with ThreadPoolExecutor(len(stores)) as threads:
        list(threads.map(merge, range(len(stores))))
    kept = stores[0].read(person)
    assert len(stores[0].lists_of(kept)[0].keys) == 40
    assert kept.version == 40


def test_what_is_not_new_makes_no_version(store: AccountWatchlists, person: str):
    edit = edit_of("main", BTC)
    assert store.read(person).version == 0
    assert [store.merge(person, edit).kept.version for _ in range(3)] == [1, 1, 1]
    older = {name: Register(None, 4) for name in edit}
    assert store.merge(person, older).kept.registers == edit


def test_a_clock_that_is_far_ahead_wins_nothing_for_ever(store: AccountWatchlists, person: str):
    now_ms = NOW * 1000
    store.merge(person, {"main place": Register(7, 8 * 10**15), f"main {BTC}": Register(1, now_ms)})
    assert store.read(person).registers["main place"] == Register(7, now_ms)
    taken = store.merge(person, {"main place": Register(8, now_ms + 1)})
    assert taken.kept.registers["main place"] == Register(8, now_ms + 1)


def test_what_was_removed_is_forgotten_after_a_year(store: AccountWatchlists, person: str):
    long_ago = NOW * 1000 - 366 * 86_400_000
    old = {
        "main place": Register(0, long_ago),
        f"main {BTC}": Register(None, long_ago),
        f"main {ETH}": Register(3, long_ago),
        "gone place": Register(None, long_ago),
        "gone name": Register("Gone", long_ago),
        f"gone {BTC}": Register(1, long_ago),
    }
    recent = {"new place": Register(None, NOW * 1000), "new name": Register("New", NOW * 1000)}
    kept = store.merge(person, {**old, **recent}).kept
    assert set(kept.registers) == {"main place", f"main {ETH}", *recent}


def test_what_would_be_too_much_changes_nothing(store: AccountWatchlists, person: str):
    store.merge(person, edit_of("main", BTC))
    before = store.read(person)
    many_lists = {f"l{n} place": Register(n, 5) for n in range(LISTS_MAX)}
    many_pairs = {f"main spot:{n}USDT": Register(n, 5) for n in range(REGISTERS_MAX)}
    for news in (many_lists, many_pairs):
        with pytest.raises(TooMuch):
            store.merge(person, news)
    assert store.read(person) == before


def test_nothing_is_kept_for_somebody_who_is_gone(store: AccountWatchlists):
    with pytest.raises(NobodyThere):
        store.merge("0" * 32, edit_of("main", BTC))


class Device:
    """A browser of one person, as far as its requests go."""

    def __init__(self, app: Flask, browser: Browser | None = None) -> None:
        self.browser = browser or Browser(app)
        self.client: FlaskClient = self.browser.client
        self.version: int | None = None
        self.registers: Registers = {}

    def sync(self, edit: Registers | None = None, **headers: str) -> TestResponse:
        body = {"version": self.version, "registers": edit or {}}
        answer = self.client.post("/account/watchlists", json=body, headers=headers)
        if answer.status_code == 200:
            data = answer.get_json()["data"]
            self.version = data["version"]
            self.registers = merged(merged(self.registers, edit or {}), read(data["registers"]))
        return answer

    def page(self, path: str = "/markets") -> str:
        return self.browser._seen(self.client.get(path)).text

    def send(self, **form: str) -> TestResponse:
        data = {"csrf_token": self.browser._token, **form}
        return self.client.post("/markets/watchlist", data=data)

    def told(self) -> Any:
        found = re.search(r'<meta name="marketdeck-account" content="([^"]*)">', self.page())
        return json.loads(unescape(found[1])) if found else "nothing"


@pytest.fixture
def app(settings_env: dict[str, str], app: Flask) -> Flask:
    app.extensions["catalogue"] = HandMadeCatalogue()
    return app


@pytest.fixture
def device(app: Flask) -> Device:
    one = Device(app)
    one.browser.sign_up()
    return one


@pytest.fixture
def other(app: Flask, device: Device) -> Device:
    another = Device(app)
    another.browser.sign_in()
    return another


@pytest.mark.on_both_databases
def test_two_devices_that_edit_at_once_end_with_both_edits(device: Device, other: Device):
    device.sync(edit_of("main", BTC))
    other.sync()
    answer = device.sync(edit_of("main", ETH, 6))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.get_json()["status"] == "success"
    assert set(answer.get_json()["data"]["registers"]) == {"main place", f"main {ETH}"}
    answer = other.sync(edit_of("main", SOL, 7))
    assert len(answer.get_json()["data"]["registers"]) == 4, "the version it knew was an older one"
    device.sync()
    assert device.registers == other.registers
    assert sorted(watchlist_keys(device.page())) == [SOL, BTC, ETH]


def test_what_is_no_register_of_a_list_is_named_and_the_rest_is_kept(device: Device):
    body = {"registers": {"main place": [0, 5], "main <b>": [0, 5], "x": 7}}
    answer = device.client.post("/account/watchlists", json=body)
    assert answer.get_json()["data"] == {
        "version": 1,
        "registers": {"main place": [0, 5]},
        "left_out": ["main <b>"],
    }


def test_nobody_else_gets_or_changes_them(app: Flask, device: Device):
    device.sync(edit_of("main", BTC))
    stranger = Device(app)
    assert stranger.sync(edit_of("main", ETH)).status_code == 401
    assert stranger.told() is None
    stranger.browser.sign_up("bob@example.org")
    assert stranger.sync().get_json()["data"]["registers"] == {}
    assert stranger.told()["tag"] != device.told()["tag"]
    assert EMAIL not in str(device.told())
    assert watchlist_keys(stranger.page()) == []


def error(answer: TestResponse) -> tuple[int, str]:
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.status_code, answer.get_json()["error"]["code"]


def test_what_cannot_be_taken_is_told_why(app: Flask, device: Device):
    def post(body: bytes, kind: str = "application/json", **headers: str) -> TestResponse:
        return device.client.post(
            "/account/watchlists", data=body, content_type=kind, headers=headers
        )

    for body in (b"", b"[]", b"{}", b'{"registers": []}', b'{"registers": {"a": [NaN, 1]}}'):
        assert error(post(body)) == (422, "bad_registers")
    assert error(post(b"[" * 100_000)) == (422, "bad_registers")
    assert error(post(b" " * 1_000_001)) == (413, "too_large")
    many = {f"l{n} place": [n, 5] for n in range(LISTS_MAX + 1)}
    assert error(post(json.dumps({"registers": many}).encode())) == (422, "too_much")
    assert post(b'{"registers": {}}', "text/plain").status_code == 400, "it has no form token"
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert device.sync(edit_of("main", BTC), **cross).status_code == 403
    assert device.sync().get_json()["data"]["registers"] == {}


def test_with_the_database_away_nothing_is_lost_and_the_cookie_is_shown(
    app: Flask, device: Device, monkeypatch: pytest.MonkeyPatch
):
    device.page()
    device.send(add=BTC)

    def away(_self: Database) -> Any:
        raise DatabaseAway

    with monkeypatch.context() as patch:
        patch.setattr(Database, "reading", away)
        patch.setattr(Database, "writing", away)
        answer = device.sync(edit_of("main", ETH))
        assert error(answer) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "5"
        assert watchlist_keys(device.page()) == [BTC]
        assert device.told() == "nothing"
        refused = device.send(add=ETH)
        assert refused.status_code == 503
        assert "your lists were not changed" in refused.text
        token = device.client.get("/api/v1/watchlists", headers={"Authorization": "Bearer x"})
        assert token.status_code == 503
    assert watchlist_keys(device.page()) == [BTC]


@pytest.mark.on_both_databases
def test_forms_edit_the_account_and_the_other_device_shows_it(device: Device, other: Device):
    device.page()
    for pair in (BTC, ETH, SOL):
        assert device.send(add=pair, sort="price").location.startswith("/markets?market=spot")
    device.send(up=SOL)
    device.send(remove=BTC)
    page = other.page()
    assert watchlist_keys(page) == [SOL, ETH]
    assert "make a new list" in page.lower()

    other.page("/markets?list=spot:BTCUSDT&name=From%20Ann")
    other.send(keep="1", list=BTC, name="From Ann")
    assert watchlist_keys(other.page()) == [BTC]
    assert watchlist_keys(device.page()) == [SOL, ETH], "each device has its own open list"
    opens = re.search(r'name="open" value="(\w+)">Open From Ann \(1\)', device.page())
    assert opens
    device.send(open=opens[1])
    assert watchlist_keys(device.page()) == [BTC]
    device.send(rename="1", list_name=" Core ")
    device.send(make="1", list_name="Core")
    page = device.page()
    assert 'id="watchlist-title">Core 2<' in page
    device.send(delete="1")
    assert 'id="watchlist-title">Core 2<' not in device.page()
    assert "Open Core (1)" in device.page()
    assert watchlist_keys(other.page()) == [BTC]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "asks for no change"),
        ({"add": "BTCUSDT"}, "names no pair"),
        ({"keep": "1"}, "no shared list"),
        ({"rename": "1", "list_name": " "}, "type a name"),
        ({"make": "1"}, "type a name"),
    ],
)
def test_a_form_of_an_account_that_cannot_be_understood_is_told_why(
    device: Device, form: dict[str, str], words: str
):
    device.page()
    answer = device.send(**form)
    assert answer.status_code == 400
    assert words in answer.text


def test_a_list_that_is_gone_is_no_longer_open(device: Device, other: Device):
    device.page()
    device.send(add=BTC)
    device.send(make="1", list_name="Second")
    device.send(add=ETH)
    other.page()
    opens = re.search(r'name="open" value="(\w+)">Open Second', other.page())
    assert opens
    other.send(open=opens[1])
    other.send(delete="1")
    assert watchlist_keys(device.page()) == [BTC]
    device.send(add=SOL)
    assert watchlist_keys(other.page()) == [BTC, SOL]


def test_a_full_list_says_so(device: Device):
    device.page()
    many = {f"main spot:{n}USDT": Register(n, 5) for n in range(1000)}
    device.sync({**many, **edit_of("main", BTC)})
    answer = device.send(add=ETH)
    assert answer.status_code == 413
    assert "1,000 pairs" in answer.text
    page = device.page()
    assert len(watchlist_keys(page)) == 1001
    assert "list=spot" not in page, "no link can carry so many"
    cookie = device.client.get_cookie("watchlist")
    assert cookie is None or len(cookie.value) < 4000


def test_at_the_sign_in_the_browsers_lists_are_the_accounts(app: Flask, device: Device):
    device.page()
    device.send(add=BTC)
    newcomer = Device(app)
    newcomer.client.post("/markets/watchlist", data={"add": ETH})
    newcomer.client.post("/markets/watchlist", data={"keep": "1", "list": SOL, "name": "Shared"})
    newcomer.browser.sign_in()
    page = newcomer.page()
    assert watchlist_keys(page) == [SOL], "the list that was open is open still"
    assert "Open Watchlist (2)" in page
    assert watchlist_keys(device.page()) == [BTC, ETH]
    newcomer.browser.get("")
    newcomer.browser.post("/sign-out")
    assert watchlist_keys(newcomer.page()) == []
    newcomer.browser.sign_up("bob@example.org")
    assert watchlist_keys(newcomer.page()) == [], "the next person finds nothing of it"


def test_after_the_sign_out_nothing_of_theirs_is_left_in_the_cookies(device: Device):
    device.page()
    device.send(add=BTC)
    device.client.set_cookie("watchlists-known", "x.1")
    device.browser.get("")
    device.browser.post("/sign-out")
    for name in ("watchlist", "watchlists-aside", "watchlists-known"):
        assert device.client.get_cookie(name) is None
    assert device.client.get_cookie("signed-out")
    assert watchlist_keys(device.page()) == []


def test_a_sign_in_that_ended_elsewhere_shows_nothing_of_theirs(device: Device, other: Device):
    device.page()
    device.send(add=BTC)
    other.browser.get("")
    other.browser.post("/sign-ins/end-others")
    assert watchlist_keys(device.page()) == []
    assert device.client.get_cookie("watchlist") is None
    assert device.told() is None


def test_the_next_person_finds_nothing_of_a_sign_in_that_ended_by_itself(
    device: Device, other: Device, monkeypatch: pytest.MonkeyPatch
):
    device.page()
    device.send(add=BTC)
    other.browser.get("")
    other.browser.post("/sign-ins/end-others")
    device.browser.sign_up("bob@example.org")

    def away(_self: Database) -> Any:
        raise DatabaseAway

    monkeypatch.setattr(Database, "reading", away)
    assert watchlist_keys(device.page()) == []


def test_the_page_tells_its_script_the_lists_unless_it_knows_them(device: Device):
    device.page()
    device.send(add=BTC)
    told = device.told()
    assert set(told["registers"]) == {"main place", f"main {BTC}"}
    device.client.set_cookie("watchlists-known", f"{told['tag']}.{told['version']}")
    assert "registers" not in device.told()
    device.send(add=ETH)
    assert "registers" in device.told()
    assert device.client.get("/markets").headers["Cache-Control"] == "private, no-store"


def test_being_signed_in_costs_the_page_one_query_for_the_lists(
    app: Flask, device: Device, database: Database
):
    device.page()
    device.send(add=BTC)
    asked: list[str] = []
    event.listen(
        database._engine, "before_cursor_execute", lambda *told: asked.append(str(told[2]))
    )
    device.page()
    assert sum("account_lists" in text for text in asked) == 1
    assert sum("sign_ins" in text for text in asked) == 1, asked


def test_a_program_reads_them_with_a_token_made_for_it(app: Flask, device: Device, database: Any):
    device.page()
    for pair in (BTC, SOL):
        device.send(add=pair)
    device.send(make="1", list_name="Empty")
    with database.reading() as session:
        person_id = session.query(AccountLists.person_id).scalar()
    client = app.test_client()
    answer = client.get("/api/v1/watchlists", headers=a_token(app, person_id, "watchlists"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    spot = {"market_type": "spot", "symbol": "BTCUSDT"}
    futures = {"market_type": "futures", "symbol": "SOLUSDT"}
    assert answer.get_json()["data"]["lists"] == [
        {"name": "Watchlist", "pairs": [spot, futures]},
        {"name": "Empty", "pairs": []},
    ]
    assert client.get("/api/v1/watchlists").status_code == 401
    assert client.get("/api/v1/watchlists").headers["WWW-Authenticate"] == "Bearer"
    other_scope = client.get("/api/v1/watchlists", headers=a_token(app, person_id))
    assert other_scope.status_code == 403
    assert device.client.get("/api/v1/watchlists").status_code == 401, "a cookie is no token"


@pytest.mark.on_both_databases
def test_the_lists_go_with_the_account(device: Device, database: Database):
    device.page()
    device.send(add=BTC)
    device.browser.get("")
    device.browser.post("/delete", password="blue kettle on the stove")
    with database.reading() as session:
        assert session.query(AccountLists).count() == 0
    assert watchlist_keys(device.page()) == []
    assert device.sync().status_code == 401
