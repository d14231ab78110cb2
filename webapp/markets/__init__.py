"""The markets page, as a whole page or as the fragments of it that htmx asks for."""

from __future__ import annotations

import json
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import ServiceUnavailable

from webapp.database import DatabaseAway
from webapp.extensions import get_catalogue, get_klines, get_settings
from webapp.keys import get_personal
from webapp.locales import DEFAULT, current_look, look_of, written_as
from webapp.market_data.klines import INTERVALS
from webapp.market_data.on_demand import MarketDataUnavailable
from webapp.markets.chart_look import ChartLook, read_chart_look
from webapp.markets.columns import COLUMNS
from webapp.markets.desk import Desk
from webapp.markets.own_lists import (
    OwnLists,
    cookie_lists,
    edit_in_account,
    forget_those_of_others,
    own_lists,
)
from webapp.markets.query import MarketsQuery, UnknownMarket
from webapp.markets.row_html import NO_EXTENT, RowsApart
from webapp.markets.rows import template_row
from webapp.markets.settings import (
    CHOICES,
    PersonalSettings,
    read_settings,
    submitted_settings,
    write_settings,
)
from webapp.markets.shell import shell_desk
from webapp.markets.sparkline import sparkline_svg
from webapp.markets.table_head import table_head
from webapp.markets.views import VIEWS
from webapp.markets.watch_form import BadEdit, edited
from webapp.markets.watchlist import CookieIsFull, read_watchlist, write_aside, write_watchlist
from webapp.symbols.listing import market_named
from webapp.watchlists.keys import KEYS_MAX, parse_keys
from webapp.watchlists.lists import ListIsFull
from webapp.watchlists.store import NobodyThere, TooMuch
from webapp.who import require_answer, signed_in
from webapp.words import fill, words

blueprint = Blueprint("markets", __name__)

PAGE = "markets/index.html"
WATCH_ROWS = "markets/_watch_rows.html"
OWN_LISTS_BASE = "/account"  # below it are the same addresses as below the JSON API's
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
    shown = own_lists()
    person = signed_in()
    if person is None:
        return _answer(Desk(get_catalogue(), _query(), *shown.lists), shown)
    own = get_personal().catalogue_for(person.person_id)
    desk = Desk(own, _query(), *shown.lists)
    # With keys the scripts ask for one's own lists too.
    more = {"own_lists": OWN_LISTS_BASE} if own.has_keys else {}
    return _answer(desk, shown, script_config=_script_config(**more), form_token=generate_csrf())


@blueprint.post("/markets/watchlist")
def edit_watchlist() -> ResponseReturnValue:
    """Add, remove or move one pair, keep a shared list, or open another one."""
    query, shared_name = _query(), str(words().watchlist.shared)
    state = query.without_shared_list() if "keep" in request.form else query
    response = make_response(redirect(_url_after_edit(state), 303))
    try:
        person = require_answer()
        if person is None:
            lists = edited(request.form, cookie_lists(), query, shared_name)
            write_watchlist(response, lists.opened, secure=request.is_secure)
            write_aside(response, lists.aside, secure=request.is_secure)
        else:
            edit_in_account(response, person, query, shared_name)
    except BadEdit as error:
        abort(400, fill(words().watchlist.bad_edit[error.word], value=error.value))
    except CookieIsFull:
        abort(413, words().watchlist.bad_edit.full)
    except (ListIsFull, TooMuch):
        abort(413, words().account.lists.full)
    except (DatabaseAway, NobodyThere):
        raise ServiceUnavailable(str(words().account.lists.away), retry_after=5) from None
    return response


@blueprint.post("/markets/watchlist/rows")
def watchlist_rows() -> ResponseReturnValue:
    """The rows of pairs, given as a JSON list: a browser knows what its cookie does not hold."""
    person = signed_in()
    lists = get_personal().catalogue_for(person.person_id) if person else get_catalogue()
    desk = Desk(lists, _query(), read_watchlist(request))
    asked = request.get_json()
    texts = filter(lambda it: isinstance(it, str), asked if isinstance(asked, list) else ())
    rows = desk.rows_for(parse_keys(",".join(texts), KEYS_MAX))
    return _private(make_response(_render(WATCH_ROWS, desk, rows=rows)))


