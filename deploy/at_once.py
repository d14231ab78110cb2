"""Answers without a second thread, for what the product has at hand.

To pass a request from the thread that waits for it to another one, and its connection back, costs
gunicorn more than such an answer. Nothing here may wait: for the client, for Redis or for Flask.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from webapp.api.lists_again import NotAtHand

_HEAD_BYTES = 8 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_MORE_TO_READ = frozenset({"CONTENT-LENGTH", "TRANSFER-ENCODING", "EXPECT"})
_KEPT_MAX = 64


class Outbox:
    """Takes an answer as a socket does, and keeps it."""

    def __init__(self) -> None:
        self.held = b""

    def sendall(self, data: bytes) -> None:
        self.held += data


class Answer:
    """A connection's stand-in for one request, and then what is to be sent over it."""

    def __init__(self, conn: Any) -> None:
        self.client = conn.client
        self.server = conn.server
        self.sock = Outbox()
        self.keeps_alive = False


class AtOnce:
    """Reads requests that begin as one of ``beginnings``, and has gunicorn ``handle`` them."""

    def __init__(
        self, beginnings: tuple[bytes, ...], handle: Callable[[Any, Answer], bool]
    ) -> None:
        self._beginnings = beginnings
        self._handle = handle
        # By their heads: who asks again mostly sends the same one, and to read it takes a third of
        # the time of an answer.
        self._requests: dict[bytes, Any] = {}

    def answer(self, conn: Any) -> Answer | None:
        """What is to be sent; None, as if nothing were read yet, where another thread has to see
        to what came over the connection."""
        if not self._beginnings:
            return None
        try:
            received = conn.sock.recv(_HEAD_BYTES)
        except OSError:
            return None
        if received.startswith(self._beginnings) and _is_one_head(received):
            # Whatever goes wrong, nothing is sent: the other thread will find the same, and say it.
            with contextlib.suppress(Exception):
                return self._answered(conn, received)
        conn.parser.mesg = None
        conn.parser.unreader.take_buffered()
        conn.parser.unreader.unread(received)
        return None

    def _answered(self, conn: Any, head: bytes) -> Answer:
        known = self._requests.get(head)
        request = known or _read(conn.parser, head)
        answer = Answer(conn)
        answer.keeps_alive = self._handle(request, answer)
        if not known:
            if len(self._requests) >= _KEPT_MAX:
                self._requests.clear()
            self._requests[head] = request
        return answer


def _is_one_head(received: bytes) -> bool:
    return received.endswith(_END_OF_HEAD) and received.count(_END_OF_HEAD) == 1


def _read(parser: Any, head: bytes) -> Any:
    """gunicorn's request; raises what its parser does, and ``NotAtHand`` where more is to come."""
    parser.unreader.unread(head)
    request = next(parser)
    if not _MORE_TO_READ.isdisjoint(name for name, _ in request.headers):
        raise NotAtHand
    return request
