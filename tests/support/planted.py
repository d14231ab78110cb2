"""Looks for planted secrets in bytes, in each form in which one could lie there unnoticed."""

from __future__ import annotations

import html
import json
import zlib
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any
from urllib.parse import quote, quote_plus

import redis


def leaks(secrets: Mapping[str, str], places: Mapping[str, bytes]) -> list[str]:
    """Which secret is found in which place, in which form; by name, for nobody prints a secret."""
    forms = [(name, *form) for name, secret in secrets.items() for form in forms_of(secret)]
    return [
        f"{name} as {form} in {place}"
        for place, content in places.items()
        for name, form, pattern in forms
        if pattern in content
    ]


def forms_of(secret: str) -> Iterator[tuple[str, bytes]]:
    raw = secret.encode()
    yield "it is", raw
    yield "it is, backwards", secret[::-1].encode()
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "part of a URL", quote(secret, safe="").encode()
    yield "part of a form", quote_plus(secret).encode()
    yield "JSON", json.dumps(secret)[1:-1].encode()
    yield "JSON of Unicode", json.dumps(secret, ensure_ascii=False)[1:-1].encode()
    yield "JSON in JSON", json.dumps(json.dumps(secret)[1:-1])[1:-1].encode()
    yield "HTML", html.escape(secret).encode()
    yield "Python", repr(secret)[1:-1].encode()
    yield "Python's bytes", repr(raw)[2:-1].encode()
    yield "UTF-16", secret.encode("utf-16-le")
    for encode, name in ((b64encode, "base64"), (urlsafe_b64encode, "URL-safe base64")):
        for before in range(3):
            encoded = encode(b"\0" * before + raw).rstrip(b"=")
            is_cut = (before + len(raw)) % 3 > 0  # then the last sign depends on what follows
            first = (0, 2, 3)[before]  # and the first ones on what stands before
            yield f"{name} after {before} bytes", encoded[first : -1 if is_cut else None]


def redis_content(client: redis.Redis) -> dict[str, bytes]:
    """All that a Redis holds, of every type, by key; packed values unpacked as well."""
    content = {}
    for key in client.scan_iter(count=1000):
        parts = [part for value in _values(client, key) for part in _unpacked(value)]
        content[f"the Redis key {key!r}"] = b"\n".join([key, *parts])
    return content


def _values(client: Any, key: bytes) -> Iterable[bytes]:
    """The client is of any type, for redis-py's own types know no bytes."""
    kind = client.type(key)
    if kind == b"string":
        return [client.get(key) or b""]
    if kind == b"hash":
        return chain.from_iterable(client.hgetall(key).items())
    if kind == b"list":
        return list(client.lrange(key, 0, -1))
    if kind == b"set":
        return list(client.smembers(key))
    if kind == b"zset":
        return list(client.zrange(key, 0, -1))
    if kind == b"stream":
        rows = (row for _, row in client.xrange(key))
        return [part for row in rows for pair in row.items() for part in pair]
    if kind == b"none":  # it has lapsed meanwhile
        return []
    raise AssertionError(f"nobody can look into a {kind!r} yet")


def _unpacked(value: bytes) -> Iterator[bytes]:
    yield value
    with suppress(zlib.error):
        yield zlib.decompress(value)
    with suppress(zlib.error, ValueError):
        yield zlib.decompress(b64decode(value))  # as RQ keeps tracebacks
