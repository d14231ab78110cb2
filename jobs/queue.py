"""How jobs are kept in Redis: as JSON, in one queue."""

from __future__ import annotations

from typing import Any

import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from webapp.vitals.jobs import QUEUE_NAME


class JsonJob(Job):
    """A job that is written and read as JSON; RQ's default is pickle.

    rq-scheduler hands no serializer on, so the class carries it.
    """

    def __init__(
        self, id: str | None = None, connection: redis.Redis | None = None, serializer: Any = None
    ) -> None:
        super().__init__(id, connection, JSONSerializer)


def job_queue(connection: redis.Redis) -> Queue:
    return Queue(QUEUE_NAME, connection=connection, job_class=JsonJob, serializer=JSONSerializer)
