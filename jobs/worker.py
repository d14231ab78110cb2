"""The job worker process: ``python -m jobs.worker``."""

from __future__ import annotations

import logging
from types import FrameType
from typing import Any

import redis
from rq import Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs.process import run_until_stopped
from jobs.queue import JsonJob, job_queue
from jobs.warmup import catalogue
from webapp.binance.errors import BinanceError
from webapp.config import Settings
from webapp.database import DatabaseAway
from webapp.log_context import job_id
from webapp.redis_client import connect

log = logging.getLogger(__name__)

# RQ waits for a job 15 s less than this. With its own 420 s, a connection that went dead in
# silence would hold the worker for seven minutes.
WORKER_TTL_SECONDS = 17


class JobWorker(Worker):
    """RQ's worker: a Binance or a database that fails is news of one line, not a traceback."""

    max_connection_wait_time = 2.0  # seconds between tries for a Redis that is away; RQ's own: 60

    @property
    def connection_timeout(self) -> int:
        """How long to wait for a Redis that does not even say that there is no job."""
        return self.dequeue_timeout + 2

    @property
    def stop_was_asked_for(self) -> bool:
        """Whether a signal ended ``work``; RQ also ends it when Redis fails in mid-command."""
        return self._shutdown_requested_date is not None

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """RQ asks Redis whether a job runs: with Redis away it would forget that it is to stop."""
        try:
            super().request_stop(signum, frame)
        except redis.RedisError:
            raise StopRequested from None

    def perform_job(self, job: Job, *arguments: Any) -> bool:
        """Run in the job's own process, all of whose log is about the job."""
        job_id.set(job.id)
        return super().perform_job(job, *arguments)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        error = exc_info[1]
        if isinstance(error, BinanceError | DatabaseAway):
            log.warning("%s failed: %s", job.id, error)
        else:
            super().handle_exception(job, *exc_info)


def _run(settings: Settings) -> None:
    catalogue()  # built before the fork, so that each job finds it ready
    connection = connect(settings)
    worker = JobWorker(
        [job_queue(connection)],
        connection=connection,
        job_class=JsonJob,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
    )
    try:
        worker.work(logging_level="WARNING")
    except redis.RedisError as error:
        if not worker.stop_was_asked_for:
            raise
        log.warning("the worker's end could not be noted in Redis: %s", error)
    if not worker.stop_was_asked_for:
        raise redis.ConnectionError("RQ's loop ended by itself")


if __name__ == "__main__":
    run_until_stopped("worker", _run)
