"""The layer before Flask: what it answers is what Flask would, and Flask is not asked for it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType

import msgspec
import pytest
import redis
from flask import Flask, request, request_started
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.api.lists_again import AT_ONCE, NotAtHand
from webapp.symbols import shelf
from webapp.symbols.pause import FIRST_SECONDS
from webapp.symbols.shelf import LOOK_INTERVAL_SECONDS
from webapp.traffic import WithId

SPOT, FUTURES = "/api/v1/symbols/spot", "/api/v1/symbols/futures"
OF_EACH_ANSWER = {"X-Request-ID", "Date"}  # the second is the web server's
Questions = list[dict[str, str]]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Of an app whose lists are at hand."""
    client = app.test_client()
    for path in (SPOT, FUTURES):
        client.get(path)
        assert client.get(path).headers["X-Data-Source"] == "cache"
    return client


@pytest.fixture
def without_layer(app: Flask) -> Client:
    return without_its_layer(app)


def without_its_layer(app: Flask) -> Client:
    """The same app, asked by Flask's own way alone."""
    return Client(WithId(MethodType(Flask.wsgi_app, app), trusts_proxies=False), TestResponse)


@contextmanager
def flasks_requests(app: Flask) -> Iterator[list[str]]:
    """The paths that Flask is asked for meanwhile."""
    paths: list[str] = []

    def note(_app: Flask) -> None:
        paths.append(request.path)

    with request_started.connected_to(note, app):
        yield paths


def what_is_said(answer: TestResponse) -> tuple[int, dict[str, list[str]], bytes]:
    said: dict[str, list[str]] = {}
    for name, value in sorted(answer.headers):
        if name not in OF_EACH_ANSWER:
            said.setdefault(name, []).append(value)
    return answer.status_code, said, answer.data


def both_in_one_second(
    one: Client, other: Client, headers: dict[str, str]
) -> tuple[TestResponse, TestResponse]:
    while True:
        answers = one.get(SPOT, headers=headers), other.get(SPOT, headers=headers)
        if answers[0].headers.get("Age") == answers[1].headers.get("Age"):
            return answers


def questions(client: FlaskClient) -> Questions:
    """Every combination of what an answer may go by."""
    kept = client.get(SPOT, headers={"Accept-Encoding": "gzip"}).headers
    choices = {
        "Accept": ["", "application/json", "*/*;q=0.1", "text/html"],
        "Accept-Encoding": ["", "gzip", "br, gzip;q=0.5", "zstd", "identity;q=0, gzip"],
        "If-None-Match": ["", kept["ETag"], '"another"', f"W/{kept['ETag']}"],
        "If-Modified-Since": ["", kept["Last-Modified"], "Thu, 01 Jan 1970 00:00:00 GMT"],
    }
    return [
        {name: value for name, value in zip(choices, values, strict=True) if value}
        for values in itertools.product(*choices.values())
    ]


def test_it_says_what_flask_says_to_whatever_is_asked(client: FlaskClient, without_layer: Client):
    asked = questions(client)
    assert len(asked) == 240
    for headers in asked:
        for _ in range(2):  # the second is the layer's own
            ours, flasks = both_in_one_second(client, without_layer, headers)
            assert what_is_said(ours) == what_is_said(flasks), headers


@pytest.mark.parametrize("path", [SPOT, FUTURES, f"{SPOT}?anything=1"])
def test_flask_is_hardly_asked_and_json_is_made_by_nobody(
    app: Flask,
    client: FlaskClient,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    redis_client: redis.Redis,
):
    def commands() -> int:
        return int(redis_client.info("stats")["total_commands_processed"])

    first = client.get(path)
    monkeypatch.setattr(msgspec.json, "encode", None)
    before, began = commands(), time.monotonic()
    with flasks_requests(app) as paths:
        again = [client.get(path) for _ in range(1000)]
    looks = 2 + (time.monotonic() - began) / LOOK_INTERVAL_SECONDS
    assert len(paths) <= 1, "once more when the list that was fetched here has been read from Redis"
    assert commands() - before < 5 * looks, "Redis is looked at by the clock, and by no request"
    assert {answer.data for answer in again} == {first.data}
    assert len({answer.headers["X-Request-ID"] for answer in again}) == 1000


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("HEAD", SPOT, {}),
        ("OPTIONS", SPOT, {}),
        ("POST", SPOT, {}),
        ("GET", SPOT, {"Authorization": "Bearer whose"}),
        ("GET", f"{SPOT}/BTCUSDT", {}),
        ("GET", "/api/v1/symbols/nowhere", {}),
    ],
)
def test_what_may_be_another_answer_is_flasks(
    app: Flask, client: FlaskClient, method: str, path: str, headers: dict[str, str]
):
    with flasks_requests(app) as paths:
        for _ in range(2):
            client.open(path, method=method, headers=headers)
    assert paths == [path] * 2


