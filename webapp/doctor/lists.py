"""The lists: whether there are any, how old they are, and whether their refresh fails."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import msgspec
import redis

from webapp.doctor.findings import Finding, duration
from webapp.shared_facts import SharedFacts
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.listing import MARKETS, Market
from webapp.symbols.pause import Failure
from webapp.symbols.snapshots import Snapshots

_TOO_OLD_SECONDS = 24 * 3600


class ListState(msgspec.Struct, frozen=True):
    """One market's list as this process has it; ``count`` is 0 when there is none."""

    market: Market
    count: int
    listed_at: float  # epoch seconds
    is_fresh: bool
    failure: Failure | None  # the last refresh's, when it failed

    @property
    def age_seconds(self) -> float:
        return time.time() - self.listed_at


def list_states(
    catalogue: Catalogue, facts: SharedFacts, ttl_seconds: Mapping[Market, int]
) -> list[ListState]:
    """Both lists; nothing is fetched for it, and a Redis that hangs is not waited for."""
    return [_state(market, catalogue, facts, ttl_seconds[market]) for market in MARKETS]


def _state(market: Market, catalogue: Catalogue, facts: SharedFacts, ttl_seconds: int) -> ListState:
    listing = catalogue.known(market)
    failure = facts.read(f"failure:{market}", Failure)
    if listing is None:
        return ListState(market, 0, 0.0, False, failure)
    if failure and failure.at < listing.listed_at:  # it has been refreshed since
        failure = None
    is_fresh = time.time() < listing.listed_at + ttl_seconds
    return ListState(market, listing.count, listing.listed_at, is_fresh, failure)


def check_lists(
    states: list[ListState], client: redis.Redis, snapshots: Snapshots
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
    if not state.count:
        return Finding(
            "wrong",
            name,
            f"There is none, neither in Redis nor on disk.{failed}",
            "It comes with the first answer of Binance: see what is said of Binance here.",
        )
    told = f"{state.count} pairs, {duration(state.age_seconds)} old, kept {kept}.{failed}"
    if state.is_fresh:
        return Finding("warning" if failed else "ok", name, told)
    return Finding(
        "wrong" if state.age_seconds > _TOO_OLD_SECONDS else "warning",
        name,
        f"Older than it may be and served as the last good one: {told}",
        "See what is said here of Binance, worker and scheduler; the first visitor also has it "
        "fetched.",
    )
