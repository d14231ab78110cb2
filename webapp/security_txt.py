"""Whom to tell of a hole: ``/.well-known/security.txt``, https://www.rfc-editor.org/rfc/rfc9116."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort

from webapp.extensions import get_settings
from webapp.words import LANGUAGE

blueprint = Blueprint("security_txt", __name__)

# The settings vouch for the contact for as long as this server runs with them.
_GOOD_FOR = timedelta(days=90)


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Response:
    contacts = get_settings().security_contact
    if not contacts:
        abort(404)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}" for contact in contacts]  # the first is preferred
    lines.append(f"Expires: {midnight + _GOOD_FOR:%Y-%m-%dT%H:%M:%SZ}")
    lines.append(f"Preferred-Languages: {LANGUAGE}")
    answer = Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
