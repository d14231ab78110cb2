"""Our errors become HTTP here, once: JSON under /api/, a page elsewhere."""

from __future__ import annotations

import msgspec
from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException, ServiceUnavailable

from webapp.bodies import Failure, Problem
from webapp.database import DatabaseAway
from webapp.log_context import request_id
from webapp.market_data.on_demand import MarketDataUnavailable
from webapp.symbols.errors import NoSymbolList
from webapp.words import words

API_PREFIX = "/api/"

_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    414: "too_large",
    429: "too_many_requests",
    431: "too_large",
    500: "internal_error",
    503: "unavailable",
}


class ApiError(Exception):
    """An error of the JSON API: a status, a stable word for programs, a sentence for people."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        retry_after_seconds: int | None = None,
        challenge: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_seconds = retry_after_seconds
        self.challenge = challenge  # how to prove oneself: the WWW-Authenticate header


def init_errors(app: Flask) -> None:
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(NoSymbolList, _no_symbol_list)
    app.register_error_handler(MarketDataUnavailable, _market_data_unavailable)
    app.register_error_handler(DatabaseAway, _database_away)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)


def _api_error(error: ApiError) -> Response:
    answer = Response(
        msgspec.json.encode(Failure(error=Problem(error.code, error.message))),
        status=error.status,
        mimetype="application/json",
    )
    answer.headers["Cache-Control"] = "no-store"
    if error.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    if error.challenge is not None:
        answer.headers["WWW-Authenticate"] = error.challenge
    return answer


def _no_symbol_list(error: NoSymbolList) -> Response:
    return _api_error(ApiError(500, "no_symbol_list", str(error), error.retry_after))


def _market_data_unavailable(error: MarketDataUnavailable) -> Response:
    return _api_error(ApiError(503, "exchange_unavailable", str(error), error.retry_after))


def _database_away(_error: DatabaseAway) -> Response:
    return _http_error(ServiceUnavailable(str(words().account.no_database), retry_after=5))


def _stale_form(_error: CSRFError) -> Response:
    return _http_error(BadRequest(str(words().account.stale_form)))


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]
    if request.path.startswith(API_PREFIX):
        message = error.description or error.name
        answer = _api_error(ApiError(status, _CODES.get(status, "error"), message))
    else:
        answer = _page(error, status)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _page(error: HTTPException, status: int) -> Response:
    known = words().error
    texts = known[str(status) if str(status) in known else "other"]
    is_ours = error.description != type(error).description
    message = error.description if is_ours else texts.message
    page = render_template(
        "error.html",
        status=status,
        title=texts.title,
        message=message,
        request_id=request_id.get() if status >= 500 else "",
    )
    return Response(page, status=status, mimetype="text/html")
