"""Schedulers, workers and web processes die; the product does not notice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise

import psutil
import pytest
import redis

from tests.exchange.process import ExchangeProcess
from tests.faults.figures import measured
from tests.faults.proxy import TcpProxy
from tests.faults.redis_server import RedisServer
from tests.faults.toxics import Timeout
from tests.faults.visitor import Seen, Visitor, get
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until

pytestmark = pytest.mark.heavy

PERIOD_SECONDS = 2


@pytest.fixture
def jobs_env(env: dict[str, str]) -> dict[str, str]:
    return {
        **env,
        "SYMBOLS_WARMUP_INTERVAL_SECONDS": str(PERIOD_SECONDS),
        "LOG_LEVEL": "WARNING",
    }


def runs(exchange: ExchangeProcess) -> list[float]:
    """When the spot job asked Binance, in epoch seconds."""
    asked = exchange.control.counts("spot")["rest"].get("exchangeInfo", {"times": []})
    return list(asked["times"])


def next_run(exchange: ExchangeProcess, after: float) -> float:
    return wait_until(
        lambda: next((moment for moment in runs(exchange) if moment > after), None), "a job runs"
    )


def test_requests_keep_the_list_fresh_when_worker_and_scheduler_are_dead(
    env: dict[str, str], exchange: ExchangeProcess
):
    ttl_seconds = 12  # its last tenth is long enough for a look each half second and a fetch
    with Site({**env, "SPOT_SYMBOLS_CACHE_TTL_SECONDS": str(ttl_seconds)}) as site:
        wait_until(lambda: get(site.url).source == "cache", "the site is warm")
        exchange.control.add_symbol("LATERUSDT")
        answers: list[Seen] = []

        def is_shown() -> bool:
            answers.append(get(site.url))
            return "LATERUSDT" in answers[-1].symbols

        wait_until(is_shown, "the new pair is listed", within_seconds=ttl_seconds + 5)
    assert {seen.status for seen in answers} == {200}
    assert {seen.source for seen in answers} <= {"cache", "binance"}
    assert max(seen.age for seen in answers) <= ttl_seconds


def stop_and_go_on(server: RedisServer, _proxy: TcpProxy, sleep: Callable[[float], None]) -> None:
    server.stop()
    sleep(2)
    server.go_on()


def kill_and_start_empty(
    server: RedisServer, _proxy: TcpProxy, sleep: Callable[[float], None]
) -> None:
    server.kill()
    sleep(2)
    server.start()


def lose_what_is_sent(
    _server: RedisServer, proxy: TcpProxy, sleep: Callable[[float], None]
) -> None:
    with proxy.poisoned(Timeout()):
        sleep(2)


@pytest.mark.parametrize("blip", [kill_and_start_empty, stop_and_go_on, lose_what_is_sent])
def test_jobs_run_again_within_seconds_of_redis_coming_back(
    blip: Callable[..., None],
    jobs_env: dict[str, str],
    own_redis: RedisServer,
    redis_proxy: TcpProxy,
    exchange: ExchangeProcess,
):
    with Program("jobs.worker", jobs_env) as worker, Program("jobs.scheduler", jobs_env) as other:
        next_run(exchange, after=0)
        blip(own_redis, redis_proxy, pass_time)
        back_at = time.time()
        ran_at = next_run(exchange, after=back_at)
        wait_until(lambda: len([t for t in runs(exchange) if t > back_at]) >= 3, "it goes on")
        later = [moment for moment in runs(exchange) if moment > back_at]
        assert worker.process.poll() is other.process.poll() is None
    measured(f"jobs after {blip.__name__}", seconds=ran_at - back_at)
    assert ran_at - back_at < 8
    gaps = [b - a for a, b in pairwise(later)]
    # The first may be a late one, which the next follows at its time.
    assert min(gaps[1:]) > PERIOD_SECONDS / 2, "a job was doubled"
    assert max(gaps) < 2.5 * PERIOD_SECONDS, "a job was lost"


def test_a_worker_that_has_lost_redis_still_stops_when_it_is_asked_to(
    jobs_env: dict[str, str], own_redis: RedisServer
):
    with redis.Redis.from_url(own_redis.url) as client:
        program = Program("jobs.worker", jobs_env)
        program.start()
        # It is known before it listens to signals: only then does it wait for a job.
        wait_until(
            lambda: any(
                client.hget(worker, "state") == b"idle" for worker in client.smembers("rq:workers")
            ),
            "the worker waits for a job",
        )
    own_redis.kill()
    assert program.stop() == 0


def test_a_killed_scheduler_is_replaced_within_its_lock(
    jobs_env: dict[str, str], own_redis: RedisServer, exchange: ExchangeProcess
):
    with (
        Program("jobs.worker", jobs_env),
        Program("jobs.scheduler", jobs_env) as doomed,
        own_redis.client() as client,
    ):
        next_run(exchange, after=0)
        wait_until(lambda: client.exists("rq:scheduler_lock"), "it holds its lock")
        doomed.process.kill()
        client.set("rq:scheduler_lock", 1, px=3000)  # the worst case: it died with it in hand
        killed_at = time.time()
        with Program("jobs.scheduler", jobs_env):
            wait_until(lambda: len(client.keys("rq:scheduler_instance:*")) == 2, "it has started")
            can_work_at = max(killed_at + 3, time.time())
            ran_at = next_run(exchange, after=killed_at + PERIOD_SECONDS)
    measured("scheduler killed -9", seconds=ran_at - killed_at)
    assert ran_at < can_work_at + PERIOD_SECONDS + 2


def test_a_job_whose_worker_is_killed_runs_again_next_period(
    jobs_env: dict[str, str], exchange: ExchangeProcess
):
    exchange.control.fault("hang", venue="spot", times=1)
    with Program("jobs.scheduler", jobs_env), Program("jobs.worker", jobs_env) as doomed:
        next_run(exchange, after=0)
        family = psutil.Process(doomed.process.pid).children(recursive=True)
        doomed.process.kill()
        for horse in family:
            horse.kill()
        killed_at = time.time()
        with Program("jobs.worker", jobs_env):
            ran_at = next_run(exchange, after=killed_at)
    measured("worker killed -9 in mid-job", seconds=ran_at - killed_at)
    assert ran_at - killed_at < 4 + 2 * PERIOD_SECONDS + 2  # its lease, and a period


def test_a_web_process_killed_in_mid_request_is_replaced_and_the_other_answers(
    env: dict[str, str], exchange: ExchangeProcess
):
    with Site(env) as site:
        wait_until(lambda: get(site.url).source == "cache", "the site is warm")
        exchange.control.fault("hang", venue="futures", times=1)
        asking = threading.Thread(target=_ask_futures, args=(site.url,), daemon=True)
        asking.start()
        wait_until(lambda: exchange.control.calls("futures", "exchangeInfo"), "it waits")
        master = psutil.Process(site.process.pid)
        before = master.children()
        doomed = next(
            child for child in before if child.net_connections() and _asks(child, exchange)
        )
        doomed.kill()
        answers = [_get_or_refused(site.url) for _ in range(100)]
        asking.join()
        wait_until(lambda: len(_alive(master)) == 2, "there are two again")
    failed = sum(seen is None for seen in answers)
    measured("web process killed -9", failed_requests=failed, of=len(answers))
    assert failed <= 1
    assert {seen.status for seen in answers if seen} == {200}


def pass_time(seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() > ends_at, "the time has passed")


def _asks(process: psutil.Process, exchange: ExchangeProcess) -> bool:
    port = int(exchange.urls.futures.rsplit(":", 1)[1])
    return any(c.raddr and c.raddr.port == port for c in process.net_connections())


def _alive(master: psutil.Process) -> list[psutil.Process]:
    return [child for child in master.children() if child.status() != psutil.STATUS_ZOMBIE]


def _ask_futures(url: str) -> None:
    with Visitor(url) as visitor:
        try:
            visitor.get("/api/v1/symbols/futures")
        except OSError:  # its process was killed under it
            return


def _get_or_refused(url: str) -> Seen | None:
    try:
        return get(url)
    except OSError:
        return None
