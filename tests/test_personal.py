"""The hierarchy: a person's testnet key, their mainnet key, the public list."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.keys import demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.support.people import a_person, a_token, give_key, vault_of
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.binance.answers import PermissionsRow
from webapp.binance.errors import MalformedAnswer
from webapp.credentials.budget import WeightBudget
from webapp.personal.lists import PersonalLists
from webapp.personal.permission_sets import PermissionSets, compact, may_trade
from webapp.redis_health import RedisHealth
from webapp.shared_limits import SharedLimits
from webapp.symbols.listing import Market

SPOT, FUTURES = "/api/v1/symbols/spot", "/api/v1/symbols/futures"
Ask = Callable[..., Any]


@pytest.fixture
def person(app: Flask) -> str:
    return a_person(app)


@pytest.fixture
def ask(app: Flask, person: str) -> Ask:
    """Asks for a list as the person's program does."""
    headers = a_token(app, person)

    def ask(path: str = SPOT, app: Flask = app, **more: str) -> Any:
        return app.test_client().get(path, headers={**headers, **more})

    return ask


def source(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.headers["X-Data-Source"])


def symbols(answer: Any) -> set[str]:
    return {row["symbol"] for row in answer.get_json()["data"]["symbols"]}


def give(app: Flask, person: str, *slots: str) -> None:
    names = {"mainnet": "readonly", "spot-testnet": "testnet", "futures-testnet": "testnet"}
    for slot in slots:
        give_key(app, person, slot, names[slot])  # type: ignore[arg-type]


@pytest.mark.parametrize("testnet", ["works", "refused", "down", "none"])
@pytest.mark.parametrize("mainnet", ["works", "refused", "down", "none"])
@pytest.mark.parametrize("market", ["spot", "futures"])
def test_the_first_environment_that_accepts_a_key_gives_the_list(
    app: Flask,
    person: str,
    ask: Ask,
    exchange: ExchangeProcess,
    market: str,
    testnet: str,
    mainnet: str,
):
    states = {f"{market}_testnet": testnet, market: mainnet}
    slots = {f"{market}_testnet": f"{market}-testnet", market: "mainnet"}
    for venue, state in states.items():
        if state != "none":
            give(app, person, slots[venue])
        if state == "refused":
            exchange.control.fault(
                "status", venue=venue, endpoint="account", status=401, code=-2015
            )
        elif state == "down":
            exchange.control.fault("status", venue=venue, endpoint="account", status=503)
    expected = (
        ["testnet-key"]
        if testnet == "works"
        else ["mainnet-key"]
        if mainnet == "works"
        else ["binance", "cache"]
    )
    answers = [ask(f"/api/v1/symbols/{market}") for _ in range(3)]
    assert all(source(answer) in expected for answer in answers)
    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}
    for venue, state in states.items():  # three requests, one question
        calls = exchange.control.counts(venue)["rest"].get("account", {"total": 0})["total"]
        saved = 1 if venue != market else 0  # a testnet key is tried when it is saved
        if state == "none" or (venue == market and testnet == "works"):
            assert calls == 0
        else:
            assert calls == 1 + saved
    [*seen] = vault_of(app).overview(person)
    refused = {key.slot for key in seen if any(":key-rejected" in why for why in key.reasons)}
    asked_and_refused = {
        slots[venue]
        for venue, state in states.items()
        if state == "refused" and not (venue == market and testnet == "works")
    }
    assert refused == asked_and_refused


