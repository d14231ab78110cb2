"""Two hundred ask at once for a list that nobody has, while Binance takes a second to answer."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from itertools import count

import aiohttp

from tests.bench.contenders.upstream import PATH
from tests.bench.figures import Goal, Part, Row, Spread, Table
from tests.bench.line_up import LINE_UP, PLAIN_THREADED, Contender, rows_of
from tests.bench.surroundings import Surroundings, surroundings

CROWD = 200
UPSTREAM_MS = 1_000
ROUNDS_MAX = 3
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Burst:
    """What became of one crowd."""

    calls: int  # of exchangeInfo
    errors: int
    seconds: float  # until the last had an answer
    p50_seconds: float


def run(rounds: int, _seconds: float) -> Part:
    by_key = {contender.key: contender for contender in LINE_UP}
    contenders = [by_key["plain"], PLAIN_THREADED, by_key["ours"]]
    bursts: dict[str, list[Burst]] = {contender.key: [] for contender in contenders}
    with surroundings() as place:
        numbers = count()
        for _ in range(min(rounds, ROUNDS_MAX)):
            for contender in contenders:
                bursts[contender.key].append(_burst(contender, place, next(numbers)))
    table = Table(
        f"The stampede: {CROWD} at once, nothing cached, Binance takes {UPSTREAM_MS / 1000:g} s",
        [_row(contender, bursts[contender.key]) for contender in contenders],
    )
    own = bursts["ours"]
    return Part(
        [table],
        [
            Goal("stampede: calls to Binance", "at most", 1, max(one.calls for one in own)),
            Goal("stampede: errors", "at most", 0, sum(one.errors for one in own)),
        ],
    )


def _burst(contender: Contender, place: Surroundings, number: int) -> Burst:
    """Each on a server that has just started, and that finds nothing in Redis or on disk."""
    env = {**place.env, "SNAPSHOT_DIR": str(place.folder / f"snapshots-{number}")}
    fresh = Surroundings(place.exchange, place.redis, place.folder, env)
    with contender.serve(fresh) as server, place.redis.client() as client:
        client.flushall()
        control = place.exchange.control
        control.reset()
        control.fault("latency", venue="spot", endpoint="exchangeInfo", ms=UPSTREAM_MS)
        began_at = time.perf_counter()
        waits = asyncio.run(_crowd(server.url + PATH))
        seconds = time.perf_counter() - began_at
        calls = control.calls("spot", "exchangeInfo")
        control.clear()
    right = [wait for wait in waits if wait is not None]
    return Burst(calls, len(waits) - len(right), seconds, statistics.median(right or [0.0]))


async def _crowd(url: str) -> list[float | None]:
    """How long each waited; None for who got no whole list."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        return list(await asyncio.gather(*(_ask(session, url) for _ in range(CROWD))))


async def _ask(session: aiohttp.ClientSession, url: str) -> float | None:
    began_at = time.perf_counter()
    try:
        async with session.get(url) as answer:
            body = await answer.read()
            is_right = answer.status == 200 and bool(rows_of(body))
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    return time.perf_counter() - began_at if is_right else None


def _row(contender: Contender, bursts: list[Burst]) -> Row:
    calls = Spread.of([one.calls for one in bursts])
    return {
        "contender": contender.name,
        "calls to Binance": calls.middle,
        "spread": str(calls),
        "errors": sum(one.errors for one in bursts),
        "s until the last": Spread.of([one.seconds for one in bursts]).middle,
        "s p50": Spread.of([one.p50_seconds for one in bursts]).middle,
    }
