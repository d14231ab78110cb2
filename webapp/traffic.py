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

from webapp.config import Settings
from webapp.log_context import request_id
from webapp.metrics import counted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BEGAN_AT = "marketdeck.began_at"
_PATH_LENGTH_MAX = 300

log = logging.getLogger("webapp.access")


def init_traffic(app: Flask, settings: Settings) -> None:
    """Comes before all that adds to an answer, so that what is seen of it is its last state."""
    app.wsgi_app = _WithId(app.wsgi_app, bool(settings.trusted_proxies))  # type: ignore[method-assign]

    @app.after_request
    def note(answer: Response) -> Response:
        seconds = time.perf_counter() - request.environ[_BEGAN_AT]
        counted.request(request.endpoint, request.method, answer.status_code, seconds)
        answer.headers.add(HEADER, request_id.get())
        if settings.access_log:
            _write(answer, seconds)
        return answer


class _WithId:
    """Gives each request its id: the one that a trusted proxy gave it, else a new one."""

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


def _write(answer: Response, seconds: float) -> None:
    fields = {
        "method": request.method,
        "path": quote(request.path[:_PATH_LENGTH_MAX]),
        "status": answer.status_code,
        "ms": round(seconds * 1000, 2),
        "source": answer.headers.get("X-Data-Source", "-"),
    }
    log.info("%(method)s %(path)s %(status)d %(ms).2f ms %(source)s", fields, extra=fields)
