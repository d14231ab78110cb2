"""Whatever a client sends, it gets no 5xx and no process dies of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.site import Site
from tests.support.waiting import wait_until

WITHIN = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def module_site(module_env: dict[str, str]) -> Iterator[Site]:
    with Site({**module_env, "LOG_LEVEL": "ERROR"}) as site:
        workers = wait_until(lambda: two_workers(site), "both workers are there")
        wait_until(site.is_warm, "both lists are cached")
        for market in ("spot", "futures"):
            assert raw(site, f"GET /api/v1/symbols/{market} HTTP/1.0\r\n\r\n".encode()) == 200
        yield site
        assert two_workers(site) == workers, "a worker died"


def two_workers(site: Site) -> set[int]:
    """The site's two processes, or nothing while there are not two."""
    pids = {child.pid for child in psutil.Process(site.process.pid).children()}
    return pids if len(pids) == 2 else set()


def raw(site: Site, request: bytes) -> int:
    """Send these bytes and give the answer's status; 0 when there is none."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").readline()
        except OSError:  # it was refused before it was all sent
            return 0
    words = answer.split()
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") else 0


_PATHS = st.sampled_from(
    [
        b"/api/v1/symbols/spot",
        b"/api/v1/symbols/futures",
        b"/api/v1/symbols/%s" % (b"x" * 300),
        b"/api/v1/symbols/..%2f..%2fetc/passwd",
        b"/api/v1/symbols/../../../etc/passwd",
        b"/api/v1/symbols/spot/",
        b"/api/v1/symbols/%00",
        b"/api/v1/symbols/%ff%fe",
        b"/api/v1/symbols/%",
        b"//api/v1/symbols/spot",
        b"/static/../wsgi.py",
        b"/static/..%2f..%2fwsgi.py",
        b"/static/%00",
        b"/static/" + b"a/" * 200,
        b"/markets",
        b"/markets?market=%ff",
        b"/markets?pair=%00&q=%F0%9F%92%A9&sort=x&dir=%0a",
        b"/markets?q=" + b"a" * 2000,
        b"/markets?" + b"q=a&" * 500,
        b"*",
        b"http://example/api/v1/symbols/spot",
        b"",
    ]
)
_METHODS = st.sampled_from(
    [b"GET", b"HEAD", b"OPTIONS", b"POST", b"PUT", b"DELETE", b"PATCH", b"TRACE", b"get", b"BREW"]
)
_header_values = st.one_of(
    st.binary(max_size=60).map(lambda value: value.replace(b"\r", b"").replace(b"\n", b"")),
    st.sampled_from(
        [
            b"",
            b"*",
            b'"',
            b'W/"',
            b'"a", W/"b", *',
            b'"' + b"x" * 4000 + b'"',
            b",".join([b'"a"'] * 1000),
            b"text/html;q=nan, application/json;q=1e999",
            b"gzip;q=0, identity;q=0, *;q=0",
            b"br;q=-1",
            b"Thu, 32 Foo 9999999 99:99:99 GMT",
            b"bytes=0-18446744073709551616",
            b"\xff\xfe",
            b"-1",
            b"1" * 400,
        ]
    ),
)
_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            b"If-None-Match If-Modified-Since Accept Accept-Encoding Range Cookie Origin "
            b"HX-Request HX-Target HX-Request-Type X-Odd".split()
        ),
        _header_values,
    ),
    max_size=6,
)


@WITHIN
@given(method=_METHODS, path=_PATHS, headers=_HEADERS)
def test_no_request_brings_the_site_down(
    module_site: Site, method: bytes, path: bytes, headers: list[tuple[bytes, bytes]]
):
    lines = [b"%s %s HTTP/1.1" % (method, path), b"Host: x", b"Connection: close"]
    lines += [b"%s: %s" % header for header in headers]
    status = raw(module_site, b"\r\n".join(lines) + b"\r\n\r\n")
    assert status < 500 or (status == 501 and method in (b"BREW", b"get", b"TRACE"))
    assert status or path == b""


_POST = b"POST /markets/watchlist HTTP/1.1\r\nHost: x\r\n"


@WITHIN
@given(st.binary(max_size=400))
def test_no_bytes_bring_the_site_down(module_site: Site, garbage: bytes):
    assert raw(module_site, garbage) < 500


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /api/v1/symbols/spot?" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/symbols/spot HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n",
        b"GET /api/v1/symbols/spot HTTP/1.1\r\nHost: x\r\nX-A: " + b"b" * 1_000_000 + b"\r\n\r\n",
        _POST + b"Content-Length: 99999999999999\r\n\r\nadd=1",
        _POST + b"Content-Length: -1\r\n\r\n",
        _POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ],
    ids=["query", "headers", "header", "length", "negative", "chunks", "version"],
)
def test_floods_and_lies_are_refused(module_site: Site, request_bytes: bytes):
    assert raw(module_site, request_bytes) < 500
    good = b"GET /api/v1/symbols/spot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert raw(module_site, good) == 200
