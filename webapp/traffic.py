"""Every request from end to end: its id, how long it took, and a line of the log if wanted."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.wsgi import get_path_info

from webapp.config import Settings
from webapp.log_context import request_id
from webapp.metrics import counted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID = "X-Request-ID"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BEGAN_AT = "marketdeck.began_at"
_PATH_LENGTH_MAX = 300

log = logging.getLogger("webapp.access")


class Traffic:
    """Counts answers, and writes a line of each where that is wanted."""

    def __init__(self, writes_lines: bool) -> None:
        self._writes_lines = writes_lines

    def note(
        self, environ: WSGIEnvironment, endpoint: str | None, status: int, source: str
    ) -> tuple[str, str]:
        """An answer is ready, of the view ``endpoint``; returns the header with its request's id.

        ``source`` is its ``X-Data-Source``.
        """
        method = environ["REQUEST_METHOD"]
        seconds = time.perf_counter() - environ[_BEGAN_AT]
        counted.request(endpoint, method, status, seconds)
        if self._writes_lines:
            fields = {
                "method": method,
                "path": quote(get_path_info(environ)[:_PATH_LENGTH_MAX]),
                "status": status,
                "ms": round(seconds * 1000, 2),
                "source": source,
            }
            log.info("%(method)s %(path)s %(status)d %(ms).2f ms %(source)s", fields, extra=fields)
        return REQUEST_ID, request_id.get()


def init_traffic(app: Flask, settings: Settings) -> None:
    """Comes before all that adds to an answer, so that what is seen of it is its last state."""
    traffic = app.extensions["traffic"] = Traffic(settings.access_log)

    @app.after_request
    def note(answer: Response) -> Response:
        source = answer.headers.get("X-Data-Source", "-")
        answer.headers.add(
            *traffic.note(request.environ, request.endpoint, answer.status_code, source)
        )
        return answer


class WithId:
    """WSGI: gives each request its id: the one that a trusted proxy gave it, else a new one."""

    def __init__(self, app: WSGIApplication, trusts_proxies: bool) -> None:
        self._app = app
        self._trusts_proxies = trusts_proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_BEGAN_AT] = time.perf_counter()
        mark = request_id.set(self._id_of(environ))
        try:
            return self._app(environ, start_response)
        finally:
            request_id.reset(mark)

    def _id_of(self, environ: dict[str, Any]) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusts_proxies else ""
        return given if _GOOD_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"
