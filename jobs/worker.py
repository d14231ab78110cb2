"""The job worker process: ``python -m jobs.worker``."""

from __future__ import annotations

import logging
from typing import Any

from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs.process import run_until_stopped
from jobs.queue import JsonJob, job_queue
from jobs.warmup import catalogue
from webapp.binance.errors import BinanceError
from webapp.config import Settings
from webapp.redis_client import connect

log = logging.getLogger(__name__)


class JobWorker(Worker):
    """RQ's worker, to which a Binance that fails is news of one line, not a traceback."""

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        error = exc_info[1]
        if isinstance(error, BinanceError):
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
    )
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    run_until_stopped("worker", _run)
