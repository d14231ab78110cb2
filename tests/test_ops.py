"""`/healthz` and `/readyz` in each state that the product can be in."""

from __future__ import annotations

import time
from typing import Any

import pytest
import redis
import requests

from tests.exchange.process import ExchangeProcess
from tests.faults.proxy import TcpProxy
from tests.faults.toxics import Down, Latency, Slicer, Timeout, Toxic
from tests.support.binance import facts_at
from tests.support.listener import refresh
from tests.support.postgres import PostgresServer
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp.binance.errors import Banned, BinanceError
from webapp.binance.gate import BanGate

JOBS_SILENT = {"scheduler_silent", "worker_silent"}
HUNG_SECONDS = 3.0  # by far more than it takes, for the machine may be busy


@pytest.fixture
def ill_env(settings_env: dict[str, str], redis_proxy: TcpProxy) -> dict[str, str]:
    """Settings of a product whose Redis may fall ill."""
    return {**settings_env, "REDIS_URL": redis_proxy.redis_url, "WEB_CONCURRENCY": "1"}


def ready(site: Site) -> tuple[int, dict[str, Any]]:
    answer = requests.get(f"{site.url}/readyz", timeout=30)
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def causes(site: Site) -> set[str]:
    return {cause["code"] for cause in ready(site)[1]["causes"]}


def causes_after_asking(site: Site) -> set[str]:
    requests.get(f"{site.url}/api/v1/symbols/spot", timeout=30)
    return causes(site)


def test_alive_is_told_without_asking_anybody(settings_env: dict[str, str]):
    nowhere = "127.0.0.1:9"
    alone = {
        **settings_env,
        "REDIS_URL": f"redis://{nowhere}/0",
        "DATABASE_URL": f"postgresql://nobody@{nowhere}/none",
        "BINANCE_SPOT_URL": f"http://{nowhere}",
        "BINANCE_FUTURES_URL": f"http://{nowhere}",
    }
    with Site(alone) as site:
        answer = requests.get(f"{site.url}/healthz", timeout=2)
        assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
        assert answer.headers["Cache-Control"] == "no-store"
        head = requests.head(f"{site.url}/healthz", timeout=2)
        assert (head.status_code, head.content) == (200, b"")


def test_not_ready_before_there_is_a_list_and_ready_from_then_on(
    site: Site, settings_env: dict[str, str], exchange: ExchangeProcess
):
    answer = requests.get(f"{site.url}/readyz", timeout=30)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    body = answer.json()
    assert body["status"] == "unavailable"
    assert body["lists"] == {"spot": None, "futures": None}
    messages = [cause["message"] for cause in body["causes"] if cause["code"] == "no_list"]
    assert messages == ["There is no spot list to serve.", "There is no futures list to serve."]
    assert exchange.control.calls("spot", "exchangeInfo") == 0
    with Program("jobs.worker", settings_env), Program("jobs.scheduler", settings_env):
        wait_until(lambda: ready(site)[0] == 200, "the jobs have fetched the lists")
        wait_until(lambda: not causes(site), "nothing is amiss")
        status, body = ready(site)
    assert (status, body["status"], body["degraded"], body["causes"]) == (200, "ready", False, [])
    assert body["lists"]["spot"]["count"] > 100
    assert requests.head(f"{site.url}/readyz", timeout=30).status_code == 200


@pytest.mark.parametrize(
    "toxic",
    [Down(), Timeout(), Latency(ms=400), Slicer(size=1, delay_ms=50)],
    ids=lambda toxic: type(toxic).__name__,
)
def test_a_sick_redis_degrades_and_nobody_waits_for_it(
    ill_env: dict[str, str], redis_proxy: TcpProxy, toxic: Toxic
):
    with Site(ill_env) as site:
        wait_until(site.is_warm, "both lists are cached")
        assert causes(site) == JOBS_SILENT
        with redis_proxy.poisoned(toxic):
            for path in ("readyz", "metrics", "readyz"):
                began_at = time.monotonic()
                assert requests.get(f"{site.url}/{path}", timeout=30).status_code == 200
                assert time.monotonic() - began_at < HUNG_SECONDS
            assert "redis_away" in causes(site)
        wait_until(lambda: "redis_away" not in causes(site), "Redis is back")


