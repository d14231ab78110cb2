"""gunicorn's thread worker, less two waits, with connections that outlive their request.

An answer that the product has at hand is given by the thread that waits for requests: to pass a
request to another thread and its connection back costs more than such an answer.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers import gthread  # type: ignore[import-untyped]

from webapp.api.lists_again import AT_ONCE
from webapp.events.hub import EventHub
from webapp.events.stream import CAN_DETACH, Detached

_DRAIN_BYTES = 64 * 1024
_HEAD_BYTES = 8 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_MORE_TO_READ = frozenset({"CONTENT-LENGTH", "TRANSFER-ENCODING", "EXPECT"})


class _Connection(gthread.TConn):  # type: ignore[misc]
    """A connection that is closed without waiting for the client to close it too.

    gunicorn 27 waits for that up to 2 s on the thread that accepts: a client that asks with
    ``Connection: close`` and takes its time would hold up the whole worker, one after the other.
    """

    is_detached = False

    def close(self, graceful: bool = False) -> None:
        with contextlib.suppress(OSError):
            if graceful and not self.is_detached:
                self.sock.shutdown(socket.SHUT_WR)
                # What the client sent and nobody read would turn the close into a reset.
                self.sock.setblocking(False)
                self.sock.recv(_DRAIN_BYTES)
        super().close()


class _Outbox:
    """Takes an answer as a socket does, and keeps it."""

    def __init__(self) -> None:
        self.held = b""

    def sendall(self, data: bytes) -> None:
        self.held += data


class _AnswerAtOnce:
    """A connection's stand-in for one request: nothing that is done with it can take long."""

    def __init__(self, conn: _Connection) -> None:
        self.client = conn.client
        self.server = conn.server
        self.sock = _Outbox()
        self.keeps_alive = False


class ThreadWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """Serves the site: ``worker_class`` in gunicorn's settings.

    A response may keep its connection, so that thousands of open event streams cost no thread.
    """

    wsgi: Any
    _events: EventHub
    _may_be_at_hand: tuple[bytes, ...]

    def init_process(self) -> None:
        gthread.TConn = _Connection
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        app = self.wsgi
        self._events = app.extensions["events"]
        # TLS may want to read before it writes, and so could wait.
        self._may_be_at_hand = () if self.cfg.is_ssl else app.extensions.get("at_hand", ())

        def with_what_we_can_do(environ: dict[str, Any], start_response: Any) -> Any:
            # TLS lives in this process's memory: such a connection cannot be given away.
            environ[CAN_DETACH] = not self.cfg.is_ssl
            environ[AT_ONCE] = isinstance(environ["gunicorn.socket"], _Outbox)
            return app(environ, start_response)

        self.wsgi = with_what_we_can_do

    def run(self) -> None:
        super().run()
        self._events.close()

    def handle_request(self, req: Any, conn: _Connection) -> bool:
        try:
            return bool(super().handle_request(req, conn))
        except Detached:
            conn.is_detached = True
            return False

    def enqueue_req(self, conn: _Connection) -> None:
        if conn.initialized or self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        # A new one: gunicorn would have a thread wait until the client says something.
        conn.init()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + gthread.DEFAULT_WORKER_DATA_TIMEOUT
        self.keepalived_conns.append(conn)
        asks = partial(self.on_client_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, asks)

    def on_client_socket_readable(self, conn: _Connection, client: socket.socket) -> None:
        answer = self._answer_at_once(conn)
        if not answer:
            super().on_client_socket_readable(conn, client)
            return
        self.keepalived_conns.remove(conn)
        unsent = _send_without_waiting(client, answer.sock.held)
        if answer.keeps_alive and not unsent:
            conn.set_timeout()
            self.keepalived_conns.append(conn)  # the one that waits longest comes last
            return
        self.poller.unregister(client)
        if not unsent:
            self.nr_conns -= 1
            conn.close(graceful=True)
            return
        sending = self.tpool.submit(_send_rest, conn, unsent, answer.keeps_alive)
        sending.add_done_callback(
            lambda sent: self.method_queue.defer(self.finish_request, conn, sent)
        )

    def _answer_at_once(self, conn: _Connection) -> _AnswerAtOnce | None:
        """What is to be sent; None where another thread has to see to the request."""
        if not self._may_be_at_hand:
            return None
        try:
            received = conn.sock.recv(_HEAD_BYTES)
        except OSError:
            return None
        conn.parser.unreader.unread(received)
        if not received.startswith(self._may_be_at_hand) or not _is_one_head(received):
            return None
        answer = _AnswerAtOnce(conn)
        # Whatever goes wrong, nothing is sent yet: the other thread will find the same, and say it.
        with contextlib.suppress(Exception):
            request = next(conn.parser)
            if _MORE_TO_READ.isdisjoint(name for name, _ in request.headers):
                answer.keeps_alive = bool(super().handle_request(request, answer))
                return answer
        conn.parser.mesg = None
        conn.parser.unreader.take_buffered()
        conn.parser.unreader.unread(received)
        return None


def _is_one_head(received: bytes) -> bool:
    return received.endswith(_END_OF_HEAD) and received.count(_END_OF_HEAD) == 1


def _send_without_waiting(client: socket.socket, answer: bytes) -> bytes:
    """Send what the connection has room for; returns what is left."""
    try:
        return answer[client.send(answer) :]
    except OSError:  # no room at all, or gone, which the next to send will find
        return answer


def _send_rest(conn: _Connection, rest: bytes, keeps_alive: bool) -> bool:
    conn.sock.setblocking(True)
    conn.sock.sendall(rest)
    return keeps_alive
