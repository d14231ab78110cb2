"""Headers that every answer carries: what the browser may load, who may read the API."""

from __future__ import annotations

from flask import Flask, Response, request

from webapp.config import Settings
from webapp.errors import API_PREFIX

_EXPOSED = (
    "ETag, Last-Modified, Age, Cache-Control, Content-Encoding, Retry-After, X-Data-Source, "
    "X-Request-ID"
)


def init_headers(app: Flask, settings: Settings) -> None:
    content_security_policy = _content_security_policy(settings)

    @app.after_request
    def add_headers(answer: Response) -> Response:
        if request.path.startswith(API_PREFIX):
            _open_to_scripts(answer)
        answer.headers["Content-Security-Policy"] = content_security_policy
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer


def _content_security_policy(settings: Settings) -> str:
    # A source without a port matches the default port only, so the URLs go in as they are.
    hosts = " ".join(
        (
            *settings.binance_spot_stream_url,
            *settings.binance_futures_stream_url,
            *settings.binance_spot_browser_url,
            *settings.binance_futures_browser_url,
        )
    )
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self' {hosts}; manifest-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _open_to_scripts(answer: Response) -> None:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        answer.headers["Access-Control-Allow-Headers"] = (
            "Authorization, If-None-Match, If-Modified-Since"
        )
        answer.headers["Access-Control-Max-Age"] = "86400"
