"""The proxy that the fault matrix stands on, over real sockets."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.proxy import HOST, TcpProxy
from tests.faults.toxics import Down, Latency, LimitData, ResetPeer, Slicer, SlowClose, Timeout


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65536):
            if data == b"close":
                return
            self.request.sendall(data)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A reset is part of the test."""


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    with _Server((HOST, 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        with TcpProxy(server.server_address[1]) as running:
            yield running
        server.shutdown()


def connect(proxy: TcpProxy, timeout: float = 5) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), timeout)


def echo(sock: socket.socket, data: bytes) -> bytes:
    sock.sendall(data)
    received = b""
    while len(received) < len(data) and (chunk := sock.recv(65536)):
        received += chunk
    return received


def is_ended(sock: socket.socket) -> bool:
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def seconds_of_an_echo(sock: socket.socket) -> float:
    start = time.monotonic()
    assert echo(sock, b"hello") == b"hello"
    return time.monotonic() - start


def test_passes_everything_on(proxy: TcpProxy):
    with connect(proxy) as first, connect(proxy) as second:
        assert echo(first, b"one") == b"one"
        assert echo(second, b"x" * 300_000) == b"x" * 300_000


def test_latency_comes_and_goes_on_an_open_connection(proxy: TcpProxy):
    with connect(proxy) as sock:
        with proxy.poisoned(Latency(ms=500)):
            assert seconds_of_an_echo(sock) >= 0.5
        assert seconds_of_an_echo(sock) < 0.5


def test_jitter_varies_the_latency(proxy: TcpProxy):
    with connect(proxy) as sock, proxy.poisoned(Latency(ms=20, jitter_ms=20)):
        times = [seconds_of_an_echo(sock) for _ in range(12)]
    assert max(times) - min(times) > 0.005


def test_down_refuses_ends_what_is_open_and_comes_back_on_the_same_port(proxy: TcpProxy):
    with connect(proxy) as sock:
        echo(sock, b"hello")
        with proxy.poisoned(Down()):
            assert is_ended(sock)
            with pytest.raises(ConnectionRefusedError):
                connect(proxy)
    with connect(proxy) as sock:
        assert echo(sock, b"again") == b"again"


def test_timeout_accepts_and_says_nothing(proxy: TcpProxy):
    with proxy.poisoned(Timeout()), connect(proxy, timeout=0.1) as sock:
        sock.sendall(b"hello")
        with pytest.raises(TimeoutError):
            sock.recv(1)


def test_timeout_with_a_time_ends_the_connection_after_it(proxy: TcpProxy):
    with proxy.poisoned(Timeout(ms=50)), connect(proxy) as sock:
        start = time.monotonic()
        sock.sendall(b"hello")
        assert sock.recv(1) == b""
        assert time.monotonic() - start >= 0.05


def test_reset_peer_resets(proxy: TcpProxy):
    with proxy.poisoned(ResetPeer()), connect(proxy) as sock:
        sock.sendall(b"hello")
        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_slow_close_tells_late_that_the_server_has_closed(proxy: TcpProxy):
    with proxy.poisoned(SlowClose(ms=100)), connect(proxy) as sock:
        start = time.monotonic()
        sock.sendall(b"close")
        assert sock.recv(1) == b""
        assert time.monotonic() - start >= 0.1


def test_slicer_cuts_an_answer_into_pieces(proxy: TcpProxy):
    with proxy.poisoned(Slicer(size=2, delay_ms=20)), connect(proxy) as sock:
        sock.sendall(b"abcdef")
        assert sock.recv(100) == b"ab"
        assert sock.recv(100) == b"cd"


def test_limit_data_ends_the_connection_in_mid_answer(proxy: TcpProxy):
    with proxy.poisoned(LimitData(size=4)), connect(proxy) as sock:
        assert echo(sock, b"abc") == b"abc"
        assert echo(sock, b"def") == b"d"


def test_toxics_add_up_and_end_together(proxy: TcpProxy):
    with connect(proxy) as sock:
        proxy.add(Latency(ms=250))
        proxy.add(Latency(ms=251))
        assert seconds_of_an_echo(sock) >= 0.5
        proxy.clear()
        assert seconds_of_an_echo(sock) < 0.5


def test_a_dead_server_is_a_closed_connection():
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        with TcpProxy(unused.getsockname()[1]) as proxy, connect(proxy) as sock:
            assert is_ended(sock)
