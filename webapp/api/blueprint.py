"""The JSON API's blueprint, and what its views have in common."""

from __future__ import annotations

import re

from flask import Blueprint, request

from webapp.errors import ApiError
from webapp.extensions import get_catalogue, get_request_counts
from webapp.symbols.catalogue import ServedList
from webapp.symbols.listing import Market, market_named
from webapp.symbols.near_miss import near_miss

_COUNT = re.compile(r"[1-9][0-9]{0,3}")

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


def list_with(market: Market, symbol: str) -> ServedList:
    """The list that has the pair, trading or not; raises ``ApiError`` 404 when none does."""
    served = get_catalogue().get(market)
    if not served.listing.knows(symbol):
        likely = near_miss(symbol, served.listing.by_symbol)
        hint = f" Did you mean {likely}?" if likely else ""
        raise ApiError(404, "unknown_symbol", f"No {market} pair has this name.{hint}")
    return served


def limit_asked(default: int, most: int) -> int:
    """The query's ``limit``; raises ``ApiError`` 400 unless it is from 1 to ``most``."""
    limit = request.args.get("limit", str(default))
    if not (_COUNT.fullmatch(limit) and int(limit) <= most):
        raise ApiError(400, "bad_limit", f"limit must be from 1 to {most}.")
    return int(limit)
