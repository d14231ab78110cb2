"""The catalogue over a real Valkey, with Binance played by a scripted source."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from tests.support.fleet import TTL_SECONDS, Process
from tests.support.source import ScriptedSource, listing
from tests.support.waiting import wait_until
from webapp.symbols import shelf as shelf_module
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.listing import Market, SymbolList
from webapp.symbols.pause import KnownFailure
from webapp.symbols.shrinkage import ShrunkList
from webapp.symbols.snapshots import Snapshots
from webapp.symbols.store import SymbolStore

NO_REDIS = "redis://127.0.0.1:1/0"

StartProcess = Callable[..., Catalogue]
Store = Callable[..., None]


@pytest.fixture
def source() -> Iterator[ScriptedSource]:
    scripted = ScriptedSource("BTCUSDT", "ETHUSDT")
    yield scripted
    scripted.goes_on.set()


@pytest.fixture
def looks_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "LOOK_INTERVAL_SECONDS", 0)


@pytest.fixture
def start(redis_url: str, source: ScriptedSource, tmp_path: Path) -> StartProcess:
    """Starts a process: a catalogue with a memory of its own."""

    def start(fetch_budget_seconds: float = 2.0) -> Catalogue:
        return Process(redis_url, tmp_path).catalogue(source, fetch_budget_seconds)

    return start


@pytest.fixture
def catalogue(start: StartProcess) -> Catalogue:
    return start()


@pytest.fixture
def stored(redis_url: str, tmp_path: Path) -> Store:
    """Puts a list of some age into Redis."""

    def store(*names: str, age_seconds: float) -> None:
        made = listing(*names, listed_at=time.time() - age_seconds)
        Process(redis_url, tmp_path).store.save(made)

    return store


def symbols(catalogue: Catalogue) -> list[str]:
    return [pair.symbol for pair in catalogue.get("spot").listing.pairs]


def test_a_miss_fetches_and_the_next_request_hits(catalogue: Catalogue, source: ScriptedSource):
    assert catalogue.get("spot").source == "binance"
    assert catalogue.get("spot").source == "cache"
    assert source.fetches == 1


def test_a_second_process_finds_what_the_first_one_fetched(
    start: StartProcess, source: ScriptedSource
):
    fetched = start().get("spot").listing
    other = start().get("spot")
    assert (other.source, other.listing.body.content) == ("cache", fetched.body.content)
    assert source.fetches == 1


@pytest.mark.usefixtures("looks_every_time")
def test_a_process_that_was_idle_shows_a_change_to_all_who_ask_at_once(
    start: StartProcess, source: ScriptedSource, monkeypatch: pytest.MonkeyPatch
):
    idle, other = start(), start()
    idle.get("spot")
    source.symbols = ("BTCUSDT", "ETHUSDT", "NEWUSDT")
    new = other.refresh("spot")
    read = SymbolStore.fresh

    def read_slowly(store: SymbolStore, market: Market) -> SymbolList | None:
        time.sleep(0.05)
        return read(store, market)

    monkeypatch.setattr(SymbolStore, "fresh", read_slowly)
    together = threading.Barrier(16)

    def ask(_number: int) -> int:
        together.wait()
        return idle.get("spot").listing.count

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(ask, range(16))) == {new.count}


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


def test_many_requests_at_once_cause_one_fetch(start: StartProcess, source: ScriptedSource):
    source.goes_on.clear()
    processes = (start(), start())
    with ThreadPoolExecutor(40) as pool:
        answers = [pool.submit(each.get, "spot") for each in processes * 20]
        wait_until(lambda: source.fetches, "one fetch is under way")
        source.goes_on.set()
        bodies = {answer.result().listing.body.content for answer in answers}
    assert len(bodies) == 1
    assert source.fetches == 1


def test_serves_last_good_when_binance_fails(
    start: StartProcess, source: ScriptedSource, redis_client: redis.Redis
):
    start().get("spot")
    redis_client.delete("cache:symbols:spot:v1")
    source.fail()
    served = start().get("spot")
    assert served.source == "last-good"
    assert [pair.symbol for pair in served.listing.pairs] == ["BTCUSDT", "ETHUSDT"]


def test_a_known_failure_is_not_paid_for_twice(start: StartProcess, source: ScriptedSource):
    source.fail()
    for process in (start(), start(), start()):
        for _ in range(3):
            with pytest.raises(NoSymbolList, match="Binance could not be reached"):
                process.get("spot")
    assert source.fetches == 1


def test_a_job_does_not_try_within_the_pause_either(start: StartProcess, source: ScriptedSource):
    source.fail()
    with pytest.raises(NoSymbolList):
        start().get("spot")
    with pytest.raises(KnownFailure, match="Binance could not be reached"):
        start().refresh("spot")
    assert source.fetches == 1


@pytest.mark.measured
def test_once_a_failure_is_known_nobody_waits_for_the_next_try(
    start: StartProcess, stored: Store, source: ScriptedSource, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("webapp.symbols.pause.FIRST_SECONDS", 0)
    stored("OLDUSDT", age_seconds=1000)
    source.fail()
    catalogue = start()
    assert catalogue.get("spot").source == "last-good"
    source.goes_on.clear()
    for _ in range(3):
        before = time.monotonic()
        assert catalogue.get("spot").source == "last-good"
        assert time.monotonic() - before < 0.5
    wait_until(lambda: source.fetches == 2, "the next try has begun in the background")


def test_a_failed_first_attempt_brings_last_good_and_the_rest_goes_on(
    start: StartProcess, stored: Store, source: ScriptedSource, redis_client: redis.Redis
):
    stored("OLDUSDT", age_seconds=1000)
    redis_client.delete("cache:symbols:spot:v1")
    source.attempt_fails = True
    source.goes_on.clear()
    catalogue = start(fetch_budget_seconds=60)
    assert catalogue.get("spot").source == "last-good"
    source.goes_on.set()
    wait_until(lambda: catalogue.get("spot").source == "cache", "the later attempt succeeds")


def test_without_last_good_a_request_waits_for_all_attempts(
    catalogue: Catalogue, source: ScriptedSource
):
    source.attempt_fails = True
    assert catalogue.get("spot").source == "binance"


def test_waits_no_longer_than_the_budget_and_then_serves_last_good(
    start: StartProcess, stored: Store, source: ScriptedSource
):
    stored("OLDUSDT", age_seconds=1000)
    source.goes_on.clear()
    assert start(fetch_budget_seconds=0.05).get("spot").source == "last-good"


def test_a_fetch_that_outlasts_the_budget_still_fills_the_cache(
    start: StartProcess, source: ScriptedSource, redis_client: redis.Redis
):
    source.goes_on.clear()
    with pytest.raises(NoSymbolList, match="did not answer in time"):
        start(fetch_budget_seconds=0.05).get("spot")
    source.goes_on.set()
    wait_until(lambda: redis_client.exists("cache:symbols:spot:v1"), "the cache is filled")


@pytest.mark.usefixtures("looks_every_time")
def test_the_last_tenth_of_the_ttl_refreshes_in_the_background(
    start: StartProcess, stored: Store, source: ScriptedSource
):
    stored("OLDUSDT", age_seconds=280)
    source.goes_on.clear()
    processes = [start() for _ in range(3)]
    for process in processes * 3:
        assert (process.get("spot").source, symbols(process)) == ("cache", ["OLDUSDT"])
    source.goes_on.set()
    wait_until(
        lambda: all(symbols(process) == ["BTCUSDT", "ETHUSDT"] for process in processes),
        "every process has the new list",
    )
    assert source.fetches == 1


@pytest.mark.usefixtures("looks_every_time")
def test_an_entry_with_more_than_a_tenth_left_is_left_alone(
    catalogue: Catalogue, stored: Store, source: ScriptedSource
):
    stored("OLDUSDT", age_seconds=265)
    assert symbols(catalogue) == ["OLDUSDT"]
    assert source.fetches == 0


@pytest.mark.usefixtures("looks_every_time")
def test_nothing_is_refreshed_ahead_when_the_weight_is_nearly_used_up(
    catalogue: Catalogue, stored: Store, source: ScriptedSource
):
    stored("OLDUSDT", age_seconds=280)
    source.busy = 30
    for _ in range(3):
        assert catalogue.get("spot").source == "cache"
    wait_until(no_refresh_runs, "the attempt has been given up")
    assert source.fetches == 0


@pytest.mark.usefixtures("looks_every_time")
def test_damage_in_redis_is_a_miss_with_a_log_line(
    catalogue: Catalogue, redis_client: redis.Redis, caplog: pytest.LogCaptureFixture
):
    redis_client.set("cache:symbols:spot:v1", b"\x80\x04not ours")
    assert catalogue.get("spot").source == "binance"
    assert "no symbol list" in caplog.text


def test_answers_without_redis(
    source: ScriptedSource, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    catalogue = Process(NO_REDIS, tmp_path).catalogue(source)
    assert catalogue.get("spot").source == "binance"
    assert catalogue.get("spot").source == "cache"
    assert source.fetches == 1
    assert caplog.text.count("Redis is away") == 1


def test_serves_the_list_on_disk_when_all_else_is_gone(
    source: ScriptedSource, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    Snapshots(tmp_path).save(listing("KEPTUSDT", listed_at=time.time() - 5000))
    source.fail()
    served = Process(NO_REDIS, tmp_path).catalogue(source).get("spot")
    assert (served.source, served.listing.pairs[0].symbol) == ("last-good", "KEPTUSDT")
    assert time.time() - served.listing.listed_at >= 5000
    assert any(
        record.levelno == logging.WARNING and "on disk" in record.message
        for record in caplog.records
    )


def test_a_process_that_only_reads_keeps_a_file_too(
    redis_url: str, stored: Store, source: ScriptedSource, tmp_path: Path
):
    stored("BTCUSDT", age_seconds=1)
    disk = tmp_path / "another machine's"
    Process(redis_url, disk).catalogue(source).get("spot")
    wait_until(lambda: Snapshots(disk).load("spot"), "the file is there")


def test_a_refresh_fetches_though_the_cache_is_fresh(catalogue: Catalogue, source: ScriptedSource):
    catalogue.get("spot")
    source.symbols = ("BTCUSDT", "NEWUSDT")
    assert catalogue.refresh("spot").count == 2
    assert source.fetches == 2


def test_refreshes_at_the_same_time_share_one_fetch(start: StartProcess, source: ScriptedSource):
    source.goes_on.clear()
    with ThreadPoolExecutor(3) as pool:
        results = [pool.submit(start().refresh, "spot") for _ in range(3)]
        wait_until(lambda: source.fetches, "one refresh is under way")
        time.sleep(0.2)  # long enough for the others to have asked too
        source.goes_on.set()
        assert [result.result().count for result in results] == [2, 2, 2]
    assert source.fetches == 1


def test_a_list_that_shrank_is_held_back_until_three_refreshes_agree(
    start: StartProcess, source: ScriptedSource, caplog: pytest.LogCaptureFixture
):
    source.symbols = tuple(f"COIN{number}USDT" for number in range(100))
    start().refresh("spot")
    source.symbols = source.symbols[:79]
    for _ in range(2):
        with pytest.raises(ShrunkList, match="from 100 to 79 symbols"):
            start().refresh("spot")
        assert start().get("spot").listing.count == 100
    assert "from 100 to 79" in caplog.text
    assert start().refresh("spot").count == 79
    assert start().get("spot").listing.count == 79


def test_refreshes_that_do_not_agree_start_the_count_anew(
    start: StartProcess, source: ScriptedSource
):
    everything = tuple(f"COIN{number}USDT" for number in range(100))
    source.symbols = everything
    start().refresh("spot")
    for count in (79, 79, 10, 10, 79):
        source.symbols = everything[:count]
        with pytest.raises(ShrunkList):
            start().refresh("spot")
    source.symbols = everything
    assert start().refresh("spot").count == 100
    source.symbols = everything[:79]
    with pytest.raises(ShrunkList, match="refresh 1 of 3"):
        start().refresh("spot")


def test_a_loss_of_a_fifth_is_believed(start: StartProcess, source: ScriptedSource):
    source.symbols = tuple(f"COIN{number}USDT" for number in range(100))
    start().refresh("spot")
    source.symbols = source.symbols[:80]
    assert start().refresh("spot").count == 80


def test_a_success_elsewhere_ends_a_failure_here(
    start: StartProcess, source: ScriptedSource, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("webapp.symbols.pause.FIRST_SECONDS", 0)
    monkeypatch.setattr(shelf_module, "LOOK_INTERVAL_SECONDS", 0)
    failed = start()
    source.fail()
    with pytest.raises(NoSymbolList):
        failed.get("spot")
    source.fails_with = None
    start().refresh("spot")
    assert failed.get("spot").source == "cache"


@pytest.mark.usefixtures("looks_every_time")
def test_a_look_at_a_process_that_stood_still_goes_by_the_newest_list(
    start: StartProcess, stored: Store, monkeypatch: pytest.MonkeyPatch
):
    stored("BTCUSDT", age_seconds=60)
    still = start()
    still.get("spot")
    stored("BTCUSDT", age_seconds=4)
    # As for a request whose look into Redis takes longer than it waits.
    monkeypatch.setattr(shelf_module, "LOOK_PATIENCE_SECONDS", 0.0)
    assert 5 < still.look("spot") <= 6


def no_refresh_runs() -> bool:
    return not any(thread.name.startswith("refresh-") for thread in threading.enumerate())
