"""The JSON API's blueprint, and what its views have in common."""

from __future__ import annotations

from flask import Blueprint, request

from webapp.errors import ApiError
from webapp.extensions import get_catalogue, get_request_counts
from webapp.symbols.listing import Market, market_named
from webapp.symbols.near_miss import near_miss

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.before_request
def require_moderation() -> None:
    """Refuse who asks far more than others; what nginx answers by itself is not counted."""
    wait_seconds = get_request_counts().seconds_to_wait(request.remote_addr or "")
    if wait_seconds:
        sentence = "Your address has asked too much in this minute."
        raise ApiError(429, "too_many_requests", sentence, wait_seconds)


def known_market(name: str) -> Market:
    """The market of this name; raises ``ApiError`` 404."""
    market = market_named(name)
    if market is None:
        raise ApiError(404, "unknown_market", "There are two markets: spot and futures.")
    return market


def require_pair(market: Market, symbol: str) -> None:
    """Raise ``ApiError`` 404 unless the exchange lists the pair, trading or not."""
    listing = get_catalogue().get(market).listing
    if not listing.knows(symbol):
        likely = near_miss(symbol, listing.by_symbol)
        hint = f" Did you mean {likely}?" if likely else ""
        raise ApiError(404, "unknown_symbol", f"No {market} pair has this name.{hint}")
