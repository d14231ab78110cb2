"""A browser that is signed in, and one that is known from before."""

from __future__ import annotations

import hashlib
import secrets
from typing import cast
from urllib.parse import urlsplit

from flask import Response, current_app, redirect, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.lists import bring_lists, leave_no_lists
from webapp.cookies import host_cookie
from webapp.who import SESSION_TOKEN, get_sign_ins, require_answer

_DEVICE = "device"
_DEVICE_MAX_AGE_SECONDS = 365 * 24 * 3600


def signed_in_response(person_id: str, email: str, target: str) -> Response:
    """Sign this browser in and lead it on. Nothing of the session before is kept, here or there."""
    before = require_answer()
    if before is not None:
        get_sign_ins().end(before.person_id, before.sign_in_id)
    token = get_sign_ins().start(person_id, request.remote_addr or "", request.user_agent.string)
    session.clear()
    session.permanent = True
    session[SESSION_TOKEN] = token
    response = cast(Response, redirect(target, 303))
    response.set_cookie(
        host_cookie(_DEVICE),
        _signer(email).dumps(known_device(email) or secrets.token_hex(16)),
        max_age=_DEVICE_MAX_AGE_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    bring_lists(response, person_id)
    return response


def leaving_nothing(response: BaseResponse) -> BaseResponse:
    """Have the browser forget lists and pages of who leaves, those too to which Back would lead."""
    leave_no_lists(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def known_device(email: str) -> str | None:
    """This browser's id if it was signed in to this account before.

    https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
    """
    try:
        return str(_signer(email).loads(request.cookies.get(host_cookie(_DEVICE), "")))
    except BadSignature:
        return None


def way_back() -> str:
    """Where a form wants to lead: a page of this site, else the account."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    if not is_ours or parts.scheme or parts.netloc or any(ord(char) < 32 for char in target):
        return url_for("accounts.index")
    return target


def _signer(email: str) -> URLSafeSerializer:
    """Signs for one account alone, whose address does not stand in the cookie."""
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"],
        salt=f"known device of {email}",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
