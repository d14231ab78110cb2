"""A person's watchlists, for programs that have a token for them."""

from __future__ import annotations

from flask import Response

from webapp.api.answers import require_json_acceptable, watchlists_answer
from webapp.api.blueprint import blueprint
from webapp.errors import ApiError
from webapp.extensions import get_watchlists
from webapp.who import require_holder


@blueprint.get("/watchlists")
def watchlists() -> Response:
    """The lists of the token's holder, each with its pairs in order."""
    require_json_acceptable()
    holder = require_holder("watchlists")
    if holder is None:
        sentence = "Send a token that may read watchlists: Authorization: Bearer …"
        raise ApiError(401, "token_needed", sentence, challenge="Bearer")
    kept = get_watchlists().read(holder.person_id)
    return watchlists_answer(get_watchlists().lists_of(kept), kept.version)
