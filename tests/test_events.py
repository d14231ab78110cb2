"""Server-sent events through a real gunicorn: what changed, replayed, and at no thread's cost."""

from __future__ import annotations

import http.client
import json
import re
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
import redis
import requests
from flask import Flask

from tests.exchange.process import ExchangeProcess
from tests.support.listener import EVENTS, Listener, refresh
from tests.support.metrics import Scrape
from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.events import hub


@pytest.fixture
def warm_site(site: Site) -> Site:
    wait_until(site.is_warm, "both lists are cached")
    return site


@pytest.mark.measured
def test_what_changes_on_the_exchange_arrives_within_a_second(
    warm_site: Site, exchange: ExchangeProcess, settings_env: dict[str, str]
):
    with Listener(warm_site.url) as both, Listener(warm_site.url, "?market=futures") as futures:
        both.until_joined()
        futures.until_joined()
        exchange.control.set_symbol("ADAUSDT", "HALT")
        exchange.control.add_symbol("BRANDNEWUSDT", base="BRANDNEW", quote="USDT")
        exchange.control.set_symbol("ETHUSDT", "SETTLING", venue="futures")
        refresh(settings_env, "spot", "futures")
        refreshed_at = time.monotonic()
        assert both.change() == ("spot", "status", "ADAUSDT")
        assert both.change() == ("spot", "added", "BRANDNEWUSDT")
        assert both.change() == ("futures", "status", "ETHUSDT")
        assert futures.change() == ("futures", "status", "ETHUSDT")
        assert time.monotonic() - refreshed_at < 1


def test_the_answer_is_an_event_stream_for_any_page(warm_site: Site):
    with Listener(warm_site.url).until_joined() as listener:
        headers = listener.answer.headers
        assert headers["Content-Type"].startswith("text/event-stream")
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["Access-Control-Allow-Origin"] == "*"
    assert requests.head(f"{warm_site.url}{EVENTS}", timeout=2).status_code == 200