def at_once(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, environ_overrides={AT_ONCE: True})


def is_sent_away(client: FlaskClient) -> bool:
    try:
        at_once(client, SPOT)
    except NotAtHand:
        return True
    return False


@pytest.mark.parametrize("path", [f"{SPOT}/BTCUSDT", "/api/v1/symbols/nowhere", "/"])
def test_who_cannot_wait_is_not_answered_by_flask(app: Flask, client: FlaskClient, path: str):
    with flasks_requests(app) as paths, pytest.raises(NotAtHand):
        at_once(client, path)
    assert paths == []


def test_who_cannot_wait_is_sent_away_where_nobody_has_looked_into_redis_for_long(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    kept = client.get(SPOT)
    wait_until(lambda: not is_sent_away(client), "it has been looked", 3)
    assert at_once(client, SPOT).data == kept.data
    with monkeypatch.context() as patch:
        patch.setattr(shelf, "LOOK_INTERVAL_SECONDS", 0)
        wait_until(lambda: is_sent_away(client), "it is time for a look", 3)
    client.get(SPOT)
    wait_until(lambda: not is_sent_away(client), "it has been looked again", 3)
    assert at_once(client, SPOT).data == kept.data


def test_who_cannot_wait_sees_what_others_have_put_into_redis(
    client: FlaskClient, settings_env: dict[str, str], exchange: ExchangeProcess
):
    client.get(SPOT)
    exchange.control.add_symbol("BRANDNEWUSDT", base="BRANDNEW", quote="USDT")
    create_app({**settings_env, "TESTING": True}).extensions["catalogue"].refresh("spot")
    wait_until(lambda: is_sent_away(client), "the list that was kept is the one no more", 3)
    assert b"BRANDNEWUSDT" in client.get(SPOT).data
    assert b"BRANDNEWUSDT" in at_once(client, SPOT).data


def test_who_has_a_cookie_is_answered_by_flask(app: Flask, client: FlaskClient):
    client.set_cookie("marketdeck", "whose")
    with flasks_requests(app) as paths:
        for _ in range(2):
            client.get(SPOT)
    assert paths == [SPOT] * 2


def test_another_list_is_seen_at_once(client: FlaskClient, app: Flask, exchange: ExchangeProcess):
    exchange.control.add_symbol("BRANDNEWUSDT", base="BRANDNEW", quote="USDT")
    app.extensions["catalogue"].refresh("spot")
    wait_until(lambda: b"BRANDNEWUSDT" in client.get(SPOT).data, "the new list is served")
    assert int(client.get(SPOT).headers["Age"]) < 10


@pytest.fixture
def failing(settings_env: dict[str, str], exchange: ExchangeProcess) -> Flask:
    """An app whose spot list has grown old and cannot be fetched anew."""
    app = create_app({**settings_env, "SPOT_SYMBOLS_CACHE_TTL_SECONDS": "1", "TESTING": True})
    client = app.test_client()
    client.get(SPOT)
    exchange.control.fault("status", venue="spot", endpoint="*", status=503)
    wait_until(lambda: client.get(SPOT).headers["X-Data-Source"] == "last-good", "it is old")
    return app


def test_while_binance_fails_flask_is_hardly_asked_for_the_last_good_list(failing: Flask):
    client, flasks_way = failing.test_client(), without_its_layer(failing)
    client.get(SPOT)
    ends_at = time.monotonic() + 2 * FIRST_SECONDS  # Binance is asked again meanwhile
    with flasks_requests(failing) as paths:
        while time.monotonic() < ends_at:
            assert client.get(SPOT).headers["X-Data-Source"] == "last-good"
            wait_until(lambda: not is_sent_away(client), "it is at hand for who cannot wait", 3)
    assert paths == []
    ours, flasks = both_in_one_second(client, flasks_way, {"Accept-Encoding": "gzip"})
    assert what_is_said(ours) == what_is_said(flasks)


def test_when_binance_is_back_the_fresh_list_is_seen(failing: Flask, exchange: ExchangeProcess):
    client = failing.test_client()
    exchange.control.clear()
    wait_until(
        lambda: client.get(SPOT).headers["X-Data-Source"] != "last-good", "the list is fresh", 10
    )


def test_who_asks_too_much_is_told_so(settings_env: dict[str, str]):
    app = create_app({**settings_env, "API_REQUESTS_PER_MINUTE": "20", "TESTING": True})
    client = app.test_client()
    statuses = [client.get(SPOT).status_code for _ in range(45)]
    assert statuses[:20] == [200] * 20
    assert 429 in statuses


def test_headers_that_were_never_seen_before_take_no_memory(app: Flask, client: FlaskClient):
    for number in range(500):
        assert client.get(SPOT, headers={"If-None-Match": f'"{number}"'}).status_code == 200
    with flasks_requests(app) as paths:
        client.get(SPOT)
        client.get(SPOT)
    assert len(paths) <= 1
