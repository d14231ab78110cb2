"""Whether there is a list to serve, and what is amiss all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import msgspec

from webapp.symbols.listing import MARKETS, Market
from webapp.vitals.clock import utc_text
from webapp.vitals.signs import Vitals

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
        "ready" if all(state.listing for state in vitals.lists) else "unavailable",
        bool(causes),
        causes,
        {
            state.market: KnownList(int(state.age_seconds), state.listing.count)
            if state.listing
            else None
            for state in vitals.lists
        },
    )


def causes_of(vitals: Vitals) -> Iterator[Cause]:
    """What is amiss, the worst first."""
    yield from _of_lists(vitals)
    yield from _of_doors(vitals)
    if not vitals.redis_answers:
        yield Cause("redis_away", "Redis is away; each process goes on by itself.")
    if not vitals.database_answers:
        yield Cause("database_away", "The database is away; accounts cannot be reached.")
    yield from _of_jobs(vitals)


def _of_lists(vitals: Vitals) -> Iterator[Cause]:
    for state in vitals.lists:
        if not state.listing:
            yield Cause("no_list", f"There is no {state.market} list to serve.")
        elif not state.is_fresh:
            old = f"{state.age_seconds:.0f} s old, and is good for {state.ttl_seconds} s"
            if state.failure:
                sentence = f"Binance gives no {state.market} list; the last good one is {old}."
                yield Cause("last_good_served", sentence)
            else:
                yield Cause("list_overdue", f"The {state.market} list is {old}.")


def _of_doors(vitals: Vitals) -> Iterator[Cause]:
    for market in MARKETS:
        ends = vitals.ban_ends(market)
        shut_until = vitals.shut_until(market)
        if shut_until is not None:
            until = utc_text(shut_until)
            yield Cause(
                "banned", f"Binance shut its door: {market} is not asked for before {until}."
            )
        elif ends:
            until = utc_text(max(ends))
            yield Cause(
                "banned",
                f"Binance shut one of its doors until {until}; {market} is asked for at another.",
            )


def _of_jobs(vitals: Vitals) -> Iterator[Cause]:
    jobs = vitals.jobs
    if jobs is None:
        return
    if jobs.is_scheduler_silent:
        yield Cause("scheduler_silent", "No scheduler is at work; requests refresh the lists.")
    if not jobs.workers:
        yield Cause("worker_silent", "No job worker is at work; requests refresh the lists.")
