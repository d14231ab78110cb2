"""gunicorn's thread worker, less one wait."""

from __future__ import annotations

import contextlib
import socket

from gunicorn.workers import gthread  # type: ignore[import-untyped]

_DRAIN_BYTES = 64 * 1024


class _Connection(gthread.TConn):  # type: ignore[misc]
    """A connection that is closed without waiting for the client to close it too.

    gunicorn 27 waits for that up to 2 s on the thread that accepts: a client that asks with
    ``Connection: close`` and takes its time would hold up the whole worker, one after the other.
    """

    def close(self, graceful: bool = False) -> None:
        with contextlib.suppress(OSError):
            if graceful:
                self.sock.shutdown(socket.SHUT_WR)
                # What the client sent and nobody read would turn the close into a reset.
                self.sock.setblocking(False)
                self.sock.recv(_DRAIN_BYTES)
        super().close()


class ThreadWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """Serves the site: ``worker_class`` in gunicorn's settings."""

    def init_process(self) -> None:
        gthread.TConn = _Connection
        super().init_process()
