"""Whether there is a list to serve, and what is amiss all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, get_args

import msgspec

from webapp.ops.vitals import Vitals
from webapp.symbols.listing import Market

# A scheduler writes each second, a worker every few seconds and half a minute within a job.
SCHEDULER_SILENT_SECONDS = 15
WORKER_SILENT_SECONDS = 90

Code = Literal[
    "no_list",
    "list_overdue",
    "last_good_served",
    "banned",
    "redis_away",
    "database_away",
    "scheduler_silent",
    "worker_silent",
]
CODES: tuple[Code, ...] = get_args(Code)


class Cause(msgspec.Struct, frozen=True):
    """One thing that is amiss: a stable word for programs, a sentence for people."""

    code: Code
    message: str


class KnownList(msgspec.Struct, frozen=True):
    """The list that would be served now."""

    age_seconds: int
    count: int


class Readiness(msgspec.Struct, frozen=True):
    """The body of ``/readyz``: ready while every market has a list, of whatever age."""

    status: Literal["ready", "unavailable"]
    degraded: bool
    causes: tuple[Cause, ...]
    lists: dict[Market, KnownList | None]


def readiness(vitals: Vitals) -> Readiness:
    causes = tuple(causes_of(vitals))
    return Readiness(
        "ready" if all(state.listing for state in vitals.lists.values()) else "unavailable",
        bool(causes),
        causes,
        {
            market: KnownList(int(state.age_seconds), state.listing.count)
            if state.listing
            else None
            for market, state in vitals.lists.items()
        },
    )


def causes_of(vitals: Vitals) -> Iterator[Cause]:
    """What is amiss, the worst first."""
    yield from _of_lists(vitals)
    for state in vitals.venues:
        if state.banned_until is not None:
            until = datetime.fromtimestamp(state.banned_until, UTC)
            yield Cause(
                "banned",
                f"Binance shut its door: {state.venue.market} is not asked for before "
                f"{until:%Y-%m-%d %H:%M:%S} UTC.",
            )
    if vitals.redis_seconds is None:
        yield Cause("redis_away", "Redis is away; each process goes on by itself.")
    if not vitals.database_answers:
        yield Cause("database_away", "The database is away; accounts cannot be reached.")
    yield from _of_jobs(vitals)


def _of_lists(vitals: Vitals) -> Iterator[Cause]:
    for market, state in vitals.lists.items():
        if not state.listing:
            yield Cause("no_list", f"There is no {market} list to serve.")
        elif state.is_overdue:
            old = f"{state.age_seconds:.0f} s old, and is good for {state.ttl_seconds} s"
            if state.is_failing:
                sentence = f"Binance gives no {market} list; the last good one is {old}."
                yield Cause("last_good_served", sentence)
            else:
                yield Cause("list_overdue", f"The {market} list is {old}.")


def _of_jobs(vitals: Vitals) -> Iterator[Cause]:
    jobs = vitals.background
    if jobs is None:
        return
    if _is_silent(jobs.scheduler_seen_at, SCHEDULER_SILENT_SECONDS):
        yield Cause("scheduler_silent", "No scheduler is at work; requests refresh the lists.")
    if _is_silent(jobs.worker_seen_at, WORKER_SILENT_SECONDS):
        yield Cause("worker_silent", "No job worker is at work; requests refresh the lists.")


def _is_silent(seen_at: float | None, seconds: float) -> bool:
    return seen_at is None or seen_at < time.time() - seconds
