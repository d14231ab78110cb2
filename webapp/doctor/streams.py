"""The stream hosts that the browser connects to: allowed by our own policy, and there at all."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from urllib.parse import urlsplit

from webapp.binance.stream_routes import StreamRoute
from webapp.config import Settings
from webapp.doctor.findings import Finding, redacted
from webapp.doctor.reach import CannotReach, open_connection
from webapp.doctor.rounds import together
from webapp.headers import content_security_policy

NAME = "Streams"
_PATIENCE_SECONDS = 3.0
_ALL_SECONDS = 2 * _PATIENCE_SECONDS
_HEAD_MAX_BYTES = 8192
_ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_DEFAULT_PORTS = {"ws": 80, "wss": 443, "http": 80, "https": 443}


def check_streams(settings: Settings, *, with_network: bool) -> Iterator[Finding]:
    """Each base with each route's first path: the policy, and a handshake unless told not to."""
    sources = _connect_sources(content_security_policy(settings))
    places = [
        *_places(settings.binance_spot_stream_url, settings.binance_spot_stream_routes),
        *_places(settings.binance_futures_stream_url, settings.binance_futures_stream_routes),
    ]
    for url in places:
        if not any(_matches(source, url) for source in sources):
            yield Finding(
                "wrong",
                NAME,
                f"The page's own policy does not let a browser connect to {redacted(url)}.",
                "Write the stream's base without a path: what follows is added by the routes.",
            )
    if with_network:
        yield from _handshakes(places)
    else:
        yield Finding("ok", NAME, f"{len(places)} addresses were looked at, and none was tried.")


def _places(bases: tuple[str, ...], routes: Mapping[str, StreamRoute]) -> list[str]:
    return [base + route.paths[0] for base in bases for route in routes.values()]


def _connect_sources(policy: str) -> list[str]:
    directives = [directive.split() for directive in policy.split(";")]
    return next(words[1:] for words in directives if words[0] == "connect-src")


def _matches(source: str, url: str) -> bool:
    """As https://www.w3.org/TR/CSP3/#match-url-to-source-expression has it for our sources."""
    if "://" not in source:
        return False  # 'self'
    allowed, wanted = urlsplit(source), urlsplit(url)
    if (allowed.scheme, allowed.hostname) != (wanted.scheme, wanted.hostname):
        return False
    if _port(source) != _port(url):
        return False
    path = allowed.path
    is_within = wanted.path.startswith(path) if path.endswith("/") else wanted.path == path
    return path == "" or is_within


def _port(url: str) -> int | None:
    parts = urlsplit(url)
    return parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _handshakes(places: list[str]) -> Iterator[Finding]:
    questions: dict[str, Callable[[], str]] = {url: partial(_problem, url) for url in places}
    answers = together(questions, _ALL_SECONDS)
    problems = {url: answers.get(url, "gives no answer in time") for url in places}
    well = [url for url in places if not problems[url]]
    # A browser connects from elsewhere: what is shut to this server may be open to it.
    for url in places:
        if problems[url]:
            yield Finding(
                "warning",
                NAME,
                f"{redacted(url)} {problems[url]}.",
                "Browsers go there by themselves, from where they are. If visitors see no live "
                "prices either, name other hosts in BINANCE_SPOT_STREAM_URL or "
                "BINANCE_FUTURES_STREAM_URL.",
            )
    if well:
        yield Finding("ok", NAME, f"{len(well)} of {len(places)} addresses take a WebSocket.")


def _problem(url: str) -> str:
    """What keeps a WebSocket from being opened; nothing when it opens."""
    parts = urlsplit(url)
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    request = (
        f"GET {parts.path}?streams=btcusdt@miniTicker HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n"
    )
    try:
        with open_connection(url, _PATIENCE_SECONDS) as connection:
            connection.sendall(request.encode())
            head = connection.recv(_HEAD_MAX_BYTES).decode("latin-1")
    except CannotReach as error:
        return f"cannot be reached: {error}"
    except OSError:
        return "takes the connection and gives no answer"
    first, *headers = head.split("\r\n")
    status = first.split(" ")[1] if " " in first else ""
    if status != "101":
        return f"opens no WebSocket: it answers {status or 'nothing'}"
    accept = base64.b64encode(hashlib.sha1((key + _ACCEPT_GUID).encode()).digest()).decode()  # noqa: S324 - RFC 6455's choice
    is_ours = any(
        name.lower() == "sec-websocket-accept" and value.strip() == accept
        for name, _, value in (header.partition(":") for header in headers)
    )
    return "" if is_ours else "opens a WebSocket that is not meant for us"
