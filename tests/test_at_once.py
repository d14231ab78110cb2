"""A list that the server has at hand, asked for over connections that do as they like."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp.symbols.shelf import LOOK_INTERVAL_SECONDS

PATH = "/api/v1/symbols/spot"
LIST = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
THREADS = 16  # of a process, by gunicorn's settings
SILENT_SECONDS_MAX = 5  # of a new connection
OF_EACH_ANSWER = frozenset({"x-request-id", "date", "age"})


class Answer:
    """One answer as it came over the wire."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def said(self) -> tuple[int, dict[str, str], bytes]:
        """All of it that is the same for whoever asks."""
        lasting = {name: self.headers[name] for name in self.headers.keys() - OF_EACH_ANSWER}
        return self.status, lasting, self.body


class Connection:
    """One that is kept for several requests."""

    def __init__(self, port: int, receive_bytes: int | None = None) -> None:
        self._socket = socket.socket()
        if receive_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self._socket.settimeout(10)
        self._socket.connect(("127.0.0.1", port))
        self._received = self._socket.makefile("rb")

    def send(self, request: bytes) -> None:
        self._socket.sendall(request)

    def read(self) -> Answer:
        status = int(self._received.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self._received.readline().strip():
            name, value = line.decode().split(": ", 1)
            headers[name.lower()] = value
        length = int(headers.get("content-length", 0))
        return Answer(status, headers, self._received.read(length))

    def ask(self, request: bytes = LIST) -> Answer:
        self.send(request)
        return self.read()

    def is_ended(self) -> bool:
        return self._received.read(1) == b""

    def close(self) -> None:
        self._received.close()
        self._socket.close()


Connect = Callable[..., Connection]


@pytest.fixture(scope="module")
def module_site(module_env: dict[str, str]) -> Iterator[Site]:
    """Of one process, all of whose threads can be kept busy."""
    with Site({**module_env, "WEB_CONCURRENCY": "1"}) as site:
        wait_until(site.is_warm, "both lists are at hand")
        yield site


@pytest.fixture
def connect(module_site: Site) -> Iterator[Connect]:
    """Connections to the site that end with the test."""
    with ExitStack() as stack:

        def connect(receive_bytes: int | None = None) -> Connection:
            connection = Connection(module_site.port, receive_bytes)
            return stack.enter_context(contextlib.closing(connection))

        yield connect


def test_the_answers_of_one_connection_are_the_same(connect: Connect):
    connection = connect()
    first, *later = (connection.ask() for _ in range(200))
    assert first.status == 200
    assert first.headers["x-data-source"] == "cache"
    assert all(answer.said == first.said for answer in later)
    assert len({answer.headers["x-request-id"] for answer in later}) == 199


def test_requests_of_many_kinds_are_answered(connect: Connect):
    connection = connect()
    expected = connection.ask().said
    for number in 2 * list(range(100)):
        another = LIST.replace(b"Host", f"X-Kind: {number}\r\nHost".encode())
        assert connection.ask(another).said == expected


def test_it_is_answered_while_every_thread_waits_for_somebody(connect: Connect):
    connection = connect()
    expected = connection.ask().said
    for _ in range(THREADS):
        connect().send(LIST[:-2])
    began_at = time.monotonic()
    for _ in range(50):
        assert connection.ask().said == expected
    while time.monotonic() - began_at < 4 * LOOK_INTERVAL_SECONDS:  # Redis is looked into meanwhile
        assert connection.ask().said == expected


def test_who_says_nothing_keeps_no_thread(connect: Connect):
    for _ in range(THREADS):
        connect()
    began_at = time.monotonic()
    assert connect().ask(LIST.replace(PATH.encode(), b"/api/v1/time")).status == 200
    assert time.monotonic() - began_at < SILENT_SECONDS_MAX - 1


def test_who_says_nothing_for_long_is_sent_away(connect: Connect):
    began_at = time.monotonic()
    assert connect().is_ended()
    assert time.monotonic() - began_at >= SILENT_SECONDS_MAX - 0.1


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("Accept-Encoding: gzip\r\n", 200),
        ("Cookie: marketdeck=whose\r\n", 200),
        ("Authorization: Bearer whose\r\n", 401),
        ("Expect: 100-continue\r\n", 100),
        ("Bad Header: x\r\n", 400),
        ("Content-Length: many\r\n", 400),
    ],
)
def test_another_request_is_answered_as_it_is_on_a_new_connection(
    connect: Connect, more: str, status: int
):
    request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()
    kept = connect()
    kept.ask()
    answers = kept.ask(request), connect().ask(request)
    assert answers[0].said == answers[1].said
    assert answers[0].status == status


def test_a_request_in_pieces_is_one_request(connect: Connect):
    connection = connect()
    expected = connection.ask().said
    for end in (3, 30, len(LIST) - 1):
        connection.send(LIST[:end])
        assert connect().ask().said == expected, "the worker has seen the piece by now"
        connection.send(LIST[end:])
        assert connection.read().said == expected


def test_requests_that_come_together_are_all_answered(connect: Connect):
    connection = connect()
    expected = connection.ask().said
    connection.send(5 * LIST)
    assert [connection.read().said for _ in range(5)] == [expected] * 5


def test_a_body_that_nobody_reads_is_no_request(connect: Connect):
    connection = connect()
    expected = connection.ask().said
    with_body = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(LIST)}\r\n\r\n"
    for _ in range(3):
        connection.send(with_body.encode())
        connection.send(LIST)  # which is the body
        assert connection.read().said == expected
        assert connection.ask().said == expected


def test_who_wants_the_connection_closed_is_answered_first(connect: Connect):
    connection = connect()
    expected = connection.ask()
    last = connection.ask(LIST.replace(b"Host", b"Connection: close\r\nHost"))
    assert (last.status, last.body) == (200, expected.body)
    assert last.headers["connection"] == "close"
    assert connection.is_ended()


def test_who_does_not_read_holds_nobody_up_and_loses_nothing(connect: Connect):
    slow, other = connect(receive_bytes=4096), connect()
    expected = slow.ask().said
    requests = 300  # which is more than the system holds for a connection
    for _ in range(requests):
        slow.send(LIST)
        assert other.ask().said == expected
    assert [slow.read().said for _ in range(requests)] == [expected] * requests


def test_who_leaves_before_the_answer_holds_nobody_up(connect: Connect):
    other = connect()
    expected = other.ask().said
    for _ in range(50):
        leaver = connect()
        leaver.ask()
        leaver.send(LIST)
        leaver.close()
        assert other.ask().said == expected