def test_a_personal_answer_is_for_no_cache(app: Flask, person: str, ask: Ask):
    give(app, person, "mainnet")
    answer = ask()
    assert answer.headers["X-Data-Source"] == "mainnet-key"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not {"Last-Modified", "Age", "Expires"} & set(answer.headers.keys())
    again = ask(**{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-store")


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [("Bearer nonsense", 401, "invalid_token"), ("Bearer ", 401, "invalid_token")],
)
def test_a_token_that_nobody_has_is_refused(app: Flask, header: str, status: int, code: str):
    answer = app.test_client().get(SPOT, headers={"Authorization": header})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_token_for_something_else_is_refused(app: Flask, person: str):
    token = app.extensions["tokens"].make(person, "lists", ("watchlists",), 30)
    answer = app.test_client().get(SPOT, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "insufficient_scope")
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


def test_scripts_of_other_pages_may_send_a_token(app: Flask):
    allowed = app.test_client().options(SPOT).headers["Access-Control-Allow-Headers"]
    assert "Authorization" in allowed


def test_without_a_token_nothing_is_asked_and_nothing_changes(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    give(app, person, "mainnet")
    ask()
    asked = exchange.control.counts("spot")["rest"]["account"]["total"]
    public = app.test_client().get(SPOT)
    assert public.headers["Cache-Control"].startswith("public, max-age=300")
    assert public.headers["Vary"] == "Accept-Encoding"
    assert public.headers["X-Data-Source"] == "cache"
    assert exchange.control.counts("spot")["rest"]["account"]["total"] == asked


def test_the_list_holds_what_the_account_may_trade(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    sets: dict[str, list[list[str]]] = {
        "ADAUSDT": [["SPOT"], ["TRD_GRP_004", "TRD_GRP_005"]],
        "XRPUSDT": [["SPOT", "MARGIN"], ["TRD_GRP_099"]],
        "DOGEUSDT": [[], ["SPOT"]],
    }
    for symbol, wanted in sets.items():
        exchange.control.set_permissions(symbol, wanted)
    give_key(app, person, "mainnet", "tradegroup")  # SPOT and TRD_GRP_004
    public = app.test_client().get(SPOT)
    personal = ask()
    assert source(personal) == "mainnet-key"
    assert symbols(public) - symbols(personal) == {"XRPUSDT"}
    rows = personal.get_json()["data"]
    assert rows["count"] == len(rows["symbols"])
    order = [row["symbol"] for row in public.get_json()["data"]["symbols"]]
    assert [row["symbol"] for row in rows["symbols"]] == [s for s in order if s != "XRPUSDT"]

    other = a_person(app, "grace")
    give_key(app, other, "mainnet", "readonly")  # SPOT alone
    answer = app.test_client().get(SPOT, headers=a_token(app, other))
    assert symbols(public) - symbols(answer) == {"XRPUSDT", "ADAUSDT"}
    infos = exchange.control.calls("spot", "exchangeInfo")
    assert infos == 2  # the list and, for everyone, the permission sets


names = st.sampled_from(["SPOT", "MARGIN", "LEVERAGED", "TRD_GRP_004", "TRD_GRP_261"])


@given(st.lists(st.lists(names, max_size=4), max_size=4), st.frozensets(names))
def test_of_each_inner_list_one_name_is_needed(sets: list[list[str]], permissions: frozenset[str]):
    expected = all(any(name in permissions for name in inner) for inner in sets if len(inner) > 0)
    assert may_trade(tuple(frozenset(inner) for inner in sets), permissions) == expected
    row = PermissionsRow("AUSDT", "USDT", sets)
    other = PermissionsRow("BUSDT", "USDT", None)
    kept = PermissionSets.from_bytes(compact([row, other, row]))
    assert ("AUSDT" in kept.allowed(["AUSDT"], permissions)) == expected
    assert kept.allowed(["BUSDT", "NEWUSDT"], permissions) == {"BUSDT", "NEWUSDT"}


def test_permission_sets_are_kept_small():
    wide = [[f"TRD_GRP_{number:03d}" for number in range(240)]]
    rows = [PermissionsRow(f"A{number}USDT", "USDT", wide) for number in range(500)]
    assert len(compact(rows)) < 20_000
    with pytest.raises(MalformedAnswer):
        compact([PermissionsRow("ETHBTC", "BTC", wide)])


def test_a_testnets_list_is_that_of_the_testnet_and_touches_nothing_shared(
    app: Flask, person: str, ask: Ask, redis_client: redis.Redis, exchange: ExchangeProcess
):
    give(app, person, "spot-testnet", "futures-testnet")
    exchange.control.set_symbol("ADAUSDT", "BREAK", venue="spot_testnet")
    for path in (SPOT, FUTURES):
        assert source(ask(path)) == "testnet-key"
    assert "ADAUSDT" not in symbols(ask())
    keys = {key.decode() for key in redis_client.scan_iter("*")}
    assert not {key for key in keys if key.startswith("cache:symbols:")}
    assert not {key for key in keys if "changes" in key or "shrink" in key}
    assert {"cache:testnet-symbols:spot:v1", "cache:testnet-symbols:futures:v1"} <= keys
    public = app.test_client().get(SPOT)
    assert "ADAUSDT" in symbols(public)
    assert exchange.control.calls("spot_testnet", "exchangeInfo") == 2
    assert exchange.control.calls("futures_testnet", "exchangeInfo") == 1


def test_nothing_personal_is_in_a_key_that_all_share_and_no_secret_is_in_redis(
    app: Flask, person: str, ask: Ask, redis_client: redis.Redis
):
    app.test_client().get(SPOT)
    give_key(app, person, "mainnet", "tradegroup")
    give(app, person, "spot-testnet")
    for path in (SPOT, FUTURES):
        ask(path)
    for key in redis_client.scan_iter("*"):
        value = (
            redis_client.get(key) if redis_client.type(key) == b"string" else redis_client.dump(key)
        )
        stored = key + b" " + (value or b"")
        for name in ("tradegroup", "testnet"):
            assert demo_key(name).encode() not in stored
            assert demo_secret(name).encode() not in stored
        if b"TRD_GRP_004" in stored and b"permission-sets" not in key:
            assert person.encode() in key
        if person.encode() in stored:
            assert person.encode() in key
            assert redis_client.ttl(key) > 0


def test_two_people_never_get_each_others_lists(app: Flask, exchange: ExchangeProcess):
    exchange.control.set_permissions("ADAUSDT", [["SPOT"], ["TRD_GRP_004"]])
    people = {name: a_person(app, name) for name in ("tradegroup", "readonly", "testnet", "nobody")}
    give_key(app, people["tradegroup"], "mainnet", "tradegroup")
    give_key(app, people["readonly"], "mainnet", "readonly")
    give_key(app, people["testnet"], "spot-testnet", "testnet")
    headers = {name: a_token(app, person) for name, person in people.items()}
    expected = {
        "tradegroup": ("mainnet-key", True),
        "readonly": ("mainnet-key", False),
        "testnet": ("testnet-key", True),
    }
    app.test_client().get(SPOT)

    def got(name: str) -> tuple[str, tuple[str, bool, int]]:
        answer = app.test_client().get(SPOT, headers=headers[name])
        return name, (source(answer), "ADAUSDT" in symbols(answer), len(symbols(answer)))

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(got, list(people) * 30))
    assert len(answers) == 4
    for name, (told, holds_ada, _count) in answers:
        assert (told, holds_ada) == expected.get(name, ("cache", True))


def test_many_requests_of_a_person_ask_the_account_once(
    app: Flask, person: str, ask: Ask, settings_env: dict[str, str], exchange: ExchangeProcess
):
    give(app, person, "mainnet")
    apps = [app, create_app(settings_env)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda number: ask(app=apps[number % 2]), range(32)))
    assert {source(answer) for answer in answers} == {"mainnet-key"}
    assert exchange.control.calls("spot", "account") == 1


def test_where_a_key_was_accepted_is_remembered_until_it_is_refused_there(
    app: Flask, person: str, ask: Ask, settings_env: dict[str, str], exchange: ExchangeProcess
):
    give(app, person, "mainnet", "spot-testnet")
    fault = exchange.control.fault("status", venue="spot_testnet", endpoint="account", status=503)
    assert source(ask()) == "mainnet-key"
    exchange.control.clear(fault)
    assert source(ask()) == "mainnet-key"
    assert source(ask(app=create_app(settings_env))) == "mainnet-key"
    assert exchange.control.calls("spot", "account") == 1
    # Gone at Binance: once the account's answer is over, the next step is the testnet again.
    exchange.control.remove_key(demo_key("readonly"))
    vault = vault_of(app)
    [key] = [key for key in vault.usable(person) if key.slot == "mainnet"]
    vault._forget(person, "mainnet", key.credential_id)
    with_pause = source(ask())
    assert with_pause in ("binance", "cache")  # the testnet's pause is not over
    [mainnet] = [seen for seen in vault.overview(person) if seen.slot == "mainnet"]
    assert mainnet.reasons == ("spot:key-rejected",)


def test_another_key_makes_the_order_begin_anew(app: Flask, person: str, ask: Ask):
    give(app, person, "mainnet")
    assert source(ask()) == "mainnet-key"
    give(app, person, "spot-testnet")
    assert source(ask()) == "testnet-key"


def test_a_refused_key_is_asked_with_once_and_again_when_saved_anew(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    give(app, person, "spot-testnet")
    exchange.control.remove_key(demo_key("testnet"))
    calls = exchange.control.calls("spot_testnet", "account")
    for _ in range(3):
        answer = ask()
        assert source(answer) in ("binance", "cache")
        assert "rejected" not in answer.get_data(as_text=True)
    assert exchange.control.calls("spot_testnet", "account") == calls + 1
    [seen] = vault_of(app).overview(person)
    assert (seen.state, seen.reasons) == ("refused", ("spot:key-rejected",))
    exchange.control.add_key(demo_key("testnet"), demo_secret("testnet"), venues=["spot_testnet"])
    give(app, person, "spot-testnet")
    assert source(ask()) == "testnet-key"


def test_a_key_that_futures_refuse_still_opens_spot(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    exchange.control.change_key(demo_key("readonly"), venues=["spot"])
    give(app, person, "mainnet")
    assert source(ask(FUTURES)) in ("binance", "cache")
    assert source(ask(SPOT)) == "mainnet-key"


@pytest.mark.parametrize("end", ["removed", "set aside", "replaced"])
def test_a_key_that_is_gone_ends_the_personal_list_at_once_in_every_process(
    app: Flask,
    person: str,
    ask: Ask,
    settings_env: dict[str, str],
    redis_client: redis.Redis,
    exchange: ExchangeProcess,
    end: str,
):
    other = create_app(settings_env)
    exchange.control.set_permissions("ADAUSDT", [["SPOT"], ["TRD_GRP_004"]])
    give_key(app, person, "mainnet", "tradegroup")
    for each in (app, other):
        assert source(ask(app=each)) == "mainnet-key"
    vault = vault_of(app)
    if end == "removed":
        vault.remove(person, "mainnet")
    elif end == "replaced":
        give_key(app, person, "mainnet", "readonly")
    else:
        vault.set_aside(vault.usable(person)[0].credential_id, ("enableFutures",))
    assert not list(redis_client.scan_iter("cache:personal:*"))
    for each in (app, other):
        answer = ask(app=each)
        if end == "replaced":
            assert "ADAUSDT" not in symbols(answer)
        else:
            assert source(answer) in ("binance", "cache")


def test_a_failing_person_spends_no_more_than_their_budget(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("webapp.personal.memory.PAUSE_SECONDS", (0, 0))
    give(app, person, "mainnet")
    app.test_client().get(SPOT)
    exchange.control.fault("status", venue="spot", endpoint="account", status=503)
    for _ in range(30):
        assert source(ask()) == "cache"
    assert 4 <= exchange.control.calls("spot", "account") <= 6  # of 120 a minute, at 20 each


def test_a_budget_holds_over_processes_and_without_redis(redis_url: str):
    def budget(url: str) -> WeightBudget:
        client = redis.Redis.from_url(url, socket_connect_timeout=0.2)
        return WeightBudget(SharedLimits(RedisHealth(client)), weight_per_minute=100)

    here, there = budget(redis_url), budget(redis_url)
    assert [here.spend("ada", 40), there.spend("ada", 40), here.spend("ada", 40)] == [
        True,
        True,
        False,
    ]
    assert there.spend("grace", 100)
    alone = budget("redis://127.0.0.1:1/0")
    assert [alone.spend("ada", 60), alone.spend("ada", 60)] == [True, False]


def test_nothing_personal_is_asked_when_the_weight_is_needed_for_all(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    give(app, person, "mainnet")
    app.test_client().get(SPOT)
    app.extensions["shared"].gate.note_weight(exchange.urls.spot.removeprefix("http://"), "4900")
    assert source(ask()) == "cache"
    assert exchange.control.calls("spot", "account") == 0


@pytest.mark.measured
@pytest.mark.parametrize("budget_seconds", [2.0])
def test_a_hung_testnet_costs_one_request_its_share_of_the_budget(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    give(app, person, "mainnet", "spot-testnet")
    app.test_client().get(SPOT)
    exchange.control.fault("hang", venue="spot_testnet")
    began = time.monotonic()
    assert source(ask()) == "mainnet-key", "there was time left for the mainnet"
    assert time.monotonic() - began < 2.0
    waited_for = exchange.control.counts("spot_testnet")["rest"]
    for _ in range(2):
        began = time.monotonic()
        assert source(ask()) == "mainnet-key"
        assert time.monotonic() - began < 0.5
    assert exchange.control.counts("spot_testnet")["rest"] == waited_for


@pytest.mark.measured
@pytest.mark.parametrize("budget_seconds", [2.0])
def test_with_both_venues_hung_the_answer_comes_within_the_budget(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    give(app, person, "mainnet", "spot-testnet")
    app.test_client().get(SPOT)
    exchange.control.fault("hang", venue="spot*")
    began = time.monotonic()
    assert source(ask()) == "cache"
    assert time.monotonic() - began < 2.5
    began = time.monotonic()
    assert source(ask()) == "cache"
    assert time.monotonic() - began < 0.5


def test_a_wrong_clock_does_not_keep_a_person_from_their_list(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    give(app, person, "mainnet")
    exchange.control.clock(-120_000)
    assert source(ask()) == "mainnet-key"
    assert exchange.control.calls("spot", "account") == 2


def test_without_redis_a_personal_list_comes_from_memory(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    app = create_app({**settings_env, "REDIS_URL": "redis://127.0.0.1:1/0"})
    person = a_person(app)
    headers = a_token(app, person)
    give(app, person, "mainnet", "spot-testnet")
    before = exchange.control.calls("spot_testnet", "account")
    for _ in range(3):
        assert source(app.test_client().get(SPOT, headers=headers)) == "testnet-key"
    assert exchange.control.calls("spot_testnet", "account") == before + 1
    assert exchange.control.calls("spot_testnet", "exchangeInfo") == 2


def test_without_the_database_the_public_list_is_served_and_kept_by_no_cache(
    app: Flask, person: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    give(app, person, "mainnet")
    monkeypatch.setattr("webapp.database.Database._require_current", _away)
    answer = ask()
    assert source(answer) in ("binance", "cache")
    assert answer.headers["Cache-Control"] == "private, no-store"


def _away(_database: object) -> None:
    from webapp.database import DatabaseAway

    raise DatabaseAway("the database cannot be asked")


def test_the_testnets_list_may_be_slow_without_holding_anybody_up_twice(
    app: Flask, person: str, ask: Ask, exchange: ExchangeProcess
):
    give(app, person, "mainnet", "spot-testnet")
    app.test_client().get(SPOT)
    exchange.control.fault("hang", venue="spot_testnet", endpoint="exchangeInfo")
    assert source(ask()) == "mainnet-key"
    waited_for = exchange.control.calls("spot_testnet", "exchangeInfo")
    assert source(ask()) == "mainnet-key"
    assert exchange.control.calls("spot_testnet", "exchangeInfo") == waited_for
    exchange.control.clear()
    wait_until(lambda: source(ask()) == "testnet-key", "the testnet's list has come", 30)


def test_a_page_sees_the_persons_lists_in_place_of_the_catalogue(app: Flask, person: str):
    give(app, person, "spot-testnet")
    lists: PersonalLists = app.extensions["personal"]
    mine = lists.catalogue_for(person)
    market: Market = "spot"
    assert mine.known(market) is None
    served = mine.get(market)
    assert served.source == "testnet-key"
    assert mine.known(market) is served.listing
    assert mine.get("futures").source == "binance"
    public = lists.catalogue_for(a_person(app, "grace"))
    assert public.get(market).source in ("binance", "cache")


def test_what_is_kept_of_an_account_is_its_permissions_alone(
    app: Flask, person: str, ask: Ask, redis_client: redis.Redis
):
    give(app, person, "mainnet")
    ask()
    [key] = redis_client.scan_iter("cache:personal:*")
    kept = json.loads(redis_client.get(key) or b"")
    assert kept["body"] == {"permissions": ["SPOT"]}
    assert 0 < redis_client.ttl(key) <= 300
