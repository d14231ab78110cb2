"""Books, candles, contracts and clocks: thin views over what is asked of Binance for all."""

from __future__ import annotations

import re
import time

from flask import Response, request

from webapp.api.answers import (
    contract_answer,
    depth_answer,
    klines_answer,
    require_json_acceptable,
)
from webapp.api.blueprint import blueprint, known_market, require_pair
from webapp.api.bodies import Clocks
from webapp.bodies import success
from webapp.errors import ApiError
from webapp.extensions import (
    exchange_offset_ms,
    get_catalogue,
    get_contracts,
    get_depth,
    get_klines,
)
from webapp.market_data import depth as books
from webapp.market_data import klines as charts
from webapp.symbols.listing import MARKETS

_COUNT = re.compile(r"[1-9][0-9]{0,3}")


@blueprint.get("/depth/<market>/<symbol>")
def depth(market: str, symbol: str) -> Response:
    """A snapshot of the pair's order book, at most a second old."""
    known = known_market(market)
    require_json_acceptable()
    limit = request.args.get("limit", str(books.LIMITS[-1]))
    if limit not in map(str, books.LIMITS):
        limits = ", ".join(map(str, books.LIMITS))
        raise ApiError(400, "bad_limit", f"limit must be one of {limits}.")
    require_pair(known, symbol)
    return depth_answer(get_depth().get(known, symbol, int(limit)))


@blueprint.get("/klines/<market>/<symbol>")
def klines(market: str, symbol: str) -> Response:
    """The pair's newest candles, the open one as it was when this candle began to be looked at."""
    known = known_market(market)
    require_json_acceptable()
    interval = request.args.get("interval", "1h")
    if interval not in charts.INTERVALS:
        intervals = ", ".join(charts.INTERVALS)
        raise ApiError(400, "bad_interval", f"interval must be one of {intervals}.")
    limit = request.args.get("limit", str(charts.LIMIT_MAX))
    if not (_COUNT.fullmatch(limit) and int(limit) <= charts.LIMIT_MAX):
        raise ApiError(400, "bad_limit", f"limit must be from 1 to {charts.LIMIT_MAX}.")
    require_pair(known, symbol)
    history = get_klines().get(known, symbol, interval, int(limit))
    return klines_answer(known, symbol, interval, history)


@blueprint.get("/contracts/<symbol>")
def contract(symbol: str) -> Response:
    """What only REST tells of a futures contract; the README describes the fields."""
    require_json_acceptable()
    require_pair("futures", symbol)
    pair = get_catalogue().get("futures").listing.by_symbol.get(symbol)
    if pair is None:
        raise ApiError(404, "unknown_symbol", "This contract is listed but does not trade.")
    return contract_answer(symbol, get_contracts().get(pair))


@blueprint.get("/time")
def clock() -> Response:
    """This server's clock, and how far each exchange's clock is ahead of it, in milliseconds."""
    offsets = {market: exchange_offset_ms(market) for market in MARKETS}
    body = success(Clocks(time.time() * 1000, offsets))
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
