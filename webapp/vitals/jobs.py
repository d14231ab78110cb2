"""The jobs as RQ, rq-scheduler and ours write of them into Redis: who works, what waits."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import redis

QUEUE_NAME = "marketdeck"
# Written by every scheduler once a second, as epoch seconds.
SCHEDULER_HEARTBEAT_KEY = "jobs:scheduler_heartbeat"
SCHEDULER_SILENT_SECONDS = 15
# A worker that waits says so every few seconds, one that works at least every half minute.
WORKER_SILENT_SECONDS = 75
_OVERDUE_SECONDS = 30  # the scheduler looks every second
_QUEUE_LONG = 20  # there are three periodic jobs, and one that waits is not queued again
_FAILED_LOOKED_AT_MAX = 20
# RQ's and rq-scheduler's own keys.
_WORKERS_KEY = f"rq:workers:{QUEUE_NAME}"
_QUEUE_KEY = f"rq:queue:{QUEUE_NAME}"
_FAILED_KEY = f"rq:failed:{QUEUE_NAME}"
_SCHEDULE_KEY = "rq:scheduler:scheduled_jobs"


class JobsState(NamedTuple):
    """How the jobs were when Redis was asked; of a silence that is None nobody was ever heard."""

    workers: int  # that live
    worker_silent_seconds: float | None  # since the last sign of life of any worker
    scheduler_silent_seconds: float | None
    scheduled: int
    overdue_seconds: float  # by how much the first of the schedule is late
    queued: int
    failed: int  # that RQ remembers
    failing: tuple[str, ...]  # jobs whose last run failed, by name

    @property
    def is_scheduler_silent(self) -> bool:
        return not _is_within(self.scheduler_silent_seconds, SCHEDULER_SILENT_SECONDS)

    @property
    def is_schedule_kept(self) -> bool:
        return self.scheduled > 0 and self.overdue_seconds < _OVERDUE_SECONDS

    @property
    def is_queue_long(self) -> bool:
        return self.queued > _QUEUE_LONG

    @property
    def is_well(self) -> bool:
        is_on_time = self.is_schedule_kept and not self.is_scheduler_silent
        return self.workers > 0 and is_on_time and not self.is_queue_long


def read_jobs(client: redis.Redis) -> JobsState:
    """Ask Redis in two round trips; raises ``redis.RedisError``."""
    with client.pipeline(transaction=False) as pipeline:
        pipeline.smembers(_WORKERS_KEY)
        pipeline.get(SCHEDULER_HEARTBEAT_KEY)
        pipeline.zcard(_SCHEDULE_KEY)
        pipeline.zrange(_SCHEDULE_KEY, 0, 0, withscores=True)
        pipeline.llen(_QUEUE_KEY)
        pipeline.zcard(_FAILED_KEY)
        pipeline.zrange(_FAILED_KEY, 0, _FAILED_LOOKED_AT_MAX - 1)
        worker_keys, heartbeat, scheduled, first, queued, failed, failed_ids = pipeline.execute()
    with client.pipeline(transaction=False) as pipeline:
        for key in worker_keys:
            pipeline.hget(key, "last_heartbeat")
            pipeline.hget(key, "death")
        for job_id in failed_ids:
            pipeline.hget(b"rq:job:" + job_id, "status")
        told = pipeline.execute()
    of_workers, statuses = told[: 2 * len(worker_keys)], told[2 * len(worker_keys) :]
    now = time.time()
    silences = [
        max(0.0, now - seen_at)
        for text, death in zip(of_workers[::2], of_workers[1::2], strict=True)
        if death is None and (seen_at := _moment(text)) is not None
    ]
    scheduler_seen_at = _number(heartbeat)
    return JobsState(
        workers=sum(_is_within(silence, WORKER_SILENT_SECONDS) for silence in silences),
        worker_silent_seconds=min(silences, default=None),
        scheduler_silent_seconds=(
            None if scheduler_seen_at is None else max(0.0, now - scheduler_seen_at)
        ),
        scheduled=scheduled,
        overdue_seconds=max(0.0, now - first[0][1]) if first else 0.0,
        queued=queued,
        failed=failed,
        failing=tuple(
            job_id.decode()
            for job_id, status in zip(failed_ids, statuses, strict=True)
            if status == b"failed"  # else it has run again since
        ),
    )


def _is_within(silent_seconds: float | None, seconds: float) -> bool:
    return silent_seconds is not None and silent_seconds <= seconds


def _number(text: Any) -> float | None:
    with suppress(TypeError, ValueError):
        return float(text)
    return None


def _moment(text: bytes | None) -> float | None:
    """RQ's timestamp in epoch seconds; its hash is gone when a worker was silent for long."""
    if text is None:
        return None
    with suppress(ValueError):
        moment = datetime.fromisoformat(text.decode())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None