def test_a_list_past_its_time_and_a_last_good_one_are_told_apart(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    brief = {
        **settings_env,
        "SPOT_SYMBOLS_CACHE_TTL_SECONDS": "1",
        "BINANCE_FETCH_BUDGET_SECONDS": "2",
        "WEB_CONCURRENCY": "1",
    }
    with Site(brief) as site:
        wait_until(site.is_warm, "both lists are cached")
        wait_until(lambda: "list_overdue" in causes(site), "the spot list is past its time")
        exchange.control.fault("status", venue="spot", status=503)
        wait_until(lambda: "last_good_served" in causes_after_asking(site), "Binance gives none")
        status, body = ready(site)
        assert (status, body["status"], body["degraded"]) == (200, "ready", True)
        [message] = [it["message"] for it in body["causes"] if it["code"] == "last_good_served"]
        assert message.startswith("Binance gives no spot list; the last good one is ")


def test_a_refresh_that_failed_in_another_process_is_told(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    with Site({**settings_env, "SPOT_SYMBOLS_CACHE_TTL_SECONDS": "1"}) as site:
        wait_until(site.is_warm, "both lists are cached")
        exchange.control.fault("status", venue="spot", status=503)
        with pytest.raises(BinanceError):
            refresh(settings_env, "spot")
        wait_until(lambda: "last_good_served" in causes(site), "the list is past its time")
        assert "list_overdue" not in causes(site)


def test_a_ban_is_told_with_its_end(site: Site, exchange: ExchangeProcess):
    wait_until(site.is_warm, "both lists are cached")
    exchange.control.fault(
        "status", venue="spot", endpoint="depth", status=418, retry_after=60, times=1
    )
    requests.get(f"{site.url}/api/v1/depth/spot/BTCUSDT", timeout=30)
    [message] = [it["message"] for it in ready(site)[1]["causes"] if it["code"] == "banned"]
    assert message.startswith("Binance shut its door: spot is not asked for before 20")
    assert message.endswith(" UTC.")


def test_a_door_that_is_shut_beside_an_open_one_is_told_as_such(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    spot = exchange.urls.spot
    hosts = (spot, spot.replace("127.0.0.1", "localhost"))
    with Site({**settings_env, "BINANCE_SPOT_URL": ",".join(hosts)}) as site:
        wait_until(site.is_warm, "both lists are cached")
        gate = BanGate(facts_at(settings_env["REDIS_URL"]))
        gate.note_refusal(hosts[1].removeprefix("http://"), 418, Banned("banned", 60))
        [message] = [it["message"] for it in ready(site)[1]["causes"] if it["code"] == "banned"]
        assert message.startswith("Binance shut one of its doors until 20")
        assert message.endswith(" UTC; spot is asked for at another.")
        page = requests.get(f"{site.url}/status", timeout=30).text
        assert "Binance takes no question" not in page


def test_a_scheduler_and_a_worker_that_fell_silent_are_told(
    site: Site, redis_client: redis.Redis, settings_env: dict[str, str]
):
    with Program("jobs.worker", settings_env), Program("jobs.scheduler", settings_env):
        wait_until(lambda: ready(site)[0] == 200 and not causes(site), "both are at work")
    long_ago = time.time() - 60
    redis_client.set("jobs:scheduler_heartbeat", long_ago)
    assert causes(site) == JOBS_SILENT


def test_a_database_that_is_away_degrades(settings_env: dict[str, str], postgres: PostgresServer):
    with Site({**settings_env, "DATABASE_URL": postgres.new_database()}) as site:
        wait_until(site.is_warm, "both lists are cached")
        assert "database_away" not in causes(site)
        postgres.stop()
        try:
            assert "database_away" in causes(site)
            assert ready(site)[0] == 200
        finally:
            postgres.start()
        wait_until(lambda: "database_away" not in causes(site), "the database is back")


def test_a_database_that_hangs_degrades_and_nobody_waits_for_it(
    settings_env: dict[str, str], hung_database: str
):
    with Site({**settings_env, "DATABASE_URL": hung_database}) as site:
        wait_until(site.is_warm, "both lists are cached")
        began_at = time.monotonic()
        assert "database_away" in causes(site)
        assert time.monotonic() - began_at < HUNG_SECONDS
