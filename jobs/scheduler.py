"""The scheduler process: ``python -m jobs.scheduler``. Any number may run at once."""

from __future__ import annotations

import logging
import time

import redis
from redis.exceptions import WatchError
from rq.job import Job
from rq_scheduler import Scheduler

from jobs.process import run_until_stopped
from jobs.queue import JsonJob
from jobs.schedule import reconcile, schedule_table
from webapp.config import Settings
from webapp.redis_client import connect
from webapp.vitals.jobs import QUEUE_NAME, SCHEDULER_HEARTBEAT_KEY

log = logging.getLogger(__name__)

POLL_SECONDS = 1
LOCK_MILLISECONDS = 3000


class PeriodicScheduler(Scheduler):
    """rq-scheduler, made safe to run several times over and to stop while Redis is away."""

    def __init__(self, connection: redis.Redis, settings: Settings) -> None:
        super().__init__(
            QUEUE_NAME, connection=connection, interval=POLL_SECONDS, job_class=JsonJob
        )
        self._table = schedule_table(settings)

    def acquire_lock(self) -> bool:
        """Take the lock for a moment: one that was killed must not keep the others from working."""
        self._lock_acquired = bool(
            self.connection.set(self.scheduler_lock_key, time.time(), px=LOCK_MILLISECONDS, nx=True)
        )
        return self._lock_acquired

    def heartbeat(self) -> None:
        """Say that some scheduler is at work; RQ's own key has a name that nobody else knows."""
        super().heartbeat()
        self.connection.set(SCHEDULER_HEARTBEAT_KEY, time.time())

    def enqueue_jobs(self) -> list[Job]:
        """Reconcile and enqueue what is due; rq-scheduler calls it under its lock."""
        reconcile(self, self._table)
        jobs: list[Job] = super().enqueue_jobs()
        return jobs

    def enqueue_job(self, job: Job) -> None:
        """Queue a due job and set its next time in one transaction.

        rq-scheduler does the two one after the other, and its lock can lapse in between: a job
        would be lost or run twice. A job that still waits for a worker is not queued again.
        """
        queue = self.get_queue_for_job(job)
        now = int(time.time())
        with self.connection.pipeline() as transaction:
            transaction.watch(self.scheduled_jobs_key)
            due_at = transaction.zscore(self.scheduled_jobs_key, job.id)
            if due_at is None or due_at > now:
                return
            waits_already = self.connection.lpos(queue.key, job.id) is not None
            transaction.multi()
            transaction.zadd(self.scheduled_jobs_key, {job.id: now + job.meta["interval"]})
            if not waits_already:
                queue.enqueue_job(job, pipeline=transaction)
            try:
                transaction.execute()
            except WatchError:
                log.info("another scheduler was first with %s", job.id)

    def register_death(self) -> None:
        try:
            super().register_death()
        except redis.RedisError as error:
            log.warning("the scheduler's end could not be noted in Redis: %s", error)

    def remove_lock(self) -> None:
        try:
            super().remove_lock()
        except redis.RedisError as error:
            log.warning("the scheduler's lock could not be removed, it lapses: %s", error)


def _run(settings: Settings) -> None:
    PeriodicScheduler(connect(settings), settings).run()


if __name__ == "__main__":
    run_until_stopped("scheduler", _run)
