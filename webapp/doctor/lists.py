"""The lists and where they are kept, in the doctor's words."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import redis

from webapp.doctor.findings import Finding, duration
from webapp.symbols.listing import Market
from webapp.symbols.snapshots import Snapshots
from webapp.vitals.lists import ListState

_TOO_OLD_SECONDS = 24 * 3600


def check_lists(
    states: Iterable[ListState], client: redis.Redis, snapshots: Snapshots
) -> Iterator[Finding]:
    for state in states:
        yield _finding(state, _kept(state.market, client, snapshots))


def _kept(market: Market, client: redis.Redis, snapshots: Snapshots) -> str:
    """Where a process that starts now would find the list."""
    try:
        is_in_redis = bool(client.exists(f"cache:symbols:{market}:last_good:v1"))
    except redis.RedisError:
        is_in_redis = False
    is_on_disk = snapshots.load(market) is not None
    if is_in_redis and is_on_disk:
        return "in Redis and on this machine's disk"
    return "in Redis alone" if is_in_redis else "on this machine's disk alone"


def _finding(state: ListState, kept: str) -> Finding:
    name = f"List of {state.market}"
    failed = ""
    if state.failure:
        failed = (
            f" The last refresh failed {duration(time.time() - state.failure.at)} ago "
            f"({state.failure.in_a_row} in a row): {state.failure.reason}."
        )
    if not state.listing:
        return Finding(
            "wrong",
            name,
            f"There is none, neither in Redis nor on disk.{failed}",
            "It comes with the first answer of Binance: see what is said of Binance here.",
        )
    told = f"{state.listing.count} pairs, {duration(state.age_seconds)} old, kept {kept}.{failed}"
    if state.is_fresh:
        return Finding("warning" if failed else "ok", name, told)
    return Finding(
        "wrong" if state.age_seconds > _TOO_OLD_SECONDS else "warning",
        name,
        f"Older than it may be and served as the last good one: {told}",
        "See what is said here of Binance, worker and scheduler; the first visitor also has it "
        "fetched.",
    )
