"""The schedule, and what makes Redis agree with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import redis
from rq_scheduler import Scheduler

from jobs.credentials import check_credentials
from jobs.queue import JsonJob, job_queue
from jobs.schedule import Periodic, reconcile, schedule_table
from jobs.scheduler import PeriodicScheduler
from jobs.warmup import warmup_futures_symbols_cache, warmup_spot_symbols_cache
from webapp.config import load_settings
from webapp.vitals.jobs import QUEUE_NAME

SPOT = Periodic("warmup-spot-symbols-cache", warmup_spot_symbols_cache, 300)
FUTURES = Periodic("warmup-futures-symbols-cache", warmup_futures_symbols_cache, 300)
KEYS = Periodic("check-credentials", check_credentials, 24 * 3600)
ALL_IDS = sorted(entry.job_id for entry in (SPOT, FUTURES, KEYS))


@pytest.fixture
def scheduler(redis_client: redis.Redis) -> PeriodicScheduler:
    return PeriodicScheduler(redis_client, load_settings())


def scheduled(scheduler: Scheduler) -> dict[str, int]:
    return {job.id: job.meta["interval"] for job in scheduler.get_jobs()}


def test_the_table_holds_both_warm_ups_with_the_period_of_the_settings_and_the_daily_round():
    table = schedule_table(load_settings({"SYMBOLS_WARMUP_INTERVAL_SECONDS": 120}))
    assert [(entry.job_id, entry.interval_seconds) for entry in table] == [
        (SPOT.job_id, 120),
        (FUTURES.job_id, 120),
        (KEYS.job_id, 86_400),
    ]


def test_reconciling_twice_changes_nothing(scheduler: PeriodicScheduler):
    reconcile(scheduler, (SPOT, FUTURES, KEYS))
    first = scheduler.connection.zrange(scheduler.scheduled_jobs_key, 0, -1, withscores=True)
    scheduler.enqueue_jobs()
    moved = scheduler.connection.zrange(scheduler.scheduled_jobs_key, 0, -1, withscores=True)
    reconcile(scheduler, (SPOT, FUTURES, KEYS))
    again = scheduler.connection.zrange(scheduler.scheduled_jobs_key, 0, -1, withscores=True)
    assert len(first) == 3
    assert moved == again != first


def test_a_retired_job_is_cancelled(scheduler: PeriodicScheduler):
    retired = Periodic("a-job-of-last-year", warmup_spot_symbols_cache, 60)
    reconcile(scheduler, (SPOT, retired))
    reconcile(scheduler, (SPOT,))
    assert scheduled(scheduler) == {SPOT.job_id: 300}


def test_a_changed_period_takes_effect(scheduler: PeriodicScheduler):
    reconcile(scheduler, (SPOT,))
    reconcile(scheduler, (SPOT._replace(interval_seconds=60),))
    assert scheduled(scheduler) == {SPOT.job_id: 60}


def test_a_job_that_lost_its_data_is_made_anew(scheduler: PeriodicScheduler):
    reconcile(scheduler, (SPOT,))
    scheduler.connection.delete(f"rq:job:{SPOT.job_id}")
    reconcile(scheduler, (SPOT,))
    assert scheduled(scheduler) == {SPOT.job_id: 300}


def test_a_due_job_is_queued_once_and_set_for_its_next_time(scheduler: PeriodicScheduler):
    queue = job_queue(scheduler.connection)
    before = datetime.now(UTC).timestamp()
    scheduler.enqueue_jobs()
    assert sorted(queue.job_ids) == ALL_IDS
    next_times = scheduler.connection.zrange(scheduler.scheduled_jobs_key, 0, -1, withscores=True)
    assert all(time >= before + 299 for _, time in next_times)


def test_two_schedulers_that_find_the_same_job_due_queue_it_once(scheduler: PeriodicScheduler):
    reconcile(scheduler, (SPOT,))
    other = PeriodicScheduler(scheduler.connection, load_settings())
    [mine], [theirs] = list(scheduler.get_jobs()), list(other.get_jobs())
    scheduler.enqueue_job(mine)
    other.enqueue_job(theirs)
    assert job_queue(scheduler.connection).job_ids == [SPOT.job_id]


def test_a_job_that_still_waits_for_a_worker_is_not_queued_again(scheduler: PeriodicScheduler):
    scheduler.enqueue_jobs()
    for job in list(scheduler.get_jobs()):
        scheduler.connection.zadd(scheduler.scheduled_jobs_key, {job.id: 1})
    scheduler.enqueue_jobs()
    assert sorted(job_queue(scheduler.connection).job_ids) == ALL_IDS


def test_jobs_are_kept_as_json(scheduler: PeriodicScheduler, redis_client: redis.Redis):
    scheduler.enqueue_jobs()
    data = JsonJob.fetch(SPOT.job_id, connection=redis_client).data
    assert data == b'["jobs.warmup.warmup_spot_symbols_cache", null, [], {}]'
    assert redis_client.llen(f"rq:queue:{QUEUE_NAME}") == 3
