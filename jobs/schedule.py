"""The schedule: a table, and what makes Redis agree with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from rq.exceptions import NoSuchJobError
from rq_scheduler import Scheduler

from jobs.credentials import check_credentials
from jobs.queue import JsonJob
from jobs.warmup import warmup_futures_symbols_cache, warmup_spot_symbols_cache
from webapp.config import Settings

CHECK_CREDENTIALS_SECONDS = 24 * 3600

log = logging.getLogger(__name__)


class Periodic(NamedTuple):
    """A job that runs once at start-up and then once per interval."""

    job_id: str  # letters, digits, "_" and "-" only
    function: Callable[[], object]
    interval_seconds: int


def schedule_table(settings: Settings) -> tuple[Periodic, ...]:
    """Every periodic job of the product."""
    warmup_seconds = settings.symbols_warmup_interval_seconds
    return (
        Periodic("warmup-spot-symbols-cache", warmup_spot_symbols_cache, warmup_seconds),
        Periodic("warmup-futures-symbols-cache", warmup_futures_symbols_cache, warmup_seconds),
        Periodic("check-credentials", check_credentials, CHECK_CREDENTIALS_SECONDS),
    )


def reconcile(scheduler: Scheduler, table: tuple[Periodic, ...]) -> None:
    """Add what the table has and Redis lacks, mend what differs, cancel what is retired.

    Doing it again, or from several schedulers in turn, changes nothing.
    """
    wanted = {entry.job_id: entry for entry in table}
    for job_id in _scheduled_ids(scheduler) - wanted.keys():
        log.info("cancelled the retired job %s", job_id)
        scheduler.cancel(job_id)
    for entry in table:
        if not _is_as_wanted(scheduler, entry):
            _add(scheduler, entry)


def _scheduled_ids(scheduler: Scheduler) -> set[str]:
    raw_ids = scheduler.connection.zrange(scheduler.scheduled_jobs_key, 0, -1)
    return {raw_id.decode() for raw_id in raw_ids}


def _is_as_wanted(scheduler: Scheduler, entry: Periodic) -> bool:
    if entry.job_id not in scheduler:
        return False
    try:
        job = JsonJob.fetch(entry.job_id, connection=scheduler.connection)
    except NoSuchJobError:
        return False
    return bool(
        job.func_name == f"{entry.function.__module__}.{entry.function.__name__}"
        and job.meta.get("interval") == entry.interval_seconds
    )


def _add(scheduler: Scheduler, entry: Periodic) -> None:
    log.info("scheduled %s every %d s", entry.job_id, entry.interval_seconds)
    scheduler.schedule(
        datetime.now(UTC),
        entry.function,
        interval=entry.interval_seconds,
        id=entry.job_id,
        timeout=entry.interval_seconds,
    )
