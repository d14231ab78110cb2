"""Our errors become HTTP here, once: JSON under /api/, a page elsewhere."""

from __future__ import annotations

import json

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from webapp.market_data.on_demand import MarketDataUnavailable
from webapp.symbols.errors import NoSymbolList

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
}


class ApiError(Exception):
    """An error of the JSON API: a status, a stable word for programs, a sentence for people."""

    def __init__(
        self, status: int, code: str, message: str, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_seconds = retry_after_seconds


def init_errors(app: Flask) -> None:
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(NoSymbolList, _no_symbol_list)
    app.register_error_handler(MarketDataUnavailable, _market_data_unavailable)
    app.register_error_handler(HTTPException, _http_error)


def _api_error(error: ApiError) -> Response:
    answer = Response(
        json.dumps(
            {"status": "error", "error": {"code": error.code, "message": error.message}},
            ensure_ascii=False,
        ),
        status=error.status,
        mimetype="application/json",
    )
    answer.headers["Cache-Control"] = "no-store"
    if error.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def _no_symbol_list(error: NoSymbolList) -> Response:
    return _api_error(ApiError(500, "no_symbol_list", str(error), error.retry_after))


def _market_data_unavailable(error: MarketDataUnavailable) -> Response:
    return _api_error(ApiError(503, "exchange_unavailable", str(error), error.retry_after))


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]
    message = error.description or error.name
    if request.path.startswith(API_PREFIX):
        answer = _api_error(ApiError(status, _CODES.get(status, "error"), message))
    else:
        page = render_template("error.html", status=status, title=error.name, message=message)
        answer = Response(page, status=status, mimetype="text/html")
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer
