"""Who asks: a person by their browser's cookie, or a program by its token."""

from __future__ import annotations

import logging
from typing import cast

from flask import current_app, g, request, session

from webapp.database import DatabaseAway
from webapp.errors import ApiError
from webapp.people.sign_ins import SignedIn, SignIns
from webapp.people.tokens import ApiTokens, Scope, TokenHolder

log = logging.getLogger(__name__)

SESSION_TOKEN = "sign_in"  # noqa: S105 # the name under which the session's cookie holds it


def signed_in() -> SignedIn | None:
    """The person whose browser asks, or None; nobody while the database is away."""
    try:
        return require_answer()
    except DatabaseAway as error:
        log.warning("nobody counts as signed in: %s", error)
        return None


def require_answer() -> SignedIn | None:
    """The same, but raises ``DatabaseAway`` when it cannot be told."""
    token = session.get(SESSION_TOKEN)
    if token is None:
        return None
    if g.get("asked_token") != token:  # once a request, for an answer that fails too
        g.asked_token, g.found = token, _find(token)
    if isinstance(g.found, DatabaseAway):
        raise g.found
    return cast(SignedIn | None, g.found)


def _find(token: str) -> SignedIn | DatabaseAway | None:
    try:
        return get_sign_ins().find(token)
    except DatabaseAway as error:
        return error


def token_holder(scope: Scope) -> TokenHolder | None:
    """For whom a program asks, or None when it sends no token (or the database is away).

    Raises ``ApiError``: 401 when nobody has the token, 403 when it is not for this.
    """
    try:
        return require_holder(scope)
    except DatabaseAway as error:
        log.warning("a token's holder counts as anybody: %s", error)
        return None


def require_holder(scope: Scope) -> TokenHolder | None:
    """The same, but raises ``DatabaseAway`` when it cannot be told."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    holder = get_tokens().find(token.strip())
    if holder is None:
        sentence = "This token is unknown, revoked or over."
        raise ApiError(401, "invalid_token", sentence, challenge='Bearer error="invalid_token"')
    if scope not in holder.scopes:
        sentence = f"This token is not made for {scope}."
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        raise ApiError(403, "insufficient_scope", sentence, challenge=challenge)
    return holder


def get_sign_ins() -> SignIns:
    return cast(SignIns, current_app.extensions["sign_ins"])


def get_tokens() -> ApiTokens:
    return cast(ApiTokens, current_app.extensions["tokens"])
