"""The cold path: Binance's largest answer to finished bytes, and a page made from a warm cache."""

from __future__ import annotations

import json
import multiprocessing
import re
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import requests

from tests.bench.binance import INFO, TICKERS, binance_at_rest, spot_answers
from tests.bench.contenders.upstream import KEYS, is_listed
from tests.bench.figures import Goal, Part, Row, Spread, Table
from tests.bench.machine import cpu_seconds, undisturbed
from tests.bench.surroundings import Surroundings, surroundings
from tests.support.binance import a_client
from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp.binance.client import RetryPolicy
from webapp.compression import COMPRESSORS
from webapp.symbols.sources import spot_source

RATIO_MAX, PEAK_MB_MAX = 2.5, 30
PAGE_ROWS, FIRST_BYTE_MS_MAX, FRAGMENT_MS_MAX = 500, 10, 5
_FETCHES_A_ROUND = 3
_VISITS = 150
_READ_BYTES = 64 * 1024
_PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#markets"}
PAGES = {
    "the page, to its first byte": ("/markets", {}, FIRST_BYTE_MS_MAX),
    "the filter's fragment, whole": ("/markets?q=eth", _PARTIAL, FRAGMENT_MS_MAX),
    "the sort's fragment, whole": ("/markets?sort=volume&dir=asc", _PARTIAL, FRAGMENT_MS_MAX),
}

Fetch = Callable[[], int]


class Visits(NamedTuple):
    """Of some visits in turn."""

    p50_ms: float  # as the visitor has it
    cpu_ms: float  # of the server, each


class Fetched(NamedTuple):
    """How long it took, and the most memory that it held above what the process had before."""

    ms: float
    peak_mb: float


def run(rounds: int, _seconds: float) -> Part:
    with surroundings() as place:
        answers = spot_answers(place.exchange.urls)
        with binance_at_rest(place.folder / "binance", answers) as url:
            lists, list_goals = _lists(url, place.redis.url, rounds, len(answers[INFO]))
        pages, page_goals = _pages(place, rounds)
    return Part([lists, pages], [*list_goals, *page_goals])


# --- From Binance's answer to finished bytes


def the_bare_download(url: str, _redis_url: str) -> Fetch:
    session = requests.Session()
    return lambda: sum(len(session.get(url + path).content) for path in (INFO, TICKERS))


def ours(url: str, redis_url: str) -> Fetch:
    source = spot_source(a_client(url, policy=RetryPolicy(), redis_url=redis_url))
    return lambda: len(source.fetch().body.content)


def ours_with_codings(url: str, redis_url: str) -> Fetch:
    source = spot_source(a_client(url, policy=RetryPolicy(), redis_url=redis_url))

    def fetch() -> int:
        body = source.fetch().body
        return sum(len(body.encoded(coding)) for coding in COMPRESSORS)

    return fetch


def requests_and_json(url: str, _redis_url: str) -> Fetch:
    session = requests.Session()

    def fetch() -> int:
        info, _ = session.get(url + INFO).json(), session.get(url + TICKERS).json()
        rows = [{key: row[key] for key in KEYS} for row in info["symbols"] if is_listed(row)]
        return len(json.dumps(rows).encode())

    return fetch


WAYS = {
    "the bare download of both answers": the_bare_download,
    "**ours: to the list's bytes**": ours,
    "ours, and compressed by gzip, br and zstd": ours_with_codings,
    "requests and json": requests_and_json,
}


def _lists(url: str, redis_url: str, rounds: int, info_bytes: int) -> tuple[Table, list[Goal]]:
    seen: dict[str, list[Fetched]] = {way: [] for way in WAYS}
    with ExitStack() as stack:
        ask = {way: stack.enter_context(_fetching(way, url, redis_url)) for way in WAYS}
        for _ in range(rounds * _FETCHES_A_ROUND):
            for way, fetched in seen.items():
                fetched.append(undisturbed(ask[way])[0])
    times = {way: [one.ms for one in fetched] for way, fetched in seen.items()}
    peaks = {way: max(one.peak_mb for one in fetched) for way, fetched in seen.items()}
    bare, own = list(WAYS)[:2]
    rows: list[Row] = [
        {
            "from Binance's answer": way,
            "ms": Spread.of(times[way]).middle,
            "spread": str(Spread.of(times[way])),
            "×": Spread.of_ratios(times[way], times[bare]).middle,
            "peak MB above idle": peaks[way],
        }
        for way in WAYS
    ]
    ratio = Spread.of_ratios(times[own], times[bare])
    return Table(f"The cold path: {info_bytes / 1e6:.1f} MB of exchangeInfo", rows), [
        Goal("list: × the bare download", "at most", RATIO_MAX, ratio.middle, str(ratio)),
        Goal("list: peak MB above idle", "at most", PEAK_MB_MAX, peaks[own]),
    ]


