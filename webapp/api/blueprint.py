"""The JSON API's blueprint, and what its views have in common."""

from __future__ import annotations

from flask import Blueprint

from webapp.errors import ApiError
from webapp.extensions import get_catalogue
from webapp.symbols.listing import Market, market_named
from webapp.symbols.near_miss import near_miss

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


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
