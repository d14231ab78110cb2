"""The JSON API: one thin view over the catalogue."""

from __future__ import annotations

from flask import Blueprint, Response

from webapp.api.answers import list_answer, require_json_acceptable
from webapp.errors import ApiError
from webapp.extensions import get_catalogue, get_settings
from webapp.symbols.listing import MARKETS

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/symbols/<market>")
def symbols(market: str) -> Response:
    """The market's USDT pairs that trade, popular first; the README describes the headers."""
    if market not in MARKETS:
        raise ApiError(404, "unknown_market", "There are two markets: spot and futures.")
    require_json_acceptable()
    served = get_catalogue().get(market)
    return list_answer(served, get_settings().symbols_ttl_seconds[market])
