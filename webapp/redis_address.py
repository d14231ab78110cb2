"""What ``REDIS_URL`` says: one server, or the Sentinels that know which server it is now."""

from __future__ import annotations

import os
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from redis.connection import parse_url

_SENTINEL = "+sentinel"
_SCHEMES = ("redis", "rediss", "unix", f"redis{_SENTINEL}", f"rediss{_SENTINEL}")
_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_OPTIONS = {*_FILES, "ssl_check_hostname", "db"}
_SENTINEL_PORT = 26379


class RedisAddress(NamedTuple):
    """``connection`` holds what redis-py's connections to the servers are made with."""

    connection: dict[str, Any]
    sentinels: tuple[tuple[str, int], ...] = ()
    service: str = ""


def read_redis_url(url: str) -> RedisAddress:
    """Raises ``ValueError``, whose text never holds a part of the URL but an option's name."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.path if parts.scheme == "unix" else parts.hostname)
    except ValueError:
        raise ValueError("is no URL") from None
    if parts.scheme not in _SCHEMES or not is_whole:
        raise ValueError(f"must be a URL that begins with {' or '.join(_SCHEMES)}://")
    _check_options(parts)
    if parts.scheme.endswith(_SENTINEL):
        return _by_sentinels(parts)
    return RedisAddress(_connection(url))


def _check_options(parts: SplitResult) -> None:
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in _OPTIONS:
            raise ValueError(f"knows no option but {', '.join(sorted(_OPTIONS))}")
        if name.startswith("ssl") and not parts.scheme.startswith("rediss"):
            raise ValueError(f"{name} is for TLS: rediss://")
        if name in _FILES and not os.access(value, os.R_OK):
            raise ValueError(f"{name} is no file that can be read")


def _by_sentinels(parts: SplitResult) -> RedisAddress:
    login, at, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise ValueError("must name the service after the Sentinels: …/<service>/<database>")
    scheme = parts.scheme.removesuffix(_SENTINEL)
    connection = _connection(f"{scheme}://{login}{at}by-sentinel/{database}?{parts.query}")
    for name in ("host", "connection_class"):
        connection.pop(name, None)
    connection["ssl"] = scheme == "rediss"
    return RedisAddress(connection, tuple(map(_host_and_port, hosts.split(","))), service)


def _host_and_port(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text.strip()}")
        host, port = parts.hostname, parts.port or _SENTINEL_PORT
    except ValueError:
        host = None
    if not host:
        raise ValueError("must name each Sentinel as host or host:port")
    return host, port


def _connection(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    try:
        if parts.scheme != "unix" and parts.path.strip("/"):
            int(parts.path.strip("/"))
        options: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:
        raise ValueError("has a port, a database or an option that makes no sense") from None
    return options
