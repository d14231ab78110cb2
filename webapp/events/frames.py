"""Events as they go over the wire (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

import random
import time
from typing import NamedTuple

import msgspec

from webapp.symbols.changes import Change, told

# Between two tries of a client that lost its connection; spread, as all lose it at once when a
# server stops.
_RETRY_MS = (2_000, 5_000)


class Frame(NamedTuple):
    """An event as it is, and as a chunk of HTTP/1.1: made once, whoever is told of it."""

    plain: bytes
    chunked: bytes


def hello() -> bytes:
    """What opens the stream: when to come back after it broke."""
    return b"retry: %d\n\n" % random.randint(*_RETRY_MS)


def position(entry_id: str) -> Frame:
    """Sets the id with which a client that lost its connection comes back; dispatches no event."""
    return _framed(b"id: %s\n\n" % entry_id.encode())


def heartbeat() -> Frame:
    data = msgspec.json.encode({"at": round(time.time() * 1000)})
    return _framed(b"event: heartbeat\ndata: %s\n\n" % data)


def change(entry_id: str, what: Change) -> Frame:
    data = msgspec.json.encode(told(entry_id, what))
    return _framed(b"event: change\nid: %s\ndata: %s\n\n" % (entry_id.encode(), data))


def _framed(text: bytes) -> Frame:
    return Frame(text, b"%x\r\n%s\r\n" % (len(text), text))
