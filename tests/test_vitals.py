"""The one look at how the product is, on which `/readyz`, `/metrics`, `/status` and doctor rest."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import redis

from tests.faults.redis_server import RedisServer
from webapp import create_app
from webapp.binance.errors import Banned
from webapp.binance.gate import BanGate
from webapp.vitals.jobs import SCHEDULER_HEARTBEAT_KEY, read_jobs
from webapp.vitals.signs import VitalSigns

HUNG_SECONDS = 3.0  # by far more than it takes, for the machine may be busy


def note_worker(client: redis.Redis, queue: str, name: str, seen_seconds_ago: float) -> None:
    """What RQ keeps of a worker that was seen so long ago."""
    key = f"rq:worker:{name}"
    seen_at = datetime.fromtimestamp(time.time() - seen_seconds_ago, UTC)
    client.sadd("rq:workers", key)
    client.sadd(f"rq:workers:{queue}", key)
    client.hset(key, "last_heartbeat", f"{seen_at:%Y-%m-%dT%H:%M:%S.%fZ}")


@pytest.fixture
def busy_redis(redis_client: redis.Redis) -> redis.Redis:
    """One in which worker and scheduler have just given signs of life."""
    note_worker(redis_client, "marketdeck", "ours", 0)
    redis_client.set(SCHEDULER_HEARTBEAT_KEY, time.time())
    redis_client.zadd("rq:scheduler:scheduled_jobs", {"warmup": time.time() + 60})
    return redis_client


def test_jobs_are_well_while_both_processes_give_signs_of_life_and_nothing_is_late(
    busy_redis: redis.Redis,
):
    jobs = read_jobs(busy_redis)
    assert jobs.is_well
    assert (jobs.workers, jobs.scheduled, jobs.queued, jobs.failed) == (1, 1, 0, 0)
    assert 0 <= (jobs.worker_silent_seconds or 0) < 10
    assert 0 <= (jobs.scheduler_silent_seconds or 0) < 10


def test_a_scheduler_that_fell_silent_is_told_before_a_job_is_late(busy_redis: redis.Redis):
    busy_redis.set(SCHEDULER_HEARTBEAT_KEY, time.time() - 16)
    jobs = read_jobs(busy_redis)
    assert jobs.is_schedule_kept
    assert jobs.is_scheduler_silent
    assert not jobs.is_well


@pytest.mark.parametrize("heartbeat", ["", "yesterday"])
def test_a_heartbeat_that_is_no_number_is_none(busy_redis: redis.Redis, heartbeat: str):
    busy_redis.set(SCHEDULER_HEARTBEAT_KEY, heartbeat)
    assert read_jobs(busy_redis).scheduler_silent_seconds is None


def test_a_job_that_is_late_is_told_though_the_scheduler_speaks(busy_redis: redis.Redis):
    busy_redis.zadd("rq:scheduler:scheduled_jobs", {"warmup": time.time() - 60})
    jobs = read_jobs(busy_redis)
    assert not jobs.is_scheduler_silent
    assert not jobs.is_schedule_kept
    assert not jobs.is_well


def test_workers_that_are_silent_dead_gone_or_of_another_queue_are_not_counted(
    redis_client: redis.Redis,
):
    note_worker(redis_client, "marketdeck", "silent", 76)
    note_worker(redis_client, "marketdeck", "dead", 0)
    redis_client.hset("rq:worker:dead", "death", "2026-01-01T00:00:00.000000Z")
    redis_client.sadd(
        "rq:workers:marketdeck", *(f"rq:worker:gone-{number}" for number in range(50))
    )
    note_worker(redis_client, "other", "other", 0)
    jobs = read_jobs(redis_client)
    assert jobs.workers == 0
    assert (jobs.worker_silent_seconds or 0) == pytest.approx(76, abs=10)
    note_worker(redis_client, "marketdeck", "ours", 70)
    assert read_jobs(redis_client).workers == 1


def test_while_redis_hangs_a_ban_is_told_as_this_process_knows_it_and_nobody_waits(
    settings_env: dict[str, str], own_redis: RedisServer
):
    hangs_long = {"REDIS_URL": own_redis.url, "REDIS_TIMEOUT_SECONDS": "5"}
    extensions = create_app({**settings_env, **hangs_long, "TESTING": True}).extensions
    gate: BanGate = extensions["shared"].gate
    vital_signs: VitalSigns = extensions["vital_signs"]
    host = settings_env["BINANCE_SPOT_URL"].removeprefix("http://")
    gate.note_refusal(host, 418, Banned("banned", 60))
    assert vital_signs.read().redis_answers
    own_redis.stop()
    for _ in range(2):
        began_at = time.monotonic()
        vitals = vital_signs.read()
        assert time.monotonic() - began_at < HUNG_SECONDS
        assert not vitals.redis_answers
        assert vitals.jobs is None
        assert vitals.shut_until("spot") is not None
        assert vitals.shut_until("futures") is None
    own_redis.go_on()
