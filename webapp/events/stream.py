"""An event stream as a WSGI server sees it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

from webapp.events import frames
from webapp.events.hub import EventHub
from webapp.symbols.listing import Market

# Set in the environ by a server that lets a response keep the connection: see ``Detached``.
CAN_DETACH = "marketdeck.can_detach"
_READ_BYTES = 64 * 1024


class Detached(OSError):
    """Raised in place of more of the body: the connection is now somebody else's.

    The server must neither write to it nor shut it down. It is an ``OSError`` because gunicorn
    hands those on as they are, in the middle of a response too.
    """


class EventStream:
    """The response's body; the connection goes to the hub, and the thread that served it is free.

    Under a server that knows nothing of this the thread passes on what the hub writes.
    """

    def __init__(
        self, hub: EventHub, market: Market | None, since: str | None, environ: dict[str, Any]
    ) -> None:
        self._hub = hub
        self._market = market
        self._since = since
        self._environ = environ

    def __iter__(self) -> Iterator[bytes]:
        yield frames.hello()
        if self._environ.get(CAN_DETACH):
            connection: socket.socket = self._environ["gunicorn.socket"].dup()
            is_chunked = self._environ["SERVER_PROTOCOL"] == "HTTP/1.1"
            self._hub.adopt(connection, self._market, self._since, is_chunked)
            raise Detached
        here, there = socket.socketpair()
        with here:
            self._hub.adopt(there, self._market, self._since, chunked=False)
            while events := here.recv(_READ_BYTES):
                yield events
