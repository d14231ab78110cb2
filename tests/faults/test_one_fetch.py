"""One fetch for the fleet, whoever asks and whoever dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import threading
import time
from collections import Counter
from contextlib import ExitStack

import psutil
import pytest
import redis

from tests.exchange.process import ExchangeProcess
from tests.faults.figures import measured
from tests.faults.visitor import SPOT, Visitor, get
from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp.extensions import LEASE_SECONDS

pytestmark = pytest.mark.heavy

CLIENTS = 500
_REQUEST = f"GET {SPOT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


@pytest.fixture
def fleet_env(settings_env: dict[str, str]) -> dict[str, str]:
    return {**settings_env, "LOG_LEVEL": "WARNING"}


def calls(exchange: ExchangeProcess) -> int:
    return exchange.control.calls("spot", "exchangeInfo")


def test_five_hundred_cold_requests_over_two_gunicorns_cause_one_call(
    fleet_env: dict[str, str], exchange: ExchangeProcess
):
    exchange.control.fault("latency", venue="spot", endpoint="exchangeInfo", ms=300)
    with Site(fleet_env) as one, Site(fleet_env) as other:
        start = time.monotonic()
        statuses = Counter(_all_at_once([one.port, other.port], CLIENTS))
        seconds = time.monotonic() - start
    measured("cold start of 500", seconds=seconds, calls=calls(exchange))
    assert statuses == {200: CLIENTS}
    assert calls(exchange) == 1
    assert exchange.control.calls("spot", "ticker/24hr") == 1


def test_a_client_that_does_not_hang_up_keeps_nobody_else_waiting(settings_env: dict[str, str]):
    with Site({**settings_env, "WEB_CONCURRENCY": "1"}) as site:
        get(site.url)
        with ExitStack() as open_connections:
            for _ in range(10):
                open_connections.enter_context(_connected(site.port)).sendall(_REQUEST)
            assert get(site.url).seconds < 2  # each would hold the worker up for two seconds


def test_a_holder_killed_in_mid_fetch_delays_nobody_beyond_the_lease(
    fleet_env: dict[str, str], exchange: ExchangeProcess
):
    exchange.control.fault("hang", venue="spot", endpoint="exchangeInfo", times=1)
    with Site({**fleet_env, "WEB_CONCURRENCY": "1"}) as doomed, Site(fleet_env) as site:
        asking = threading.Thread(target=_ask_in_vain, args=(doomed.url,), daemon=True)
        asking.start()
        wait_until(lambda: calls(exchange) == 1, "a process has begun to fetch")
        killed_at = time.monotonic()
        _only_worker(doomed).kill()
        first = get(site.url)
        wait_until(lambda: get(site.url).status == 200, "the other site has a list")
        seconds = time.monotonic() - killed_at
        asking.join()
    measured("fetching process killed -9", seconds=seconds, calls=calls(exchange))
    assert first.status == 200 or _is_honest(first.body)
    assert seconds < LEASE_SECONDS + 1
    assert calls(exchange) == 2


def test_a_holder_that_stands_still_is_overtaken_and_does_no_harm_later(
    fleet_env: dict[str, str], exchange: ExchangeProcess, redis_client: redis.Redis
):
    exchange.control.fault("latency", venue="spot", endpoint="exchangeInfo", ms=300, times=1)
    with Site({**fleet_env, "WEB_CONCURRENCY": "1"}) as frozen, Site(fleet_env) as site:
        asking = threading.Thread(target=_ask_in_vain, args=(frozen.url,), daemon=True)
        asking.start()
        wait_until(lambda: calls(exchange) == 1, "a process has begun to fetch")
        worker = _only_worker(frozen)
        os.kill(worker.pid, signal.SIGSTOP)
        wait_until(lambda: get(site.url).status == 200, "the other site has overtaken it")
        exchange.control.add_symbol("LATERUSDT")
        redis_client.delete("cache:symbols:spot:v1")
        wait_until(lambda: "LATERUSDT" in get(site.url).symbols, "the list has moved on")
        os.kill(worker.pid, signal.SIGCONT)
        asking.join()
        wait_until(lambda: _all_list(frozen.url, "LATERUSDT"), "it shows the newer list too")
        wait_until(lambda: _all_list(site.url, "LATERUSDT"), "the newer list stays")


def test_waiters_get_last_good_when_their_budget_ends(
    fleet_env: dict[str, str], exchange: ExchangeProcess, redis_client: redis.Redis
):
    budget_seconds = 0.5
    with Site({**fleet_env, "BINANCE_FETCH_BUDGET_SECONDS": str(budget_seconds)}) as site:
        wait_until(lambda: get(site.url).source == "cache", "the site is warm")
        redis_client.delete("cache:symbols:spot:v1")
        exchange.control.fault("hang", venue="spot")
        wait_until(lambda: get(site.url).source == "last-good", "the list has run out")
        answers = [get(site.url) for _ in range(40)]
    assert {seen.status for seen in answers} == {200}
    assert max(seen.seconds for seen in answers) < budget_seconds + 0.3
    # One of two processes has met the fetch that hangs: only the other waits for it, once.
    assert sum(seen.seconds >= budget_seconds for seen in answers) <= 1
    assert statistics.median(seen.seconds for seen in answers) < budget_seconds / 10
    assert calls(exchange) == 2


def _all_at_once(ports: list[int], clients: int) -> list[int]:
    """Send so many requests before any answer is read; give the statuses."""
    connections = [_connected(ports[number % len(ports)]) for number in range(clients)]
    for connection in connections:
        connection.sendall(_REQUEST)
    return [_status(connection) for connection in connections]


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def _status(connection: socket.socket) -> int:
    with connection, connection.makefile("rb") as answer:
        status = int(answer.readline().split()[1])
        answer.read()
    return status


def _ask_in_vain(url: str) -> None:
    with Visitor(url) as visitor:
        try:
            visitor.get()
        except OSError:  # its process was killed under it
            return


def _all_list(url: str, symbol: str) -> bool:
    return all(symbol in get(url).symbols for _ in range(8))


def _only_worker(site: Site) -> psutil.Process:
    (worker,) = psutil.Process(site.process.pid).children()
    return worker


def _is_honest(body: bytes) -> bool:
    return bool(json.loads(body)["error"]["code"] == "no_symbol_list")
