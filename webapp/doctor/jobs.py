"""Worker, scheduler and queue, in the doctor's words."""

from __future__ import annotations

from collections.abc import Iterator

import redis

from webapp.doctor.findings import Finding, duration
from webapp.vitals.jobs import SCHEDULER_SILENT_SECONDS, JobsState, read_jobs


def check_jobs(client: redis.Redis) -> Iterator[Finding]:
    try:
        state = read_jobs(client)
    except redis.RedisError:
        yield Finding(
            "wrong",
            "Jobs",
            "Nothing can be said of worker and scheduler while Redis cannot be asked.",
            "See what is said of Redis here.",
        )
        return
    yield _worker(state)
    yield _scheduler(state)
    yield from _queue(state)


def _worker(state: JobsState) -> Finding:
    if not state.workers:
        return Finding(
            "wrong",
            "Worker",
            "None has given a sign of life: lists are refreshed only when somebody asks for one.",
            "Start one: python -m jobs.worker, with the same settings.",
        )
    return Finding("ok", "Worker", f"{state.workers} at work or waiting for it.")


def _scheduler(state: JobsState) -> Finding:
    start = "Start it: python -m jobs.scheduler, with the same settings."
    if not state.scheduled:
        return Finding("wrong", "Scheduler", "There is no schedule: it has never run.", start)
    if not state.is_schedule_kept:
        late = duration(state.overdue_seconds)
        return Finding("wrong", "Scheduler", f"A job should have been queued {late} ago.", start)
    if state.is_scheduler_silent:
        silent = f"None has given a sign of life for {SCHEDULER_SILENT_SECONDS} s."
        return Finding("wrong", "Scheduler", silent, start)
    return Finding("ok", "Scheduler", f"{state.scheduled} periodic jobs, none of them late.")


def _queue(state: JobsState) -> Iterator[Finding]:
    if state.failing:
        yield Finding(
            "warning",
            "Jobs",
            f"The last run failed of: {', '.join(state.failing)}.",
            "The worker's log says why. They run again at their next time.",
        )
    if state.is_queue_long:
        yield Finding(
            "warning",
            "Jobs",
            f"{state.queued} wait in the queue.",
            "Start another worker, or look at the log for what holds the one up.",
        )