@blueprint.post("/settings")
def edit_settings() -> ResponseReturnValue:
    """Keep how the person wants the page, and lead back to the state that the form carries."""
    response = make_response(redirect(url_for("markets.index") + _query().url(), 303))
    write_settings(response, submitted_settings(request), secure=request.is_secure)
    return response


@blueprint.get("/markets/sparkline/<market>/<symbol>.svg")
def sparkline(market: str, symbol: str) -> Response:
    """The pair's last 24 hours, up to the half hour that is open."""
    known = market_named(market)
    if known is None or not get_catalogue().get(known).listing.knows(symbol):
        abort(404, words().error.unknown_pair)
    try:
        history = get_klines().get(known, symbol, "30m", SPARKLINE_CANDLES)
    except MarketDataUnavailable:
        abort(503)
    if not history.candles:
        abort(404, words().error.never_traded)
    prices = [float(history.candles[0].open), *(float(row.close) for row in history.candles)]
    response = Response(sparkline_svg(prices), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={history.seconds_left}"
    return response


@blueprint.app_context_processor
def page_context() -> dict[str, Any]:
    """What every page needs, error pages included."""
    settings = get_settings()
    return {
        "demo_data": settings.demo_data,
        "look": current_look(),
        "script_config": _script_config(),
        "chart_look": read_chart_look(request),
        "settings": read_settings(request),
    }


def _script_config(**more: str) -> str:
    """What the page's scripts cannot know: Binance's streams, routes and REST hosts."""
    settings = get_settings()
    routes = {
        "spot": settings.binance_spot_stream_routes,
        "futures": settings.binance_futures_stream_routes,
    }
    config = {
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
    }
    return json.dumps(config | more)


def _query() -> MarketsQuery:
    try:
        return MarketsQuery.from_args(request.values)
    except UnknownMarket as error:
        abort(404, fill(words().error.unknown_market, market=str(error)))


def _url_after_edit(query: MarketsQuery) -> str:
    """Whoever orders a list without JavaScript finds its form open again."""
    is_ordering = "up" in request.form or "down" in request.form or "ordering" in request.form
    ordering = "&ordering=1#watchlist" if is_ordering else ""
    return url_for("markets.index") + query.url() + ordering


def shell_html() -> bytes:
    """The page that browsers keep for the time in which no server answers."""
    with written_as(look_of(DEFAULT)):
        settings, chart_look = PersonalSettings(), ChartLook()
        nothing_chosen = {"settings": settings, "look": None, "chart_look": chart_look}
        return _render(PAGE, shell_desk(), **nothing_chosen, is_shell=True)


def _answer(desk: Desk, shown: OwnLists, **more: Any) -> Response:
    html = _render(
        _template(),
        desk,
        ordering="ordering" in request.args,
        account=shown.account,
        has_account_lists=shown.are_of_account,
        is_signed_in=signed_in() is not None,
        **more,
    )
    response = _private(make_response(html, desk.status_code))
    if shown.account is None:  # somebody's all the same
        response.headers["Cache-Control"] = "private, no-store"
    forget_those_of_others(response, shown)
    # One URL has several forms, and each holds the person's own watchlist.
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    response.headers["X-Listed-At"] = json.dumps(desk.listed_at_ms)
    if desk.list.retry_after:
        response.headers["Retry-After"] = str(desk.list.retry_after)
    return response


def _private(response: Response) -> Response:
    """For this browser alone; what is shown to somebody who is signed in, it does not keep."""
    response.headers["Cache-Control"] = f"private, {'no-store' if signed_in() else 'no-cache'}"
    return response


def _render(template: str, desk: Desk, **more: Any) -> bytes:
    rows_apart = RowsApart(desk)
    html = render_template(
        template,
        is_whole_page=template == PAGE,
        desk=desk,
        query=desk.query,
        chart_intervals=tuple(INTERVALS),
        views=("", *VIEWS),
        columns=COLUMNS,
        choices=CHOICES,
        table_head=table_head,
        table_blocks=rows_apart.blocks,
        table_rows=rows_apart.rows,
        template_row=template_row(),
        no_extent=NO_EXTENT,
        **more,
    )
    return rows_apart.put_into(html)


def _template() -> str:
    if request.headers.get("HX-Request-Type") != "partial":
        return PAGE
    return FRAGMENTS.get(request.headers.get("HX-Target", ""), PAGE)
