"""gunicorn's thread worker, less one wait, and with connections that outlive their request."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from gunicorn.workers import gthread  # type: ignore[import-untyped]

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

    def init_process(self) -> None:
        gthread.TConn = _Connection
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        app = self.wsgi
        self._events = app.extensions["events"]

        def detachable(environ: dict[str, Any], start_response: Any) -> Any:
            # TLS lives in this process's memory: such a connection cannot be given away.
            environ[CAN_DETACH] = not self.cfg.is_ssl
            return app(environ, start_response)

        self.wsgi = detachable

    def run(self) -> None:
        super().run()
        self._events.close()

    def handle_request(self, req: Any, conn: _Connection) -> bool:
        try:
            return bool(super().handle_request(req, conn))
        except Detached:
            conn.is_detached = True
            return False