def test_who_comes_back_is_told_what_it_missed(
    warm_site: Site, exchange: ExchangeProcess, settings_env: dict[str, str]
):
    with Listener(warm_site.url).until_joined() as listener:
        left_at = listener.last_id
    symbols = [f"NEW{number:03}USDT" for number in range(30)]
    for symbol in symbols:
        exchange.control.add_symbol(symbol, base=symbol.removesuffix("USDT"), quote="USDT")
    refresh(settings_env, "spot")
    with Listener(warm_site.url, since=left_at) as listener:
        missed = [listener.change()[2] for _ in symbols]
        assert missed == symbols
        half = listener.last_id
        exchange.control.set_symbol("ADAUSDT", "BREAK")
        refresh(settings_env, "spot")
        assert listener.change() == ("spot", "status", "ADAUSDT")
    with Listener(warm_site.url, f"?market=spot&since={half}") as listener:
        assert listener.change() == ("spot", "status", "ADAUSDT")


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        (f"{EVENTS}?market=margin", {}, 404, "unknown_market"),
        (EVENTS, {"Last-Event-ID": "yesterday"}, 400, "bad_event_id"),
        (f"{EVENTS}?since=0-", {}, 400, "bad_event_id"),
    ],
)
def test_bad_input_is_refused(
    live_site: str, path: str, headers: dict[str, str], status: int, code: str
):
    answer = requests.get(live_site + path, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_look_has_the_list_fetched_anew_but_not_a_young_one(
    warm_site: Site, exchange: ExchangeProcess, redis_client: redis.Redis
):
    looks = f"{warm_site.url}/api/v1/looks/futures"
    with Listener(warm_site.url).until_joined() as listener:
        exchange.control.set_symbol("ETHUSDT", "SETTLING", venue="futures")
        answer = requests.post(looks, timeout=30)
        assert answer.status_code == 202
        wait_seconds = int(answer.headers["Retry-After"])
        assert 0 < wait_seconds <= 10
        before = exchange.control.calls("futures", "exchangeInfo")
        make_older(redis_client, "futures", wait_seconds)
        wait_until(
            lambda: "Retry-After" not in requests.post(looks, timeout=30).headers,
            "it is old enough",
        )
        answers = [requests.post(looks, timeout=30) for _ in range(20)]
        assert {answer.status_code for answer in answers} == {202}
        assert listener.change() == ("futures", "status", "ETHUSDT")
        assert exchange.control.calls("futures", "exchangeInfo") == before + 1


def make_older(client: redis.Redis, market: str, seconds: float) -> None:
    """Let the cached list be from so much earlier."""
    key = f"cache:symbols:{market}:v1"
    record = json.loads(client.get(key) or b"")
    record["listed_at"] -= seconds
    client.set(key, json.dumps(record), keepttl=True)


def test_another_sites_page_cannot_make_it_look(live_site: str):
    answer = requests.post(
        f"{live_site}/api/v1/looks/spot",
        headers={"Sec-Fetch-Site": "cross-site"},
        timeout=30,
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_hundreds_of_idle_listeners_cost_the_api_nothing(warm_site: Site):
    alone = p99_ms(warm_site)
    with ExitStack() as listeners:
        for _ in range(300):  # ten times the threads of both workers
            listeners.enter_context(Listener(warm_site.url))
        crowded = p99_ms(warm_site)
    print(f"API p99 alone {alone:.1f} ms, with 300 listeners {crowded:.1f} ms")
    assert crowded < max(2 * alone, 20)


def test_those_that_do_not_read_are_dropped_and_delay_nobody(
    warm_site: Site, redis_client: redis.Redis
):
    with ExitStack() as stack:
        reading = stack.enter_context(Listener(warm_site.url).until_joined())
        lazy = [stack.enter_context(opened_and_left(warm_site)) for _ in range(20)]
        slowest = 0.0
        for _ in range(20):
            log_changes(redis_client, 50)
            began = time.monotonic()
            for number in range(50):
                assert reading.change()[2].startswith(f"NR{number}A")
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 1
        for connection in lazy:
            assert len(read_all(connection)) < 700_000  # of more than a million


@contextmanager
def opened_and_left(site: Site) -> Iterator[socket.socket]:
    """A stream of which nobody reads more than its beginning."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", site.port))
        connection.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while b"id: " not in connection.recv(4096):
            continue
        yield connection


def p99_ms(site: Site) -> float:
    durations = []
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    for _ in range(300):
        began = time.perf_counter()
        connection.request("GET", "/api/v1/symbols/spot")
        assert connection.getresponse().read()
        durations.append((time.perf_counter() - began) * 1000)
    connection.close()
    return statistics.quantiles(durations, n=100)[-1]


def test_a_stop_does_not_wait_for_listeners(warm_site: Site):
    with Listener(warm_site.url).until_joined() as listener:
        began = time.monotonic()
        warm_site.stop()
        assert time.monotonic() - began < 5
        with pytest.raises((EOFError, requests.exceptions.ChunkedEncodingError)):
            listener.event()


def test_under_a_server_that_keeps_the_connection_a_thread_passes_events_on(
    settings_env: dict[str, str], exchange: ExchangeProcess, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hub, "HEARTBEAT_SECONDS", 0.2)
    refresh(settings_env, "spot")
    client = create_app({**settings_env, "TESTING": True}).test_client()
    body = client.get(EVENTS).iter_encoded()
    seen = b""
    while b"event: heartbeat" not in seen:
        seen += next(body)
    assert seen.startswith(b"retry: ")
    exchange.control.set_symbol("ADAUSDT", "HALT")
    refresh(settings_env, "spot")
    while b"event: change" not in seen:
        seen += next(body)
    assert b'"previousStatus":"TRADING"' in seen


def dropped(app: Flask) -> float:
    scrape = Scrape(app.test_client().get("/metrics").text)
    return scrape.value("marketdeck_event_listeners_dropped_total")


def test_a_listener_that_does_not_read_is_dropped(
    settings_env: dict[str, str], redis_client: redis.Redis
):
    app = create_app({**settings_env, "TESTING": True})
    events = app.extensions["events"]
    dropped_before = dropped(app)
    with narrow_pair() as (here, there):
        events.adopt(there, None, None, chunked=False)
        assert here.recv(100).startswith(b"id: ")  # and from here on it does not read
        log_changes(redis_client, 1000)
        wait_until(lambda: events.listeners == 0, "it is dropped")
        assert len(read_all(here)) < 700_000  # of more than a million
    assert dropped(app) == dropped_before + 1


def test_a_slow_one_that_comes_back_is_told_all_that_it_missed(
    settings_env: dict[str, str], redis_client: redis.Redis
):
    log_changes(redis_client, 1000)
    events = create_app({**settings_env, "TESTING": True}).extensions["events"]
    with narrow_pair() as (here, there):
        events.adopt(there, None, "0-0", chunked=False)
        seen = b""
        while b"NR999" not in seen:
            part = here.recv(4096)
            assert part
            seen += part
        numbers = [int(number) for number in re.findall(rb'"symbol":"NR(\d+)A', seen)]
    assert numbers == list(range(1000))


@contextmanager
def narrow_pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a connection that holds little of what is not read."""
    here, there = socket.socketpair()
    with here:
        for end in (here, there):
            for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                end.setsockopt(socket.SOL_SOCKET, buffer, 4096)
        here.settimeout(10)
        yield here, there


def read_all(connection: socket.socket) -> bytes:
    read = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):  # until it is ended from there
            read += part
    return read


def log_changes(client: redis.Redis, count: int) -> None:
    """So many changes of a kilobyte each."""
    with client.pipeline() as pipeline:
        for number in range(count):
            symbol = f"NR{number}" + 1000 * "A"
            change = {"at": 1, "market_type": "spot", "kind": "added", "symbol": symbol}
            pipeline.xadd("changes:symbols:v1", {"change": json.dumps(change)})
        pipeline.execute()
