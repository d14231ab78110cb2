"""gunicorn's thread worker, less two waits, and with connections that outlive their request."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers import gthread  # type: ignore[import-untyped]

from deploy.at_once import AtOnce, Outbox
from webapp.api.lists_again import AT_ONCE
from webapp.events.hub import EventHub
from webapp.events.stream import CAN_DETACH, Detached

_DRAIN_BYTES = 64 * 1024


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


class ThreadWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """Serves the site: ``worker_class`` in gunicorn's settings.

    A response may keep its connection, so that thousands of open event streams cost no thread.
    """

    wsgi: Any
    _events: EventHub
    _at_once: AtOnce

    def init_process(self) -> None:
        gthread.TConn = _Connection
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        app = self.wsgi
        self._events = app.extensions["events"]
        # TLS may want to read before it writes, and so could wait.
        at_hand = () if self.cfg.is_ssl else app.extensions.get("at_hand", ())
        self._at_once = AtOnce(at_hand, super().handle_request)

        def with_what_we_can_do(environ: dict[str, Any], start_response: Any) -> Any:
            # TLS lives in this process's memory: such a connection cannot be given away.
            environ[CAN_DETACH] = not self.cfg.is_ssl
            environ[AT_ONCE] = isinstance(environ["gunicorn.socket"], Outbox)
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
        answer = self._at_once.answer(conn)
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
