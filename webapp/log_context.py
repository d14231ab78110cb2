"""On whose behalf a line of the log is written: a request's or a job's."""

from __future__ import annotations

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")

IDS = (request_id.name, job_id.name)


class LogContext(logging.Filter):
    """Adds ``request_id`` and ``job_id`` to a record where there is one."""

    def filter(self, record: logging.LogRecord) -> bool:
        for variable in (request_id, job_id):
            value = variable.get()
            if value:
                setattr(record, variable.name, value)
        return True
