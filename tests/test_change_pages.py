"""The log of what changed, read page by page."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from webapp.symbols.change_log import STREAM
from webapp.symbols.changes import Change

PATH = "/api/v1/symbols/changes"


def change(symbol: str, market: str = "spot", kind: str = "added") -> Change:
    fields: dict[str, Any] = {"market": market, "kind": kind, "symbol": symbol}
    return Change(at=round(time.time() * 1000), status="TRADING", **fields)


def page(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get(PATH, query_string=query)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json["data"]  # type: ignore[index]
    return data


def symbols(data: dict[str, Any]) -> list[str]:
    return [change["symbol"] for change in data["changes"]]


def test_an_empty_log_is_an_empty_page(client: FlaskClient):
    assert page(client) == {
        "changes": [],
        "next_since": "0-0",
        "has_more": False,
        "is_complete": True,
    }


def test_pages_follow_each_other_oldest_first_and_nothing_is_told_twice(
    app: Flask, client: FlaskClient
):
    names = [f"N{number:02}USDT" for number in range(25)]
    app.extensions["change_log"].append(change(name) for name in names)
    seen: list[str] = []
    since: dict[str, str] = {}
    while True:
        data = page(client, limit=10, **since)
        seen += symbols(data)
        since = {"since": data["next_since"]}
        if not data["has_more"]:
            break
    assert seen == names
    assert symbols(page(client, **since)) == []
    app.extensions["change_log"].append([change("LATEUSDT")])
    assert symbols(page(client, **since)) == ["LATEUSDT"]


def test_a_change_is_told_as_the_event_stream_tells_it(app: Flask, client: FlaskClient):
    app.extensions["change_log"].append(
        [
            Change(
                at=5,
                market="futures",
                kind="tick_size",
                symbol="ETHUSDT",
                base_asset="ETH",
                status="TRADING",
                tick_size="0.1",
                previous_tick_size="0.01",
            )
        ]
    )
    [told] = page(client)["changes"]
    assert told.pop("id").count("-") == 1
    assert told == {
        "at": 5,
        "market_type": "futures",
        "kind": "tick_size",
        "symbol": "ETHUSDT",
        "baseAsset": "ETH",
        "status": "TRADING",
        "tickSize": "0.1",
        "previousTickSize": "0.01",
    }


def test_one_market_alone_gets_on_although_the_other_has_all_the_news(
    app: Flask, client: FlaskClient
):
    news = [change(f"S{number}USDT") for number in range(5)]
    app.extensions["change_log"].append([*news, change("FUSDT", market="futures")])
    first = page(client, market="futures", limit=3)
    assert (symbols(first), first["has_more"]) == ([], True)
    rest = page(client, market="futures", limit=3, since=first["next_since"])
    assert (symbols(rest), rest["has_more"]) == (["FUSDT"], False)


def test_who_was_away_for_too_long_is_told_so(
    app: Flask, client: FlaskClient, redis_client: redis.Redis
):
    log = app.extensions["change_log"]
    log.append(change(f"N{number}USDT") for number in range(4))
    first, *_, last = [told["id"] for told in page(client)["changes"]]
    assert page(client, since=first)["is_complete"]
    redis_client.xtrim(STREAM, minid=last, approximate=False)
    assert not page(client, since=first)["is_complete"]
    assert page(client, since=last)["is_complete"]
    assert page(client)["is_complete"]  # who asks for all that is kept gets it
    redis_client.delete(STREAM)
    assert not page(client, since=last)["is_complete"]


def test_an_entry_that_is_no_change_is_passed_over(
    app: Flask, client: FlaskClient, redis_client: redis.Redis
):
    redis_client.xadd(STREAM, {b"change": b"rubbish"})
    redis_client.xadd(STREAM, {b"change": msgspec.json.encode(change("GOODUSDT"))})
    assert symbols(page(client)) == ["GOODUSDT"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("market=margin", 404, "unknown_market"),
        ("since=yesterday", 400, "bad_event_id"),
        ("since=1-1)(", 400, "bad_event_id"),
        ("since=99999999999999999999-0", 400, "bad_event_id"),
        ("limit=0", 400, "bad_limit"),
        ("limit=1001", 400, "bad_limit"),
        ("limit=ten", 400, "bad_limit"),
    ],
)
def test_a_bad_question_gets_a_sentence(client: FlaskClient, query: str, status: int, code: str):
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == status
    assert answer.json["error"]["code"] == code  # type: ignore[index]


def test_without_redis_it_is_an_honest_503(settings_env: dict[str, Any]):
    from webapp import create_app

    away = create_app({**settings_env, "REDIS_URL": "redis://127.0.0.1:1/0", "TESTING": True})
    answer = away.test_client().get(PATH)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json["error"]["code"] == "changes_unavailable"  # type: ignore[index]
