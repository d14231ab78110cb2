"""Headers that every answer carries: what the browser may load, who may read the API.

What nginx answers by itself gets its own from ``deploy/nginx.conf``.
"""

from __future__ import annotations

from flask import Flask, Response, request

from webapp.config import Settings
from webapp.errors import API_PREFIX

_EXPOSED = (
    "ETag, Last-Modified, Age, Cache-Control, Content-Encoding, Retry-After, X-Data-Source, "
    "X-Request-ID"
)
# What browsers offer to pages and this one has no use for, by the names that browsers know.
_UNUSED_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
# Data loads nothing, and a page's rules would be a fifth of a compressed list's answer.
_NOTHING_TO_LOAD = "default-src 'none'; frame-ancestors 'none'"
# Of this host alone: whether its neighbours are served by TLS too is for them to say.
_ONLY_BY_TLS = f"max-age={365 * 24 * 3600}"


def init_headers(app: Flask, settings: Settings) -> None:
    of_all = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
        "Referrer-Policy": "same-origin",
    }
    of_data = {**of_all, "Content-Security-Policy": _NOTHING_TO_LOAD}
    of_pages = {
        **of_all,
        "Content-Security-Policy": content_security_policy(settings),
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED_FEATURES),
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    @app.after_request
    def add_headers(answer: Response) -> Response:
        is_data = request.path.startswith(API_PREFIX)
        if is_data:
            _open_to_scripts(answer)
        answer.headers.update(of_data if is_data else of_pages)
        answer.headers["Cross-Origin-Resource-Policy"] = _who_may_embed(answer)
        if request.is_secure:
            answer.headers["Strict-Transport-Security"] = _ONLY_BY_TLS
        return answer


def content_security_policy(settings: Settings) -> str:
    """What a page may load and whom its scripts may ask."""
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


def _who_may_embed(answer: Response) -> str:
    # By what the answer says of itself: one that any page may read, unless it is a person's own.
    is_open = "Access-Control-Allow-Origin" in answer.headers
    return "cross-origin" if is_open and not answer.cache_control.private else "same-origin"


def _open_to_scripts(answer: Response) -> None:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        answer.headers["Access-Control-Allow-Headers"] = (
            "Authorization, If-None-Match, If-Modified-Since"
        )
        answer.headers["Access-Control-Max-Age"] = "86400"
