"""The catalogue over a real Valkey, with Binance played by a scripted source."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from flask import Flask
from flask_caching import Cache

from tests.support.source import ScriptedSource, listing
from tests.support.waiting import wait_until
from webapp.extensions import PlainBytes
from webapp.symbols import catalogue as catalogue_module
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.lease import Lease
from webapp.symbols.refresher import Refresher
from webapp.symbols.store import BytesCache, SymbolStore

TTL_SECONDS = 300


def bytes_cache(redis_url: str) -> BytesCache:
    app, cache = Flask(__name__), Cache(with_jinja2_ext=False)
    cache.init_app(
        app,
        {
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_URL": redis_url,
            "CACHE_OPTIONS": {"socket_timeout": 0.25, "retry": None},
            "CACHE_KEY_PREFIX": "cache:",
            "CACHE_SERIALIZER": PlainBytes(),
        },
    )
    backend: BytesCache = app.extensions["cache"][cache]
    return backend


def a_process(
    redis_url: str, source: ScriptedSource, fetch_budget_seconds: float = 2.0
) -> Catalogue:
    """A catalogue as one process has it: its own memory over the shared Redis."""
    client = redis.Redis.from_url(redis_url, socket_timeout=0.25, retry=None)
    store = SymbolStore(bytes_cache(redis_url), {"spot": TTL_SECONDS})
    refresher = Refresher(source, store, Lease(client, "lease:symbols:spot", 10))
    return Catalogue(store, [refresher], {"spot": TTL_SECONDS}, fetch_budget_seconds)


@pytest.fixture
def source() -> Iterator[ScriptedSource]:
    scripted = ScriptedSource("BTCUSDT", "ETHUSDT")
    yield scripted
    scripted.goes_on.set()
    for thread in threading.enumerate():  # a late one would write into the next test's Redis
        if thread.name.startswith("refresh-"):
            thread.join(timeout=5)


@pytest.fixture
def looks_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_module, "LOOK_INTERVAL_SECONDS", 0)


@pytest.fixture
def catalogue(redis_url: str, source: ScriptedSource) -> Catalogue:
    return a_process(redis_url, source)


def symbols(catalogue: Catalogue) -> list[str]:
    return [pair.symbol for pair in catalogue.get("spot").listing.pairs]


def test_a_miss_fetches_and_the_next_request_hits(catalogue: Catalogue, source: ScriptedSource):
    assert catalogue.get("spot").source == "binance"
    assert catalogue.get("spot").source == "cache"
    assert source.fetches == 1


def test_a_second_process_finds_what_the_first_one_fetched(
    redis_url: str, catalogue: Catalogue, source: ScriptedSource
):
    fetched = catalogue.get("spot").listing
    other = a_process(redis_url, source).get("spot")
    assert (other.source, other.listing.body) == ("cache", fetched.body)
    assert source.fetches == 1


def test_the_entry_lives_for_its_ttl_and_last_good_for_ever(
    catalogue: Catalogue, redis_client: redis.Redis
):
    catalogue.get("spot")
    assert 0 < redis_client.ttl("cache:symbols:spot:v1") <= TTL_SECONDS
    assert redis_client.ttl("cache:symbols:spot:last_good:v1") == -1


def test_nothing_in_redis_is_pickled(catalogue: Catalogue, redis_client: redis.Redis):
    catalogue.get("spot")
    stored = [redis_client.get(key) or b"" for key in redis_client.scan_iter("cache:*")]
    assert len(stored) == 2
    assert all(json.loads(value)["market"] == "spot" for value in stored)


def test_many_requests_at_once_cause_one_fetch(
    redis_url: str, catalogue: Catalogue, source: ScriptedSource
):
    source.goes_on.clear()
    other = a_process(redis_url, source)
    with ThreadPoolExecutor(40) as pool:
        answers = [pool.submit(each.get, "spot") for each in (catalogue, other) * 20]
        wait_until(lambda: source.fetches, "one fetch is under way")
        source.goes_on.set()
        bodies = {answer.result().listing.body for answer in answers}
    assert len(bodies) == 1
    assert source.fetches == 1


def test_serves_last_good_when_binance_fails(
    redis_url: str, catalogue: Catalogue, source: ScriptedSource, redis_client: redis.Redis
):
    catalogue.get("spot")
    redis_client.delete("cache:symbols:spot:v1")
    source.fail()
    served = a_process(redis_url, source).get("spot")
    assert served.source == "last-good"
    assert [pair.symbol for pair in served.listing.pairs] == ["BTCUSDT", "ETHUSDT"]


def test_a_known_failure_is_not_paid_for_twice(
    redis_url: str, source: ScriptedSource, redis_client: redis.Redis
):
    source.fail()
    catalogue = a_process(redis_url, source)
    for _ in range(5):
        with pytest.raises(NoSymbolList, match="Binance could not be reached"):
            catalogue.get("spot")
    assert source.fetches == 1


def test_waits_no_longer_than_the_budget_and_then_serves_last_good(
    redis_url: str, source: ScriptedSource, catalogue: Catalogue, redis_client: redis.Redis
):
    catalogue.get("spot")
    redis_client.delete("cache:symbols:spot:v1")
    source.goes_on.clear()
    assert a_process(redis_url, source, 0.05).get("spot").source == "last-good"


def test_a_fetch_that_outlasts_the_budget_still_fills_the_cache(
    redis_url: str, source: ScriptedSource, redis_client: redis.Redis
):
    source.goes_on.clear()
    with pytest.raises(NoSymbolList, match="did not answer in time"):
        a_process(redis_url, source, 0.05).get("spot")
    source.goes_on.set()
    wait_until(lambda: redis_client.exists("cache:symbols:spot:v1"), "the cache is filled")


@pytest.mark.usefixtures("looks_every_time")
def test_the_last_tenth_of_the_ttl_refreshes_in_the_background(
    redis_url: str, source: ScriptedSource
):
    cache = bytes_cache(redis_url)
    SymbolStore(cache, {"spot": TTL_SECONDS}).save(listing("OLDUSDT", listed_at=_seconds_ago(280)))
    source.goes_on.clear()
    processes = [a_process(redis_url, source) for _ in range(3)]
    for process in processes * 3:
        assert (process.get("spot").source, symbols(process)) == ("cache", ["OLDUSDT"])
    source.goes_on.set()
    wait_until(
        lambda: all(symbols(process) == ["BTCUSDT", "ETHUSDT"] for process in processes),
        "every process has the new list",
    )
    assert source.fetches == 1


@pytest.mark.usefixtures("looks_every_time")
def test_an_entry_with_more_than_a_tenth_left_is_left_alone(redis_url: str, source: ScriptedSource):
    SymbolStore(bytes_cache(redis_url), {"spot": TTL_SECONDS}).save(
        listing("OLDUSDT", listed_at=_seconds_ago(265))
    )
    assert symbols(a_process(redis_url, source)) == ["OLDUSDT"]
    assert source.fetches == 0


@pytest.mark.usefixtures("looks_every_time")
def test_damage_in_redis_is_a_miss_with_a_log_line(
    redis_url: str,
    catalogue: Catalogue,
    redis_client: redis.Redis,
    caplog: pytest.LogCaptureFixture,
):
    redis_client.set("cache:symbols:spot:v1", b"\x80\x04not ours")
    assert catalogue.get("spot").source == "binance"
    assert "no symbol list" in caplog.text


def test_answers_without_redis(source: ScriptedSource, caplog: pytest.LogCaptureFixture):
    catalogue = a_process("redis://127.0.0.1:1/0", source)
    assert catalogue.get("spot").source == "binance"
    assert catalogue.get("spot").source == "cache"
    assert source.fetches == 1
    assert "could not be saved in Redis" in caplog.text


def test_a_refresh_fetches_though_the_cache_is_fresh(catalogue: Catalogue, source: ScriptedSource):
    catalogue.get("spot")
    source.symbols = ("BTCUSDT", "NEWUSDT")
    assert catalogue.refresh("spot").count == 2
    assert source.fetches == 2


def test_refreshes_at_the_same_time_share_one_fetch(redis_url: str, source: ScriptedSource):
    source.goes_on.clear()
    processes = [a_process(redis_url, source) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        started = threading.Barrier(3)
        results = [pool.submit(_refresh, process, started) for process in processes]
        wait_until(lambda: source.fetches, "one refresh is under way")
        source.goes_on.set()
        assert [result.result() for result in results] == [2, 2, 2]
    assert source.fetches <= 2  # one that asked after the first had its answer asks again


def _refresh(catalogue: Catalogue, started: threading.Barrier) -> int:
    started.wait(timeout=5)
    return catalogue.refresh("spot").count


def _seconds_ago(seconds: float) -> float:
    return time.time() - seconds
