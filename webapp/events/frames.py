"""Events as they go over the wire (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

import random
import time

import msgspec

from webapp.symbols.changes import Change, told

# Between two tries of a client that lost its connection; spread, as all lose it at once when a
# server stops.
_RETRY_MS = (2_000, 5_000)


def hello() -> bytes:
    """What opens the stream: when to come back after it broke."""
    return b"retry: %d\n\n" % random.randint(*_RETRY_MS)


def position(entry_id: str) -> bytes:
    """Sets the id with which a client that lost its connection comes back; dispatches no event."""
    return b"id: %s\n\n" % entry_id.encode()


def heartbeat() -> bytes:
    data = msgspec.json.encode({"at": round(time.time() * 1000)})
    return b"event: heartbeat\ndata: %s\n\n" % data


def change(entry_id: str, what: Change) -> bytes:
    data = msgspec.json.encode(told(entry_id, what))
    return b"event: change\nid: %s\ndata: %s\n\n" % (entry_id.encode(), data)
