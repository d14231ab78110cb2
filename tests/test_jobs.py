"""Jobs, run by the real worker and scheduler processes over real Valkey."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest
import redis
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from jobs.queue import JsonJob
from tests.exchange.process import ExchangeProcess
from tests.support.program import Program
from tests.support.waiting import wait_until

PERIOD_SECONDS = 2


@pytest.fixture
def jobs_env(settings_env: dict[str, str]) -> dict[str, str]:
    return {**settings_env, "SYMBOLS_WARMUP_INTERVAL_SECONDS": str(PERIOD_SECONDS)}


@pytest.fixture
def worker(jobs_env: dict[str, str]) -> Iterator[Program]:
    with Program("jobs.worker", jobs_env) as running:
        yield running


def fetches(exchange: ExchangeProcess) -> int:
    return exchange.control.calls("spot", "exchangeInfo")


@pytest.mark.usefixtures("worker")
def test_a_fresh_system_is_warm_within_seconds(
    jobs_env: dict[str, str], redis_client: redis.Redis, exchange: ExchangeProcess
):
    with Program("jobs.scheduler", jobs_env):
        keys = ("cache:symbols:spot:v1", "cache:symbols:futures:v1")
        wait_until(lambda: redis_client.exists(*keys) == 2, "both lists are cached")
        job = wait_until(lambda: _ended_job(redis_client), "the job has ended")
        assert job.get_status() == JobStatus.FINISHED
        assert int(job.return_value() or 0) >= 400
    calls = exchange.control.counts("spot")["rest"]
    assert calls["exchangeInfo"]["total"] == calls["ticker/24hr"]["total"]


@pytest.mark.usefixtures("worker")
def test_three_schedulers_give_one_run_per_period(
    jobs_env: dict[str, str], redis_client: redis.Redis, exchange: ExchangeProcess
):
    wait_until(lambda: redis_client.exists("rq:workers"), "the worker listens")
    with ExitStack() as running:
        for _ in range(3):
            running.enter_context(Program("jobs.scheduler", jobs_env))
        wait_until(lambda: fetches(exchange) >= 4, "there have been four runs")
        times = exchange.control.counts("spot")["rest"]["exchangeInfo"]["times"]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # rq-scheduler counts in whole seconds: of the first period nearly one may be missing.
    assert min(gaps) > (PERIOD_SECONDS - 1) / 2


@pytest.mark.usefixtures("worker")
def test_a_failed_job_is_told_in_a_line_and_runs_again_next_period(
    jobs_env: dict[str, str], exchange: ExchangeProcess, redis_client: redis.Redis
):
    exchange.control.fault("malformed", venue="spot", endpoint="exchangeInfo", times=1)
    with Program("jobs.scheduler", jobs_env):
        wait_until(lambda: redis_client.exists("cache:symbols:spot:v1"), "the next run succeeds")
    assert fetches(exchange) >= 2


@pytest.mark.usefixtures("worker")
def test_nothing_in_redis_is_pickled(jobs_env: dict[str, str], redis_client: redis.Redis):
    with Program("jobs.scheduler", jobs_env):
        job = wait_until(lambda: _ended_job(redis_client), "a job has ended")
    # What RQ stored, read by nothing but JSON.
    assert json.loads(job.data) == ["jobs.warmup.warmup_spot_symbols_cache", None, [], {}]
    assert job.serializer is JSONSerializer
    assert int(job.return_value() or 0) >= 400


def test_both_processes_stop_when_asked(jobs_env: dict[str, str], redis_client: redis.Redis):
    worker, scheduler = Program("jobs.worker", jobs_env), Program("jobs.scheduler", jobs_env)
    with worker, scheduler:
        wait_until(lambda: _ended_job(redis_client), "both are at work")
        assert (scheduler.stop(), worker.stop()) == (0, 0)


def test_a_bad_setting_stops_the_start_and_is_named(jobs_env: dict[str, str]):
    with Program("jobs.worker", {**jobs_env, "BINANCE_RETRY_MAX_ATTEMPTS": "many"}) as worker:
        assert worker.process.wait(timeout=20) == 1


def _ended_job(redis_client: redis.Redis) -> Job | None:
    if not redis_client.exists("rq:job:warmup-spot-symbols-cache"):
        return None
    job = JsonJob.fetch("warmup-spot-symbols-cache", connection=redis_client)
    return job if job.latest_result() else None
