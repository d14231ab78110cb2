"""Who may make something happen: no other site's page, by whatever means."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urlsplit

from flask import Flask, abort, request, session
from flask_wtf.csrf import CSRFProtect

from webapp.errors import API_PREFIX, ApiError
from webapp.who import SESSION_TOKEN

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OURS = ("same-origin", "none")  # none: the person's own doing, such as a bookmark

csrf = CSRFProtect()


def init_guard(app: Flask) -> None:
    """Refuse what another site's page sends, and a form without its token where it would matter.

    A token is wanted where a cookie says who asks: on the account's pages, and from everybody who
    is signed in. JSON cannot be sent by another site's form.
    """
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    app.config.update(WTF_CSRF_SSL_STRICT=False)  # where it came from is looked at below
    csrf.init_app(app)

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method in _SAFE_METHODS:
            return
        if not _is_from_here():
            _refuse()
        fields: Container[object] = request.form
        if None in fields:  # a part of multipart/form-data without a name: no browser's form
            abort(400)
        is_api = request.path.startswith(API_PREFIX)
        is_about_a_person = request.blueprint == "accounts" or SESSION_TOKEN in session
        if not is_api and not request.is_json and is_about_a_person:
            csrf.protect()


def _is_from_here() -> bool:
    """Whether it is from one of our pages, or from a program, which has no cookie of anybody's.

    https://web.dev/articles/fetch-metadata
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in _OURS
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _refuse() -> None:
    if request.path.startswith(API_PREFIX):
        raise ApiError(403, "forbidden", "Another site's page may not ask for this.")
    abort(403)