@contextmanager
def _fetching(way: str, url: str, redis_url: str) -> Iterator[Callable[[], Fetched]]:
    """A process of its own, that fetches each time it is told to."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_fetch, args=(its, way, url, redis_url), daemon=True)
    process.start()

    def fetched() -> Fetched:
        mine.send("go")
        answer: Fetched = mine.recv()
        return answer

    try:
        yield fetched
    finally:
        mine.send("")
        process.join(timeout=20)


def _fetch(pipe: Connection, way: str, url: str, redis_url: str) -> None:
    fetch = WAYS[way](url, redis_url)
    requests.get(url + "/nothing", timeout=10)  # what any first question loads
    idle = _memory_mb("VmRSS")
    while pipe.recv():
        began_at = time.perf_counter()
        fetch()
        ms = (time.perf_counter() - began_at) * 1000
        pipe.send(Fetched(ms, _memory_mb("VmHWM") - idle))


def _memory_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1000


# --- The page


def _pages(place: Surroundings, rounds: int) -> tuple[Table, list[Goal]]:
    with place.site() as site:
        wait_until(site.is_warm, "both lists are cached", 30)
        listed = _symbols(site)
    for number in range(PAGE_ROWS - listed):
        base = f"P{number:04}"
        place.exchange.control.add_symbol(f"{base}USDT", base=base, quote="USDT")
    with place.redis.client() as client:
        client.flushall()
    place.exchange.control.freeze()
    with place.site(SNAPSHOT_DIR=str(place.folder / "of-pages")) as site:
        wait_until(site.is_warm, "both lists are cached", 30)
        rows = _symbols(site)
        visits = {name: _visiting(site, path, extra) for name, (path, extra, _) in PAGES.items()}
        seen: dict[str, list[Visits]] = {name: [] for name in PAGES}
        for visit in visits.values():
            visit()
        for _ in range(rounds):
            for name, visit in visits.items():
                seen[name].append(undisturbed(visit)[0])
    spreads = {name: Spread.of([it.p50_ms for it in told]) for name, told in seen.items()}
    table: list[Row] = [
        {
            "one visitor, warm cache": name,
            "p50 ms": spread.middle,
            "spread": str(spread),
            "server CPU ms": Spread.of([it.cpu_ms for it in seen[name]]).middle,
        }
        for name, spread in spreads.items()
    ]
    goals = [
        Goal(f"{name}, p50 ms", "at most", limit, spreads[name].middle, str(spreads[name]))
        for name, (_, _, limit) in PAGES.items()
    ]
    return Table(f"The markets page: {rows} rows", table), goals


def _symbols(site: Site) -> int:
    answer = requests.get(f"{site.url}/api/v1/symbols/spot", timeout=30).json()
    return int(answer["data"]["count"])


def _visiting(site: Site, path: str, extra: dict[str, str]) -> Callable[[], Visits]:
    """Many visits in turn over one connection.

    Answers are read as they come: to take their heads apart would be the client's time, half a
    millisecond of it.
    """
    headers = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "en", **extra}
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{site.port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    question = "\r\n".join([*lines, "", ""]).encode()

    def visit() -> Visits:
        waits, before = [], cpu_seconds([site.process.pid])
        with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:
            for _ in range(_VISITS):
                began_at = time.perf_counter()
                connection.sendall(question)
                answer = _received(connection)
                first_byte_at = time.perf_counter()
                while not _is_whole(answer):
                    answer += _received(connection)
                whole_at = time.perf_counter()
                waits.append((whole_at if extra else first_byte_at) - began_at)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    raise AssertionError(f"{path}: {answer[:50]!r}")
        cpu_seconds_each = (cpu_seconds([site.process.pid]) - before) / _VISITS
        return Visits(statistics.median(waits) * 1000, cpu_seconds_each * 1000)

    return visit


def _received(connection: socket.socket) -> bytes:
    received = connection.recv(_READ_BYTES)
    if not received:
        raise AssertionError("the connection ended before its answer did")
    return received


def _is_whole(answer: bytes) -> bool:
    head, is_read, body = answer.partition(b"\r\n\r\n")
    if not is_read:
        return False
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")
