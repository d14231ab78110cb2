"""Where browsers that are signed in bring what they changed in the lists, and learn the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from flask import Blueprint, Response, request

from webapp.database import DatabaseAway
from webapp.errors import ApiError
from webapp.extensions import get_watchlists
from webapp.watchlists.registers import readable
from webapp.watchlists.store import NobodyThere, Taken, TooMuch
from webapp.who import require_answer

# Apart from the account's pages, which take forms and no JSON.
blueprint = Blueprint("account_lists", __name__, url_prefix="/account")

BODY_MAX_BYTES = 1_000_000  # as many registers as an account may hold, and then some
_RETRY_AFTER_SECONDS = 5


class Told(msgspec.Struct):
    """What a browser changed since it last heard from here, and which version that was."""

    registers: dict[str, Any]
    version: int | None = None


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/watchlists")
def merge_watchlists() -> Response:
    """Merge them; the answer holds what the browser does not know yet.

    That is all registers, or those that it sent where it knew the version that they came to.
    """
    try:
        person_id, told = _person_id(), _told()
        sent = dict(readable(told.registers))
        taken = get_watchlists().merge(person_id, sent)
    except DatabaseAway:
        sentence = "Accounts cannot be reached at the moment; nothing was changed."
        raise ApiError(503, "unavailable", sentence, _RETRY_AFTER_SECONDS) from None
    except TooMuch:
        sentence = "The account can hold no more lists or pairs; nothing was changed."
        raise ApiError(422, "too_much", sentence) from None
    except NobodyThere:
        raise _not_signed_in() from None
    knows_all = told.version == taken.version_before
    return _answer(taken, sent if knows_all else taken.kept.registers)


def _person_id() -> str:
    person = require_answer()
    if person is None:
        raise _not_signed_in()
    return person.person_id


def _not_signed_in() -> ApiError:
    return ApiError(401, "not_signed_in", "Nobody is signed in here.")


def _told() -> Told:
    """Raises ``ApiError``: 415 for another type, 413 when it is too long, 422 for another form."""
    if not request.is_json:  # which a form of another site cannot send
        raise ApiError(415, "json_needed", "Send application/json.")
    if (request.content_length or 0) > BODY_MAX_BYTES:
        sentence = f"More than {BODY_MAX_BYTES} bytes are more than watchlists need."
        raise ApiError(413, "too_large", sentence)
    try:
        return msgspec.json.decode(request.get_data(), type=Told)
    except msgspec.DecodeError as error:
        raise ApiError(422, "bad_registers", f"This cannot be read: {error}.") from None


def _answer(taken: Taken, names: Iterable[str]) -> Response:
    registers = taken.kept.registers
    data = {
        "version": taken.kept.version,
        "registers": {name: registers[name] for name in names if name in registers},
        "left_out": taken.left_out,
    }
    body = msgspec.json.encode({"status": "success", "data": data})
    return Response(body, mimetype="application/json")
