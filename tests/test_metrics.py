"""`/metrics` of a real gunicorn with two workers, beside the worker and the scheduler."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import redis
import requests

from jobs.queue import job_queue
from jobs.warmup import warmup_spot_symbols_cache
from tests.exchange.process import ExchangeProcess
from tests.support.listener import Listener
from tests.support.metrics import Scrape, scraped
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until

SPOT = "/api/v1/symbols/spot"


@pytest.fixture
def settings_env(settings_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**settings_env, "METRICS_DIR": str(tmp_path / "metrics")}


@pytest.fixture
def warm(site: Site) -> Site:
    wait_until(site.is_warm, "both lists are cached")
    return site


def workers(site: Site) -> list[psutil.Process]:
    return psutil.Process(site.process.pid).children()


def ask_often(site: Site, path: str, times: int) -> None:
    """Each time on a connection of its own, so that both workers are asked."""
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: requests.get(site.url + path, timeout=30), range(times)))


def asked(site: Site, endpoint: str = "ops.healthz") -> float:
    return scraped(site.url).value("marketdeck_requests_total", endpoint=endpoint, status="2xx")


def test_counts_are_those_of_all_workers_and_survive_a_kill_and_a_reload(warm: Site):
    ask_often(warm, "/healthz", 200)
    wait_until(lambda: asked(warm) == 200, "all are counted", 5)
    killed = workers(warm)
    assert len(killed) == 2
    killed[0].kill()
    wait_until(
        lambda: len(workers(warm)) == 2 and killed[0].pid not in {w.pid for w in workers(warm)},
        "another worker has begun",
    )
    assert asked(warm) == 200
    old = {worker.pid for worker in workers(warm)}
    ask_often(warm, "/healthz", 50)
    os.kill(warm.process.pid, signal.SIGHUP)
    wait_until(
        lambda: len(now := {w.pid for w in workers(warm)}) == 2 and not now & old,
        "both workers are new",
    )
    assert asked(warm) == 250


def test_a_request_is_counted_by_view_method_and_kind_of_status_alone(warm: Site):
    for path in (SPOT, f"{SPOT}/BTCUSDT", f"{SPOT}/NOSUCH", "/no/such/address", "/markets?q=BTC"):
        requests.get(warm.url + path, timeout=30)
    requests.request("BREW", warm.url + "/markets", timeout=30)
    requests_total, lists_total = "marketdeck_requests_total", "marketdeck_lists_served_total"

    def are_counted(scrape: Scrape) -> bool:
        return (
            scrape.value(requests_total, endpoint="none") == 2
            and scrape.value(requests_total, endpoint="api.symbol_details") == 2
            and scrape.value(lists_total, market="spot") >= 3
        )

    wait_until(lambda: are_counted(scraped(warm.url)), "both workers have counted", 5)
    scrape = scraped(warm.url)
    assert scrape.value(requests_total, endpoint="api.symbol_details", status="2xx") == 1
    assert scrape.value(requests_total, endpoint="api.symbol_details", status="4xx") == 1
    assert scrape.value(requests_total, endpoint="none", method="GET", status="4xx") == 1
    assert scrape.value(requests_total, method="other") == 1
    assert scrape.value("marketdeck_request_seconds_count", endpoint="api.symbol_details") == 2
    assert scrape.value(lists_total, market="spot", source="binance") == 1
    assert scrape.value(lists_total, market="spot", source="cache") >= 2
    values = {value for sample in scrape.samples for value in sample.labels.values()}
    assert not {value for value in values if "BTCUSDT" in value or "/no/such" in value}


def test_calls_to_binance_are_counted_with_their_outcome_and_weight(
    warm: Site, exchange: ExchangeProcess
):
    scrape = scraped(warm.url)
    calls = "marketdeck_upstream_calls_total"
    path = "/api/v3/exchangeInfo"
    assert scrape.value(calls, endpoint=path, outcome="answered") == 1
    assert scrape.value("marketdeck_upstream_seconds_count", endpoint=path) == 1
    assert scrape.value("marketdeck_upstream_weight_used", market="spot") >= 100
    assert scrape.value("marketdeck_upstream_weight_limit", market="spot") == 6000
    assert scrape.value("marketdeck_refreshes_total", market="spot", outcome="fetched") == 1
    fault = exchange.control.fault("status", venue="spot", endpoint="depth", status=503)
    requests.get(f"{warm.url}/api/v1/depth/spot/BTCUSDT", timeout=30)
    exchange.control.clear(fault)
    assert scraped(warm.url).value(calls, endpoint="/api/v3/depth", outcome="Overloaded") >= 1


def test_a_scrape_asks_binance_nothing(warm: Site, exchange: ExchangeProcess):
    before = exchange.control.counts()
    for _ in range(5):
        scraped(warm.url)
        requests.get(f"{warm.url}/readyz", timeout=30)
    assert exchange.control.counts() == before


def test_a_ban_shows_until_its_end(warm: Site, exchange: ExchangeProcess):
    exchange.control.fault(
        "status", venue="futures", endpoint="depth", status=418, retry_after=60, times=1
    )
    requests.get(f"{warm.url}/api/v1/depth/futures/BTCUSDT", timeout=30)
    scrape = scraped(warm.url)
    assert 50 < scrape.value("marketdeck_upstream_ban_seconds", market="futures") <= 60
    assert scrape.value("marketdeck_upstream_ban_seconds", market="spot") == 0
    assert scrape.value("marketdeck_degraded", cause="banned") == 1


def test_the_age_of_each_list_shows(warm: Site):
    ages = {
        market: scraped(warm.url).value("marketdeck_list_age_seconds", market=market)
        for market in ("spot", "futures")
    }
    assert all(0 < age < 30 for age in ages.values())
    grown = wait_until(
        lambda: (
            scraped(warm.url).value("marketdeck_list_age_seconds", market="spot") > ages["spot"] + 1
        ),
        "the list is older",
    )
    assert grown


def test_listeners_are_counted_over_all_workers_and_leave_with_a_killed_one(warm: Site):
    def listeners() -> float:
        return scraped(warm.url).value("marketdeck_event_listeners")

    open_ones = [Listener(warm.url).until_joined() for _ in range(6)]
    open_ones += [Listener(warm.url, "?market=spot").until_joined() for _ in range(2)]
    wait_until(lambda: listeners() == 8, "all are counted")
    assert scraped(warm.url).value("marketdeck_event_listeners", market="spot") == 2
    for listener in open_ones[:3]:
        listener.answer.close()
    wait_until(lambda: listeners() == 5, "those that left are not")
    for worker in workers(warm):
        worker.kill()
    wait_until(lambda: _answers_again(warm) and listeners() == 0, "none is left")


def test_jobs_and_heartbeats_show(
    warm: Site, settings_env: dict[str, str], redis_client: redis.Redis
):
    scrape = scraped(warm.url)
    assert "marketdeck_scheduler_heartbeat_age_seconds" not in scrape.names
    assert scrape.value("marketdeck_degraded", cause="scheduler_silent") == 1
    queue = job_queue(redis_client)
    for _ in range(3):
        queue.enqueue(warmup_spot_symbols_cache)
    assert scraped(warm.url).value("marketdeck_jobs_queued") == 3
    fetched = scrape.value("marketdeck_refreshes_total", market="spot", outcome="fetched")
    with Program("jobs.worker", settings_env):
        wait_until(lambda: queue.finished_job_registry.count == 3, "the jobs have run")
        scrape = scraped(warm.url)
        assert scrape.value("marketdeck_worker_heartbeat_age_seconds") < 30
        assert scrape.value("marketdeck_jobs_queued") == 0
        # Each job ran in a process of its own, and what it counted is not lost with it.
        total = scrape.value("marketdeck_refreshes_total", market="spot", outcome="fetched")
        assert total == fetched + 3
    with Program("jobs.scheduler", settings_env):
        wait_until(
            lambda: "marketdeck_scheduler_heartbeat_age_seconds" in scraped(warm.url).names,
            "the scheduler is at work",
        )
        assert scraped(warm.url).value("marketdeck_degraded", cause="scheduler_silent") == 0


def test_jobs_leave_no_more_files_than_there_are_processes_at_one_time(
    settings_env: dict[str, str], redis_client: redis.Redis
):
    queue = job_queue(redis_client)
    for _ in range(5):
        queue.enqueue(warmup_spot_symbols_cache)
    with Program("jobs.worker", settings_env):
        wait_until(lambda: queue.finished_job_registry.count == 5, "the jobs have run", 60)
    files = {path.name for path in Path(settings_env["METRICS_DIR"]).glob("counter_*.db")}
    assert files == {"counter_1.db", "counter_2.db"}


def test_a_folder_that_cannot_be_written_to_costs_the_counts_and_nothing_else(
    settings_env: dict[str, str], tmp_path: Path
):
    (tmp_path / "file").touch()
    with Site({**settings_env, "METRICS_DIR": str(tmp_path / "file")}) as site:
        assert requests.get(site.url + SPOT, timeout=30).status_code == 200
        scrape = scraped(site.url)
    assert scrape.value("marketdeck_redis_up") == 1
    assert scrape.value("marketdeck_requests_total") == 0


def _answers_again(site: Site) -> bool:
    try:
        return requests.get(f"{site.url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False
