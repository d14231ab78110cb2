"""The JSON API against real Valkey and the stand-in exchange."""

from __future__ import annotations

import gzip
import json
import re
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import brotli
import pytest
import redis
import zstandard
from flask.testing import FlaskClient

from tests.exchange.process import ExchangeProcess
from webapp import create_app

SPOT = "/api/v1/symbols/spot"
FUTURES = "/api/v1/symbols/futures"


@pytest.mark.parametrize(
    ("path", "market", "least"), [(SPOT, "spot", 400), (FUTURES, "futures", 450)]
)
def test_the_body_is_what_the_contract_says(
    client: FlaskClient, path: str, market: str, least: int
):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    body = answer.get_json()
    assert body["status"] == "success"
    assert list(body["data"]) == ["market_type", "symbols", "count"]
    assert body["data"]["market_type"] == market
    symbols = body["data"]["symbols"]
    assert body["data"]["count"] == len(symbols) >= least
    assert symbols[0] == {
        "symbol": "BTCUSDT",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "status": "TRADING",
    }
    assert all(list(row) == list(symbols[0]) for row in symbols)


def test_the_source_is_told(client: FlaskClient):
    assert client.get(SPOT).headers["X-Data-Source"] == "binance"
    assert client.get(SPOT).headers["X-Data-Source"] == "cache"


def test_the_headers_let_any_cache_do_its_work(client: FlaskClient):
    headers = client.get(SPOT).headers
    assert re.fullmatch(r'"[0-9a-f]{32}"', headers["ETag"])
    assert headers["Cache-Control"] == (
        "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"
    )
    assert headers["Vary"] == "Accept-Encoding"
    assert 0 <= int(headers["Age"]) <= 5
    listed_at = parsedate_to_datetime(headers["Last-Modified"]).timestamp()
    assert time.time() - 10 <= listed_at <= time.time()


def test_any_page_may_read_the_answer_and_its_headers(client: FlaskClient):
    headers = client.get(SPOT).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    exposed = headers["Access-Control-Expose-Headers"].lower()
    for name in ("etag", "last-modified", "age", "cache-control", "x-data-source"):
        assert name in exposed


def test_a_preflight_for_revalidation_is_allowed(client: FlaskClient):
    headers = client.options(SPOT).headers
    assert "If-None-Match" in headers["Access-Control-Allow-Headers"]
    assert "GET" in headers["Access-Control-Allow-Methods"]


def test_if_none_match_gives_304_without_a_body(client: FlaskClient):
    etag = client.get(SPOT).headers["ETag"]
    answer = client.get(SPOT, headers={"If-None-Match": f'"other", {etag}'})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert "max-age=300" in answer.headers["Cache-Control"]
    assert client.get(SPOT, headers={"If-None-Match": '"other"'}).status_code == 200


def test_if_modified_since_gives_304(client: FlaskClient):
    last_modified = client.get(SPOT).headers["Last-Modified"]
    assert client.get(SPOT, headers={"If-Modified-Since": last_modified}).status_code == 304
    earlier = "Mon, 01 Jan 2024 00:00:00 GMT"
    assert client.get(SPOT, headers={"If-Modified-Since": earlier}).status_code == 200


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient):
    got, head = client.get(SPOT), client.head(SPOT)
    assert head.data == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("accepts", "coding", "decode"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("br", "br", brotli.decompress),
        ("zstd", "zstd", zstandard.decompress),
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("br;q=0.5, zstd;q=0.9", "zstd", zstandard.decompress),
        ("*", "br", brotli.decompress),
    ],
)
def test_answers_in_the_coding_that_the_client_likes_best(
    client: FlaskClient, accepts: str, coding: str, decode
):
    plain = client.get(SPOT)
    answer = client.get(SPOT, headers={"Accept-Encoding": accepts})
    assert answer.headers["Content-Encoding"] == coding
    assert decode(answer.data) == plain.data
    assert len(answer.data) * 5 < len(plain.data)
    assert answer.headers["ETag"] != plain.headers["ETag"]
    again = client.get(
        SPOT, headers={"Accept-Encoding": accepts, "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("accepts", ["", "identity", "deflate", "gzip;q=0", "br;q=0.1, identity"])
def test_answers_plain_when_no_coding_of_ours_is_wanted(client: FlaskClient, accepts: str):
    answer = client.get(SPOT, headers={"Accept-Encoding": accepts})
    assert "Content-Encoding" not in answer.headers
    assert answer.get_json()["status"] == "success"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/api/v1/symbols/margin", {}, 404, "unknown_market"),
        ("GET", "/api/v1/symbols", {}, 404, "not_found"),
        ("GET", "/api/v2/anything", {}, 404, "not_found"),
        ("POST", SPOT, {}, 405, "method_not_allowed"),
        ("DELETE", SPOT, {}, 405, "method_not_allowed"),
        ("GET", SPOT, {"Accept": "text/html"}, 406, "not_acceptable"),
    ],
)
def test_errors_are_json_with_a_stable_word_and_a_sentence(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], status: int, code: str
):
    answer = client.open(path, method=method, headers=headers)
    body = answer.get_json()
    assert (answer.status_code, body["status"], body["error"]["code"]) == (status, "error", code)
    assert body["error"]["message"].endswith(".")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert list(body) == ["status", "error"]


def test_405_names_what_is_allowed(client: FlaskClient):
    assert set(client.post(SPOT).headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, */*;q=0.1"])
def test_any_accept_that_allows_json_will_do(client: FlaskClient, accept: str):
    assert client.get(SPOT, headers={"Accept": accept}).status_code == 200


def test_500_says_why_when_there_is_nothing_to_serve(
    client: FlaskClient, exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="spot", endpoint="exchangeInfo", status=451)
    answer = client.get(SPOT)
    assert answer.status_code == 500
    error = answer.get_json()["error"]
    assert error["code"] == "no_symbol_list"
    assert "451" in error["message"]
    assert "restricted location" in error["message"]
    assert int(answer.headers["Retry-After"]) >= 1


def test_last_good_is_served_and_says_its_age(
    client: FlaskClient,
    exchange: ExchangeProcess,
    settings_env: dict[str, str],
    redis_client: redis.Redis,
    tmp_path: Path,
):
    fresh = client.get(SPOT)
    _age_last_good(redis_client, seconds=1000)
    exchange.control.fault("status", venue="spot", endpoint="exchangeInfo", status=503)
    another = {**settings_env, "SNAPSHOT_DIR": str(tmp_path / "another machine's")}
    answer = create_app(another).test_client().get(SPOT)
    assert (answer.status_code, answer.headers["X-Data-Source"]) == (200, "last-good")
    assert answer.data == fresh.data
    assert answer.headers["ETag"] == fresh.headers["ETag"]
    assert 1000 <= int(answer.headers["Age"]) <= 1005  # above max-age: stale by its own headers


def _age_last_good(redis_client: redis.Redis, seconds: float) -> None:
    stored = json.loads(redis_client.get("cache:symbols:spot:last_good:v1") or b"")
    stored["listed_at"] -= seconds
    redis_client.set(
        "cache:symbols:spot:last_good:v1",
        json.dumps(stored, separators=(",", ":"), ensure_ascii=False),
    )
    redis_client.delete("cache:symbols:spot:v1")
