"""Cookies that only this host can set and only over TLS, where the request came by TLS.

https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3.2
"""

from __future__ import annotations

import hashlib

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface

_SESSION = "marketdeck"


def host_cookie(name: str) -> str:
    """The cookie's name: with the prefix ``__Host-`` a browser takes it from this host by TLS only.

    Over plain HTTP (development) no browser would take one with the prefix.
    """
    return f"__Host-{name}" if request.is_secure else name


class HostSession(SecureCookieSessionInterface):
    """Flask's signed session cookie: who is signed in, and what ties a form to its browser."""

    digest_method = staticmethod(hashlib.sha256)
    salt = "marketdeck session"

    def get_cookie_name(self, app: Flask) -> str:
        return host_cookie(_SESSION)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_sessions(app: Flask, lifetime_seconds: int) -> None:
    app.session_interface = HostSession()
    app.config.update(
        PERMANENT_SESSION_LIFETIME=lifetime_seconds,
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_SAMESITE="Lax",
    )
