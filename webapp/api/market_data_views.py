"""Books, candles, contracts and clocks: thin views over what is asked of Binance for all."""

from __future__ import annotations

import time

from flask import Response, request

from webapp.api.answers import (
    contract_answer,
    depth_answer,
    klines_answer,
    require_json_acceptable,
)
from webapp.api.blueprint import blueprint, known_market, limit_asked, list_with
from webapp.api.bodies import Clocks
from webapp.bodies import success
from webapp.errors import ApiError
from webapp.extensions import (
    exchange_offset_ms,
    get_contracts,
    get_depth,
    get_klines,
)
from webapp.market_data import depth as books
from webapp.market_data import klines as charts
from webapp.symbols.listing import MARKETS


@blueprint.get("/depth/<market>/<symbol>")
def depth(market: str, symbol: str) -> Response:
    """A snapshot of the pair's order book, at most a second old."""
    known = known_market(market)
    require_json_acceptable()
    limit = request.args.get("limit", str(books.LIMITS[-1]))
    if limit not in map(str, books.LIMITS):
        limits = ", ".join(map(str, books.LIMITS))
        raise ApiError(400, "bad_limit", f"limit must be one of {limits}.")
    list_with(known, symbol)
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
    limit = limit_asked(charts.LIMIT_MAX, charts.LIMIT_MAX)
    list_with(known, symbol)
    history = get_klines().get(known, symbol, interval, limit)
    return klines_answer(known, symbol, interval, history)


@blueprint.get("/contracts/<symbol>")
def contract(symbol: str) -> Response:
    """What only REST tells of a futures contract; the README describes the fields."""
    require_json_acceptable()
    pair = list_with("futures", symbol).listing.by_symbol.get(symbol)
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
