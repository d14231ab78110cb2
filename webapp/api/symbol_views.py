"""The lists of pairs, one pair, and what changes: thin views over the catalogue."""

from __future__ import annotations

import math

import msgspec
from flask import Response, request

from webapp.api.answers import (
    ccxt_answer,
    changes_answer,
    details_answer,
    list_answer,
    personal_list_answer,
    require_json_acceptable,
)
from webapp.api.blueprint import blueprint, known_market, limit_asked, list_with
from webapp.api.bodies import LookedFor
from webapp.api.operations import PAGE_LENGTH, PAGE_LENGTH_MAX
from webapp.errors import ApiError
from webapp.events.stream import EventStream
from webapp.extensions import get_catalogue, get_change_log, get_events, get_settings
from webapp.keys import get_personal, permission_sets_of
from webapp.redis_health import RedisAway
from webapp.symbols.catalogue import ServedList
from webapp.symbols.change_log import is_entry_id
from webapp.symbols.listing import Market
from webapp.who import token_holder

_CHANGES_AWAY_SECONDS = 5


@blueprint.get("/symbols/<market>")
def symbols(market: str) -> Response:
    """The market's USDT pairs that trade, popular first; the README describes the headers."""
    known = known_market(market)
    require_json_acceptable()
    if "Authorization" in request.headers:
        return personal_list_answer(_list_of_asker(known))
    return list_answer(get_catalogue().get(known), get_settings().symbols_ttl_seconds[known])


@blueprint.get("/symbols/<market>/<symbol>")
def symbol_details(market: str, symbol: str) -> Response:
    """One pair that trades, with its trading rules; the README describes the fields."""
    known = known_market(market)
    require_json_acceptable()
    served = list_with(known, symbol)
    pair = served.listing.by_symbol.get(symbol)
    if pair is None:
        state = served.listing.not_trading.get(symbol, "")
        raise ApiError(404, "not_trading", f"This pair is listed and does not trade: {state}.")
    settings = get_settings()
    budget_seconds = settings.binance_fetch_budget_seconds
    permissions = permission_sets_of(symbol, budget_seconds) if known == "spot" else None
    return details_answer(served, pair, permissions, settings.symbols_ttl_seconds[known])


@blueprint.get("/ccxt/markets/<market>")
def ccxt_markets(market: str) -> Response:
    """The list as ccxt's market structures, for ``exchange.set_markets``."""
    known = known_market(market)
    require_json_acceptable()
    return ccxt_answer(get_catalogue().get(known), get_settings().symbols_ttl_seconds[known])


@blueprint.get("/symbols/changes")
def changes() -> Response:
    """What changed on the exchange after the entry ``since``, oldest first, a page at a time."""
    require_json_acceptable()
    market, since = _market_asked(), request.args.get("since")
    _require_entry_id(since)
    limit = limit_asked(PAGE_LENGTH, PAGE_LENGTH_MAX)
    try:
        page = get_change_log().page(since, market, limit)
    except RedisAway:
        sentence = "What changed cannot be read now; nothing of it is lost."
        raise ApiError(503, "changes_unavailable", sentence, _CHANGES_AWAY_SECONDS) from None
    return changes_answer(page)


@blueprint.get("/symbols/events")
def events() -> Response:
    """What changes on the exchange, as server-sent events; all since ``Last-Event-ID`` if given."""
    market = _market_asked()
    since = request.headers.get("Last-Event-ID") or request.args.get("since")
    _require_entry_id(since)
    if get_events().is_full:
        raise ApiError(503, "too_many_listeners", "There is no room for another listener.", 30)
    body = EventStream(get_events(), market, since, request.environ)
    answer = Response(body, mimetype="text/event-stream", direct_passthrough=True)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back
    return answer


@blueprint.post("/looks/<market>")
def look(market: str) -> Response:
    """Somebody saw a change on the exchange that the list does not show yet."""
    wait_seconds = math.ceil(get_catalogue().look(known_market(market)))
    answer = Response(msgspec.json.encode(LookedFor()), 202, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    if wait_seconds:
        answer.headers["Retry-After"] = str(wait_seconds)
    return answer


def _list_of_asker(market: Market) -> ServedList:
    holder = token_holder("symbols")
    if holder is None:
        return get_catalogue().get(market)
    return get_personal().catalogue_for(holder.person_id).get(market)


def _market_asked() -> Market | None:
    return known_market(request.args["market"]) if "market" in request.args else None


def _require_entry_id(since: str | None) -> None:
    if since is not None and not is_entry_id(since):
        raise ApiError(400, "bad_event_id", "Only the id of an event that was sent here will do.")
