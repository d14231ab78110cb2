"""What grows and what does not: with the list, with the requests, with the number of users."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import psutil
import requests

from tests.bench.binance import binance_at_rest, of_size, spot_answers
from tests.bench.contenders.upstream import PATH
from tests.bench.figures import Goal, Part, Row, Spread, Table
from tests.bench.line_up import rows_of
from tests.bench.machine import cpu_seconds, undisturbed
from tests.bench.surroundings import Surroundings, surroundings
from tests.bench.wrk import GZIP, load
from tests.faults.redis_server import RedisServer
from tests.support.site import Site
from tests.support.waiting import wait_until

SIZES = (100, 1_000, 10_000)
FLAT_RATIO_MAX = 1.2
REDIS_PER_SECOND_MAX = 10
WORKER_MB_MAX, GROWTH_MB_MAX = 60, 1
HALF_OF_THE_REQUESTS = 500_000
USERS = (1, 10, 100, 1_000, 10_000)
_CONNECTIONS_MAX = 1_000  # which more users share
SHORT_TTL_SECONDS, USUAL_TTL_SECONDS = 2, 300
_WATCHED_SECONDS = 16
_CPU = "CPU µs a request"
_WEIGHT = f"weight an hour at a TTL of {USUAL_TTL_SECONDS} s"
# https://developers.binance.com/docs/binance-spot-api-docs/rest-api
_INFO_WEIGHT, _TICKERS_WEIGHT = 20, 80


def run(rounds: int, seconds: float) -> Part:
    with surroundings() as place:
        sizes = _by_size(place, rounds, seconds)
        memory = _memory(place)
    with surroundings(SHORT_TTL_SECONDS) as place:
        users = _by_users(place)
    parts = (sizes, memory, users)
    return Part(
        [table for part in parts for table in part.tables],
        [goal for part in parts for goal in part.goals],
    )


# --- With the list

# Redis counts how its counts are asked for: HELLO, two CLIENT SETINFO, INFO.
_OF_ASKING = 4


class Cost(NamedTuple):
    """Of one run."""

    cpu_us: float  # of the server, a request
    commands: float  # to Redis, a second
    per_second: float  # requests


def _by_size(place: Surroundings, rounds: int, seconds: float) -> Part:
    answers = spot_answers(place.exchange.urls)
    with ExitStack() as stack:
        sites = {
            symbols: stack.enter_context(_site_of(place, answers, symbols)) for symbols in SIZES
        }
        first = {symbols: _answer(site, symbols) for symbols, (site, _) in sites.items()}
        unchanged: dict[int, list[Cost]] = {symbols: [] for symbols in SIZES}
        whole: dict[int, list[Cost]] = {symbols: [] for symbols in SIZES}
        for _ in range(rounds):
            for symbols, (site, server) in sites.items():
                known = {**GZIP, "If-None-Match": first[symbols].headers["ETag"]}
                unchanged[symbols].append(_cost(site, server, known, seconds))
                whole[symbols].append(_cost(site, server, GZIP, seconds))
    rows: list[Row] = [
        {
            "symbols": symbols,
            "gzip bytes": int(first[symbols].headers["Content-Length"]),
            "CPU µs, unchanged (304)": Spread.of([it.cpu_us for it in unchanged[symbols]]).middle,
            "CPU µs, whole": Spread.of([it.cpu_us for it in whole[symbols]]).middle,
            "req/s, whole": Spread.of([it.per_second for it in whole[symbols]]).middle,
            "Redis commands/s": Spread.of([it.commands for it in whole[symbols]]).middle,
        }
        for symbols in SIZES
    ]
    few, many = ([it.cpu_us for it in unchanged[symbols]] for symbols in (SIZES[0], SIZES[-1]))
    flat = Spread.of_ratios(many, few)
    runs = [it for costs in whole.values() for it in costs]
    slowest = min(it.per_second for it in runs)
    return Part(
        [Table("With the list: CPU time of the server for a request, bytes apart", rows)],
        [
            Goal(
                f"growth: CPU of a 304 at {SIZES[-1]:,} symbols × at {SIZES[0]}",
                *("at most", FLAT_RATIO_MAX, flat.middle, str(flat)),
            ),
            Goal(
                "growth: Redis commands a second",
                *("at most", REDIS_PER_SECOND_MAX, max(it.commands for it in runs)),
                note=f"at {slowest:,.0f} req/s or more",
            ),
        ],
    )


@contextmanager
def _site_of(
    place: Surroundings, answers: dict[str, bytes], symbols: int
) -> Iterator[tuple[Site, RedisServer]]:
    """A warm site whose Binance lists so many pairs, and its Redis, which no other asks."""
    folder = place.folder / f"of-{symbols}"
    with (
        binance_at_rest(folder, of_size(answers, symbols)) as url,
        RedisServer(folder) as server,
        place.site(
            BINANCE_SPOT_URL=url, REDIS_URL=server.url, SNAPSHOT_DIR=str(folder / "snapshots")
        ) as site,
    ):
        wait_until(site.is_warm, "both lists are cached", 60)
        yield site, server


def _answer(site: Site, symbols: int) -> requests.Response:
    answer = requests.get(site.url + PATH, headers=GZIP, timeout=30)
    if len(rows_of(answer.content)) != symbols:
        raise AssertionError(f"another list than that of {symbols} symbols")
    return answer


def _cost(site: Site, server: RedisServer, headers: dict[str, str], seconds: float) -> Cost:
    def measured() -> Cost:
        pids, asked = [site.process.pid], _commands(server)
        before = cpu_seconds(pids)
        seen = load(site.url + PATH, seconds, headers=headers)
        cpu_us = (cpu_seconds(pids) - before) / seen.requests * 1e6
        commands = _commands(server) - asked - _OF_ASKING
        if seen.errors:
            raise AssertionError(f"{seen.errors} of the answers were errors")
        return Cost(cpu_us, commands / seen.seconds, seen.per_second)

    return undisturbed(measured)[0]


def _commands(server: RedisServer) -> int:
    with server.client() as client:
        return int(client.info("stats")["total_commands_processed"])


# --- With the requests


def _memory(place: Surroundings) -> Part:
    rows: list[Row] = []
    with place.site() as site:
        wait_until(site.is_warm, "both lists are cached", 30)
        rows.append(_held(site, 0))
        asked = 0
        for goal in (HALF_OF_THE_REQUESTS, 2 * HALF_OF_THE_REQUESTS):
            while asked < goal:
                asked += load(site.url + PATH, _WATCHED_SECONDS).requests
            rows.append(_held(site, asked))
    _, half, whole = [float(row["most a worker, MB"] or 0) for row in rows]
    return Part(
        [Table("With the requests: memory of the workers", rows)],
        [
            Goal(
                "growth: MB a worker", "at most", WORKER_MB_MAX, whole, note=f"{asked:,} requests"
            ),
            Goal("growth: MB in the second half", "at most", GROWTH_MB_MAX, whole - half),
        ],
    )


def _held(site: Site, asked: int) -> Row:
    workers = [it.memory_full_info() for it in psutil.Process(site.process.pid).children()]
    return {
        "requests": asked,
        # What is shared is counted in equal parts with those that share it.
        "most a worker, MB": max(it.pss for it in workers) / 1e6,
        "of it its own, MB": max(it.uss for it in workers) / 1e6,
        "resident, MB": max(it.rss for it in workers) / 1e6,
    }


# --- With the users


def _by_users(place: Surroundings) -> Part:
    rows: list[Row] = []
    with place.site(TRUSTED_PROXIES="1") as site:
        wait_until(site.is_warm, "both lists are cached", 30)
        for users in USERS:
            before, cpu = _asked(place), cpu_seconds([site.process.pid])
            connections = min(users, _CONNECTIONS_MAX)
            seen = load(site.url + PATH, _WATCHED_SECONDS, connections, users=users)
            cpu_us = (cpu_seconds([site.process.pid]) - cpu) / seen.requests * 1e6
            calls, weight = (now - then for now, then in zip(_asked(place), before, strict=True))
            an_hour = weight / seen.seconds * 3600 * SHORT_TTL_SECONDS / USUAL_TTL_SECONDS
            rows.append(
                {
                    "users": users,
                    "req/s": seen.per_second,
                    _CPU: cpu_us,
                    "calls to Binance": calls,
                    _WEIGHT: an_hour,
                    "errors": seen.errors,
                }
            )
    one, most = rows[0], rows[-1]
    title = f"With the users: what Binance is asked in {_WATCHED_SECONDS} s at a short TTL"
    return Part(
        [Table(title, rows)],
        [
            Goal(
                f"growth: {what} with {USERS[-1]:,} users × with one",
                *("at most", FLAT_RATIO_MAX, float(most[what] or 0) / float(one[what] or 1)),
            )
            for what in (_CPU, _WEIGHT)
        ],
    )


def _asked(place: Surroundings) -> tuple[int, int]:
    """How often spot was asked for the list, and the request weight of all that it was asked."""
    rest = place.exchange.control.counts("spot")["rest"]
    calls = {name: count["total"] for name, count in rest.items()}
    info, tickers = calls.get("exchangeInfo", 0), calls.get("ticker/24hr", 0)
    return info, info * _INFO_WEIGHT + tickers * _TICKERS_WEIGHT
