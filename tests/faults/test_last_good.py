"""The list is there when all else is gone, and says how old it is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from rq.job import Job

from jobs.queue import job_queue
from jobs.warmup import warmup_spot_symbols_cache
from tests.exchange.process import ExchangeProcess
from tests.faults.figures import measured
from tests.faults.proxy import TcpProxy
from tests.faults.redis_server import RedisServer
from tests.faults.toxics import Down, Timeout
from tests.faults.visitor import PAGE, get
from tests.support.program import Program
from tests.support.site import Site
from tests.support.source import listing
from tests.support.waiting import wait_until
from webapp.symbols.snapshots import Snapshots

OLD_SECONDS = 5000

Fault = Callable[[RedisServer, TcpProxy], AbstractContextManager[None]]


@contextmanager
def empty(server: RedisServer, _proxy: TcpProxy) -> Iterator[None]:
    with server.client() as client:
        client.flushall()
    yield


@contextmanager
def stopped(server: RedisServer, _proxy: TcpProxy) -> Iterator[None]:
    server.stop()
    yield
    server.go_on()


REDIS_FAULTS: dict[str, Fault] = {
    "empty": empty,
    "down": lambda _server, proxy: proxy.poisoned(Down()),
    "hung": lambda _server, proxy: proxy.poisoned(Timeout()),
    "stopped": stopped,
}


@pytest.fixture
def snapshot(env: dict[str, str]) -> Path:
    """The file of an old list of one pair."""
    directory = Path(env["SNAPSHOT_DIR"])
    Snapshots(directory).save(listing("KEPTUSDT", listed_at=time.time() - OLD_SECONDS))
    return directory / "spot.snapshot"


@pytest.mark.usefixtures("snapshot")
@pytest.mark.parametrize("name", REDIS_FAULTS)
def test_a_fresh_process_serves_the_file_in_its_first_second_and_says_so(
    name: str,
    env: dict[str, str],
    own_redis: RedisServer,
    redis_proxy: TcpProxy,
    exchange: ExchangeProcess,
    capfd: pytest.CaptureFixture[str],
):
    exchange.control.listening(False, "spot")
    with REDIS_FAULTS[name](own_redis, redis_proxy), Site(env) as site:
        first = get(site.url)
        page = get(site.url, PAGE)
    measured(f"fresh process, Binance down, Redis {name}", first_ms=first.seconds * 1000)
    assert (first.status, first.source, first.symbols) == (200, "last-good", {"KEPTUSDT"})
    assert OLD_SECONDS <= first.age < OLD_SECONDS + 30
    assert first.seconds < 1
    assert page.status == 200
    assert b"KEPTUSDT" in page.body
    warnings = [line for line in capfd.readouterr().err.splitlines() if "on disk" in line]
    assert warnings
    assert all("WARNING" in line for line in warnings)


def test_a_damaged_file_is_refused_and_never_served(
    snapshot: Path,
    env: dict[str, str],
    exchange: ExchangeProcess,
    capfd: pytest.CaptureFixture[str],
):
    whole = snapshot.read_bytes()
    snapshot.write_bytes(whole.replace(b"KEPTUSDT", b"KEPTUSDU"))  # one bit of it
    exchange.control.listening(False, "spot")
    with Site({**env, "WEB_CONCURRENCY": "1"}) as site:
        answer = get(site.url)
        assert get(site.url, PAGE).status == 503
        exchange.control.listening(True, "spot")
        wait_until(lambda: get(site.url).status == 200, "Binance is back")
    assert answer.status == 500
    assert json.loads(answer.body)["error"]["code"] == "no_symbol_list"
    assert int(answer.headers["retry-after"]) >= 1
    assert "is damaged and is not served" in capfd.readouterr().err


def test_a_list_that_shrank_is_held_back_until_three_refreshes_agree(
    env: dict[str, str],
    own_redis: RedisServer,
    exchange: ExchangeProcess,
    capfd: pytest.CaptureFixture[str],
):
    with Site(env) as site, Program("jobs.worker", env), own_redis.client() as client:
        whole = get(site.url).symbols
        exchange.control.fault("half", venue="spot", endpoint="exchangeInfo")
        for refreshes in (1, 2):
            job = job_queue(client).enqueue(warmup_spot_symbols_cache)
            _wait_until_failed(job)
            assert get(site.url).symbols == whole
            assert exchange.control.calls("spot", "exchangeInfo") == 1 + refreshes
        job_queue(client).enqueue(warmup_spot_symbols_cache)
        wait_until(lambda: len(get(site.url).symbols) < 0.6 * len(whole), "it is believed")
    log = capfd.readouterr().err
    assert f"from {len(whole)} to " in log
    assert "3 refreshes agree, so it is believed" in log


def _wait_until_failed(job: Job) -> None:
    wait_until(lambda: job.is_failed, "the refresh is held back")
