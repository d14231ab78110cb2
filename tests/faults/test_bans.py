"""Binance shuts its door: nobody knocks before the time, wherever and however it restarts."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest
import redis
import requests

from jobs.queue import job_queue
from jobs.warmup import warmup_futures_symbols_cache, warmup_spot_symbols_cache
from tests.exchange.process import ExchangeProcess
from tests.faults.figures import measured
from tests.faults.proxy import TcpProxy
from tests.faults.redis_server import RedisServer
from tests.faults.toxics import Down
from tests.faults.visitor import Seen, get
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until

pytestmark = pytest.mark.heavy

FUTURES = "/api/v1/symbols/futures"
RETRY_AFTER_SECONDS = 2


@pytest.fixture
def ban_env(env: dict[str, str]) -> dict[str, str]:
    """A product whose lists run out at once, so that it always wants to ask."""
    return {
        **env,
        "SPOT_SYMBOLS_CACHE_TTL_SECONDS": "1",
        "FUTURES_SYMBOLS_CACHE_TTL_SECONDS": "1",
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture
def site_and_worker(ban_env: dict[str, str]) -> Iterator[Site]:
    with Program("jobs.worker", ban_env), Site(ban_env) as site:
        yield site


@pytest.fixture
def queue_client(own_redis: RedisServer) -> Iterator[redis.Redis]:
    with own_redis.client() as client:
        yield client


def times(exchange: ExchangeProcess, venue: str) -> list[float]:
    """When Binance was asked for anything, in epoch seconds, in order."""
    rest = exchange.control.counts(venue)["rest"]
    return sorted(moment for count in rest.values() for moment in count["times"])


def sources(site: Site) -> set[str]:
    return {get(site.url).source, get(site.url, FUTURES).source}


def knock(site: Site, client: redis.Redis, seconds: float) -> list[Seen]:
    """Let web and jobs want both lists for so long."""
    answers: list[Seen] = []
    queue = job_queue(client)
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        queue.enqueue(warmup_spot_symbols_cache)
        queue.enqueue(warmup_futures_symbols_cache)
        for _ in range(10):
            answers += [get(site.url), get(site.url, FUTURES)]
            time.sleep(0.02)
    return answers


@pytest.mark.parametrize("status", [429, 418, 403, 451])
def test_nobody_knocks_during_a_ban_and_the_list_goes_on(
    status: int, site_and_worker: Site, queue_client: redis.Redis, exchange: ExchangeProcess
):
    site = site_and_worker
    wait_until(
        lambda: get(site.url).source == get(site.url, FUTURES).source == "cache", "it is warm"
    )
    # Only the first call is refused: every further one would be answered, and be seen. Binance
    # names the ban's end on spot and not on futures.
    exchange.control.fault("status", venue="futures", status=status, times=1)
    wait_until(lambda: sources(site) and _refused(exchange, status) == 1, "futures' door is shut")
    refused_at = times(exchange, "futures")[-1]
    set_at = time.time()
    exchange.control.fault(
        "status", venue="spot", status=status, times=1, retry_after=RETRY_AFTER_SECONDS
    )
    wait_until(lambda: sources(site) and _refused(exchange, status) == 2, "spot's door is shut")
    begins = {
        "futures": refused_at,
        "spot": next(moment for moment in times(exchange, "spot") if moment > set_at),
    }
    answers = knock(site, queue_client, RETRY_AFTER_SECONDS - 0.7)
    spot_opens_at = begins["spot"] + RETRY_AFTER_SECONDS - 0.1
    during_spot = [t for t in times(exchange, "spot") if begins["spot"] < t < spot_opens_at]
    during_futures = [t for t in times(exchange, "futures") if t > begins["futures"]]
    measured(f"Binance {status}", calls_during_ban=len(during_spot) + len(during_futures))
    assert {seen.status for seen in answers} == {200}
    assert answers[-1].source == "last-good"
    if status != 451:  # Retry-After says nothing of where this server stands
        wait_until(lambda: get(site.url).source == "cache", "spot is fresh again")
        after = [t for t in times(exchange, "spot") if t > begins["spot"]]
        assert after[0] - begins["spot"] >= RETRY_AFTER_SECONDS - 0.1
    assert during_spot == during_futures == []


def test_a_ban_outlives_the_processes_that_know_it_and_redis(
    ban_env: dict[str, str], redis_proxy: TcpProxy, exchange: ExchangeProcess
):
    with Site(ban_env) as site:
        wait_until(lambda: get(site.url).source == "cache", "it is warm")
        exchange.control.fault("status", venue="spot", status=418, times=1, retry_after=60)
        wait_until(lambda: sources(site) and _refused(exchange, 418), "the door is shut")
        wait_until(lambda: get(site.url).source == "last-good", "the answer has been read")
        asked = len(times(exchange, "spot"))
        with redis_proxy.poisoned(Down()):
            workers = psutil.Process(site.process.pid).children()
            for worker in workers:
                worker.kill()
            wait_until(lambda: _new_workers(site, workers), "new processes have taken over")
            ends_at = time.monotonic() + 2
            answers: list[Seen] = []
            while time.monotonic() < ends_at:
                answers += [get(site.url) for _ in range(5)]
        assert {(seen.status, seen.source) for seen in answers} == {(200, "last-good")}
        assert len(times(exchange, "spot")) == asked


def test_the_next_host_is_asked_when_one_fails_for_reasons_of_its_own(
    env: dict[str, str], exchange: ExchangeProcess
):
    hosts = f"{exchange.urls.spot},{exchange.urls.spot_testnet}"
    with Site({**env, "BINANCE_SPOT_URL": hosts}) as site:
        exchange.control.fault("status", venue="spot", status=451)
        answer = get(site.url)
    assert (answer.status, answer.source) == (200, "binance")
    assert exchange.control.calls("spot", "exchangeInfo") == 1
    assert exchange.control.calls("spot", "ticker/24hr") == 0, "the host that is shut was asked"
    assert exchange.control.calls("spot_testnet", "exchangeInfo") == 1


def test_the_next_host_is_not_asked_when_we_asked_too_much(
    env: dict[str, str], exchange: ExchangeProcess
):
    hosts = f"{exchange.urls.spot},{exchange.urls.spot_testnet}"
    with Site({**env, "BINANCE_SPOT_URL": hosts}) as site:
        exchange.control.fault("status", venue="spot", status=429, retry_after=30)
        answer = get(site.url)
    assert (answer.status, answer.headers["retry-after"]) == (500, "2")
    assert exchange.control.calls("spot", "exchangeInfo") == 1
    assert exchange.control.calls("spot_testnet", "exchangeInfo") == 0


def test_background_work_waits_when_the_weight_is_nearly_used_up(
    ban_env: dict[str, str], queue_client: redis.Redis, exchange: ExchangeProcess
):
    # Enough of the minute must be left, for its end ends the waiting.
    wait_until(lambda: time.time() % 60 < 40, "a new minute has begun", within_seconds=22)
    with requests.Session() as heavy_user:
        for _ in range(20):  # 250 each of 6,000
            params = {"symbol": "BTCUSDT", "limit": "5000"}
            heavy_user.get(f"{exchange.urls.spot}/api/v3/depth", params=params, timeout=30)
    settings = {**ban_env, "SPOT_SYMBOLS_CACHE_TTL_SECONDS": "300"}
    with Site(settings) as site, Program("jobs.worker", settings) as worker:
        assert get(site.url).source == "binance", "a list that a person waits for is fetched"
        asked = exchange.control.calls("spot", "exchangeInfo")
        job = job_queue(queue_client).enqueue(warmup_spot_symbols_cache)
        wait_until(lambda: job.get_status() == "started", "the job has begun")
        ends_at = time.monotonic() + 1
        wait_until(lambda: time.monotonic() > ends_at, "a second has passed")
        assert job.get_status() == "started", "it still waits"
        assert exchange.control.calls("spot", "exchangeInfo") == asked
        _kill_with_children(worker)


def _refused(exchange: ExchangeProcess, status: int) -> int:
    counts = exchange.control.counts()
    return sum(
        count["answers"].get(str(status), 0)
        for venue in ("spot", "futures")
        for count in counts[venue]["rest"].values()
    )


def _new_workers(site: Site, killed: list[psutil.Process]) -> bool:
    alive = {child.pid for child in psutil.Process(site.process.pid).children()}
    return len(alive - {worker.pid for worker in killed}) >= 2 and get(site.url).status == 200


def _kill_with_children(program: Program) -> None:
    process = psutil.Process(program.process.pid)
    family = [process, *process.children(recursive=True)]
    for member in family:
        member.kill()
    psutil.wait_procs(family[1:], timeout=30)
