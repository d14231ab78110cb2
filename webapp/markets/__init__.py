"""The markets page, as a whole page or as the fragments of it that htmx asks for."""

from __future__ import annotations

import json
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.config import Settings
from webapp.extensions import get_catalogue, get_klines, get_settings
from webapp.market_data.on_demand import MarketDataUnavailable
from webapp.markets.desk import MARKET_NAMES, Desk
from webapp.markets.query import MarketsQuery, UnknownMarket
from webapp.markets.row_html import table_rows
from webapp.markets.rows import template_row
from webapp.markets.shell import shell_desk
from webapp.markets.sparkline import sparkline_svg
from webapp.markets.states import STATE_WORDS
from webapp.markets.watchlist import WatchKey, parse_key, read_watchlist, write_watchlist
from webapp.scripts import modules
from webapp.symbols.listing import market_named

blueprint = Blueprint("markets", __name__)

PAGE = "markets/index.html"
SPARKLINE_CANDLES = 48  # of half an hour
# The element that htmx is about to swap (its HX-Target header), and the template that fills it.
FRAGMENTS = {
    "section#markets": "markets/_markets_fragment.html",
    "div#chosen": "markets/_chosen_fragment.html",
    "section#watchlist": "markets/_watchlist.html",
    "main#desk": "markets/_desk.html",
}


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("markets.index"))


@blueprint.get("/markets")
def index() -> ResponseReturnValue:
    return _answer(Desk(get_catalogue(), _query(), read_watchlist(request)))


@blueprint.post("/markets/watchlist")
def edit_watchlist() -> ResponseReturnValue:
    """Add or remove one pair, or keep the shared list that the form's state holds."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)
    query = _query()
    keys = _edited(read_watchlist(request), query)
    if "keep" in request.form:
        query = query.without_shared_list()
    if "HX-Request" in request.headers:
        response = _answer(Desk(get_catalogue(), query, keys), status_code=200)
    else:
        response = make_response(redirect(url_for("markets.index") + query.url(), 303))
    write_watchlist(response, keys, secure=request.is_secure)
    return response


@blueprint.get("/markets/sparkline/<market>/<symbol>.svg")
def sparkline(market: str, symbol: str) -> Response:
    """The pair's last 24 hours, up to the half hour that is open."""
    known = market_named(market)
    if known is None or not get_catalogue().get(known).listing.knows(symbol):
        abort(404, "There is no such pair.")
    try:
        history = get_klines().get(known, symbol, "30m", SPARKLINE_CANDLES)
    except MarketDataUnavailable as error:
        abort(503, str(error))
    if not history.candles:
        abort(404, "This pair has not traded yet.")
    prices = [float(history.candles[0].open), *(float(row.close) for row in history.candles)]
    response = Response(sparkline_svg(prices), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={history.seconds_left}"
    return response


@blueprint.app_context_processor
def page_context() -> dict[str, Any]:
    """What every page needs, error pages included."""
    settings = get_settings()
    theme = request.cookies.get("theme", "")
    return {
        "demo_data": settings.demo_data,
        "script_config": json.dumps(_script_config(settings)),
        "script_modules": modules(current_app.static_folder or ""),
        "theme": theme if theme in ("light", "dark") else "",
    }


def _script_config(settings: Settings) -> dict[str, Any]:
    """What the page's scripts cannot know: Binance's streams, routes and REST hosts, our words."""
    routes = {
        "spot": settings.binance_spot_stream_routes,
        "futures": settings.binance_futures_stream_routes,
    }
    return {
        "streams": {
            "spot": settings.binance_spot_stream_url,
            "futures": settings.binance_futures_stream_url,
        },
        "routes": {
            market: {name: route.model_dump() for name, route in table.items()}
            for market, table in routes.items()
        },
        "rest": {
            "spot": settings.binance_spot_browser_url,
            "futures": settings.binance_futures_browser_url,
        },
        "states": STATE_WORDS,
    }


def _query() -> MarketsQuery:
    try:
        return MarketsQuery.from_args(request.values)
    except UnknownMarket as error:
        abort(404, f"There is no market named “{error}”; there are spot and futures.")


def _edited(keys: tuple[WatchKey, ...], query: MarketsQuery) -> tuple[WatchKey, ...]:
    added = parse_key(request.form.get("add", ""))
    removed = parse_key(request.form.get("remove", ""))
    if "keep" in request.form:
        return tuple(dict.fromkeys(keys + (query.shared or ())))
    if added and added not in keys:
        return (*keys, added)
    return tuple(key for key in keys if key != removed)


def shell_html() -> str:
    """The page that browsers keep for the time in which no server answers."""
    return _render(PAGE, shell_desk(), theme="", is_shell=True)


def _answer(desk: Desk, status_code: int | None = None) -> Response:
    response = make_response(_render(_template(), desk), status_code or desk.status_code)
    # One URL has several forms, and each holds the person's own watchlist.
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    response.headers["Cache-Control"] = "private, no-cache"
    if desk.list.retry_after:
        response.headers["Retry-After"] = str(desk.list.retry_after)
    return response


def _render(template: str, desk: Desk, **more: Any) -> str:
    return render_template(
        template,
        desk=desk,
        query=desk.query,
        markets=MARKET_NAMES,
        table_rows=table_rows,
        template_row=template_row(),
        **more,
    )


def _template() -> str:
    if request.headers.get("HX-Request-Type") != "partial":
        return PAGE
    return FRAGMENTS.get(request.headers.get("HX-Target", ""), PAGE)
