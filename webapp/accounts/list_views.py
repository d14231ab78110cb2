"""A person's own list for the scripts of the markets page, which show who they are by a cookie."""

from __future__ import annotations

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.pages import blueprint
from webapp.api.answers import personal_list_answer
from webapp.keys import get_personal
from webapp.symbols.listing import market_named
from webapp.who import signed_in


@blueprint.get("/symbols/<market>")
def symbols(market: str) -> ResponseReturnValue:
    """What ``/api/v1/symbols/<market>`` gives to a token; who has signed out is led there."""
    known = market_named(market)
    if known is None:
        abort(404)
    person = signed_in()
    if person is None:
        return redirect(url_for("api.symbols", market=known), 303)
    return personal_list_answer(get_personal().catalogue_for(person.person_id).get(known))
