"""The JSON API: thin views over the services."""

from __future__ import annotations

import json
import math
import re
import time

from flask import Blueprint, Response, request

from webapp.api.answers import (
    contract_answer,
    depth_answer,
    klines_answer,
    list_answer,
    personal_list_answer,
    require_json_acceptable,
)
from webapp.errors import ApiError
from webapp.events.stream import EventStream
from webapp.extensions import (
    exchange_offset_ms,
    get_catalogue,
    get_contracts,
    get_depth,
    get_events,
    get_klines,
    get_settings,
)
from webapp.keys import get_personal
from webapp.market_data import depth as books
from webapp.market_data import klines as charts
from webapp.symbols.catalogue import ServedList
from webapp.symbols.listing import MARKETS, Market, market_named
from webapp.who import token_holder

_ENTRY_ID = re.compile(r"\d{1,20}-\d{1,20}")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/symbols/<market>")
def symbols(market: str) -> Response:
    """The market's USDT pairs that trade, popular first; the README describes the headers."""
    known = _known(market)
    require_json_acceptable()
    if "Authorization" in request.headers:
        return personal_list_answer(_list_of_asker(known))
    return list_answer(get_catalogue().get(known), get_settings().symbols_ttl_seconds[known])


@blueprint.get("/symbols/events")
def events() -> Response:
    """What changes on the exchange, as server-sent events; all since ``Last-Event-ID`` if given."""
    market = _known(request.args["market"]) if "market" in request.args else None
    since = request.headers.get("Last-Event-ID") or request.args.get("since")
    if since is not None and not _ENTRY_ID.fullmatch(since):
        raise ApiError(400, "bad_event_id", "Only the id of an event that was sent here will do.")
    if get_events().is_full:
        raise ApiError(503, "too_many_listeners", "There is no room for another listener.", 30)
    body = EventStream(get_events(), market, since, request.environ)
    answer = Response(body, mimetype="text/event-stream", direct_passthrough=True)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back
    return answer


@blueprint.post("/symbols/<market>/look")
def look(market: str) -> Response:
    """Somebody saw a change on the exchange that the list does not show yet."""
    wait_seconds = math.ceil(get_catalogue().look(_known(market)))
    answer = Response('{"status": "success"}', 202, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    if wait_seconds:
        answer.headers["Retry-After"] = str(wait_seconds)
    return answer


@blueprint.get("/depth/<market>/<symbol>")
def depth(market: str, symbol: str) -> Response:
    """A snapshot of the pair's order book, at most a second old."""
    known = _known(market)
    require_json_acceptable()
    limit = request.args.get("limit", str(books.LIMITS[-1]))
    if limit not in map(str, books.LIMITS):
        limits = ", ".join(map(str, books.LIMITS))
        raise ApiError(400, "bad_limit", f"limit must be one of {limits}.")
    _require_pair(known, symbol)
    return depth_answer(get_depth().get(known, symbol, int(limit)))


@blueprint.get("/klines/<market>/<symbol>")
def klines(market: str, symbol: str) -> Response:
    """The pair's newest candles, the open one as it was when this candle began to be looked at."""
    known = _known(market)
    require_json_acceptable()
    interval = request.args.get("interval", "1h")
    if interval not in charts.INTERVALS:
        intervals = ", ".join(charts.INTERVALS)
        raise ApiError(400, "bad_interval", f"interval must be one of {intervals}.")
    limit = request.args.get("limit", str(charts.LIMIT_MAX))
    if not (_COUNT.fullmatch(limit) and int(limit) <= charts.LIMIT_MAX):
        raise ApiError(400, "bad_limit", f"limit must be from 1 to {charts.LIMIT_MAX}.")
    _require_pair(known, symbol)
    history = get_klines().get(known, symbol, interval, int(limit))
    return klines_answer(known, symbol, interval, history)


@blueprint.get("/contracts/<symbol>")
def contract(symbol: str) -> Response:
    """What only REST tells of a futures contract; the README describes the fields."""
    require_json_acceptable()
    _require_pair("futures", symbol)
    pair = get_catalogue().get("futures").listing.by_symbol.get(symbol)
    if pair is None:
        raise ApiError(404, "unknown_symbol", "This contract is listed but does not trade.")
    return contract_answer(symbol, get_contracts().get(pair))


@blueprint.get("/time")
def clock() -> Response:
    """This server's clock, and how far each exchange's clock is ahead of it, in milliseconds."""
    offsets = {market: exchange_offset_ms(market) for market in MARKETS}
    body = {"status": "success", "data": {"now": time.time() * 1000, "exchangeOffset": offsets}}
    answer = Response(json.dumps(body), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _list_of_asker(market: Market) -> ServedList:
    holder = token_holder("symbols")
    if holder is None:
        return get_catalogue().get(market)
    return get_personal().catalogue_for(holder.person_id).get(market)


def _require_pair(market: Market, symbol: str) -> None:
    if not get_catalogue().get(market).listing.knows(symbol):
        raise ApiError(404, "unknown_symbol", f"No {market} pair has this name.")


def _known(market: str) -> Market:
    known = market_named(market)
    if known is None:
        raise ApiError(404, "unknown_market", "There are two markets: spot and futures.")
    return known
