"""Worker, scheduler and queue, by what RQ and rq-scheduler write into Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import redis

from webapp.background import QUEUE_NAME, SCHEDULER_HEARTBEAT_KEY
from webapp.doctor.findings import Finding, duration

_WORKERS = f"rq:workers:{QUEUE_NAME}"
_QUEUE = f"rq:queue:{QUEUE_NAME}"
_FAILED = f"rq:failed:{QUEUE_NAME}"
_SCHEDULE = "rq:scheduler:scheduled_jobs"
_LOOKED_AT_MAX = 20  # workers, failed jobs
# A worker that waits says so every few seconds, one that works at least every half minute.
_WORKER_SILENT_SECONDS = 75
_SCHEDULER_SILENT_SECONDS = 15
_OVERDUE_SECONDS = 30  # the scheduler looks every second
_QUEUE_LONG = 20  # there are three periodic jobs, and one that waits is not queued again


class JobsState(msgspec.Struct, frozen=True):
    """How the jobs are, as of now; times are in seconds."""

    workers: int  # that live
    scheduled: int
    overdue_seconds: float  # by how much the first of the schedule is late
    queued: int
    failed: tuple[str, ...]  # jobs whose last run failed, by name

    @property
    def scheduler_is_on_time(self) -> bool:
        return self.scheduled > 0 and self.overdue_seconds < _OVERDUE_SECONDS

    @property
    def is_well(self) -> bool:
        return self.workers > 0 and self.scheduler_is_on_time and self.queued <= _QUEUE_LONG


def jobs_state(client: redis.Redis) -> JobsState:
    """Ask Redis in two round trips; raises ``redis.RedisError``."""
    with client.pipeline(transaction=False) as pipeline:
        pipeline.smembers(_WORKERS)
        pipeline.zcard(_SCHEDULE)
        pipeline.zrange(_SCHEDULE, 0, 0, withscores=True)
        pipeline.llen(_QUEUE)
        pipeline.zrange(_FAILED, 0, _LOOKED_AT_MAX - 1)
        workers, scheduled, first, queued, failed = pipeline.execute()
    worker_keys = sorted(workers)[:_LOOKED_AT_MAX]
    with client.pipeline(transaction=False) as pipeline:
        for key in worker_keys:
            pipeline.hget(key, "last_heartbeat")
            pipeline.hget(key, "death")
        for job_id in failed:
            pipeline.hget(b"rq:job:" + job_id, "status")
        told = pipeline.execute()
    of_workers, statuses = told[: 2 * len(worker_keys)], told[2 * len(worker_keys) :]
    lives = map(_lives, of_workers[::2], of_workers[1::2])
    now = time.time()
    return JobsState(
        workers=sum(lives),
        scheduled=scheduled,
        overdue_seconds=max(0.0, now - first[0][1]) if first else 0.0,
        queued=queued,
        failed=tuple(
            job_id.decode()
            for job_id, status in zip(failed, statuses, strict=True)
            if status == b"failed"  # else it has run again since
        ),
    )


def _lives(last_heartbeat: Any, death: Any) -> bool:
    if last_heartbeat is None or death is not None:
        return False
    try:
        at = datetime.fromisoformat(last_heartbeat.decode())
    except ValueError:
        return False
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (datetime.now(UTC) - at).total_seconds() < _WORKER_SILENT_SECONDS


def check_jobs(client: redis.Redis) -> Iterator[Finding]:
    try:
        state = jobs_state(client)
    except redis.RedisError:
        yield Finding(
            "wrong",
            "Jobs",
            "Nothing can be said of worker and scheduler while Redis cannot be asked.",
            "See what is said of Redis here.",
        )
        return
    yield _worker(state)
    yield _scheduler(state, _is_silent(client))
    yield from _queue(state)


def _is_silent(client: redis.Redis) -> bool:
    """Whether no scheduler has said of late that it is at work."""
    seen_at = client.get(SCHEDULER_HEARTBEAT_KEY)
    try:
        return not seen_at or time.time() - float(seen_at) > _SCHEDULER_SILENT_SECONDS
    except ValueError:
        return True


def _worker(state: JobsState) -> Finding:
    if not state.workers:
        return Finding(
            "wrong",
            "Worker",
            "None has given a sign of life: lists are refreshed only when somebody asks for one.",
            "Start one: python -m jobs.worker, with the same settings.",
        )
    return Finding("ok", "Worker", f"{state.workers} at work or waiting for it.")


def _scheduler(state: JobsState, is_silent: bool) -> Finding:
    start = "Start it: python -m jobs.scheduler, with the same settings."
    if not state.scheduled:
        return Finding("wrong", "Scheduler", "There is no schedule: it has never run.", start)
    if not state.scheduler_is_on_time:
        late = duration(state.overdue_seconds)
        return Finding("wrong", "Scheduler", f"A job should have been queued {late} ago.", start)
    if is_silent:
        return Finding("wrong", "Scheduler", "None has given a sign of life for 15 s.", start)
    return Finding("ok", "Scheduler", f"{state.scheduled} periodic jobs, none of them late.")


def _queue(state: JobsState) -> Iterator[Finding]:
    if state.failed:
        yield Finding(
            "warning",
            "Jobs",
            f"The last run failed of: {', '.join(state.failed)}.",
            "The worker's log says why. They run again at their next time.",
        )
    if state.queued > _QUEUE_LONG:
        yield Finding(
            "warning",
            "Jobs",
            f"{state.queued} wait in the queue.",
            "Start another worker, or look at the log for what holds the one up.",
        )
