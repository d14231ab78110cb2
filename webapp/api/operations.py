"""Every call of the JSON API as a table: what ``/openapi.json`` and ``/docs`` are made of.

A test holds that it has all addresses that there are, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from webapp.api.bodies import (
    Candles,
    CcxtMarkets,
    ChangeEvent,
    Changes,
    Clocks,
    ContractFacts,
    HeartbeatEvent,
    LookedFor,
    Watchlists,
)
from webapp.api.details import SymbolDetails
from webapp.bodies import Success
from webapp.market_data.depth import LIMITS, Book
from webapp.market_data.klines import INTERVALS, LIMIT_MAX
from webapp.symbols.listing import MARKETS, ListedPairs

Schema = dict[str, Any]

PAGE_LENGTH = 100
PAGE_LENGTH_MAX = 1000

_MARKET: Schema = {"type": "string", "enum": list(MARKETS)}
_SYMBOL: Schema = {"type": "string", "pattern": r"^\w{1,40}$"}
# Two numbers of 64 bits; a few of those that the pattern allows are too great.
_ENTRY_ID: Schema = {"type": "string", "pattern": r"^[0-9]{1,19}-[0-9]{1,19}$"}


class Parameter(NamedTuple):
    """One that goes into the path where the path names it, else into the query."""

    name: str
    schema: Schema
    description: str
    where: str = "query"


class Operation(NamedTuple):
    """One call; ``errors`` are the error codes that it may answer with, by HTTP status."""

    path: str  # below /api/v1
    summary: str
    description: str
    answer: Any  # the type of the body, or of each of its events
    errors: Mapping[int, tuple[str, ...]]
    parameters: tuple[Parameter, ...] = ()
    method: str = "get"
    status: int = 200
    takes_token: bool = False
    revalidates: bool = False
    media_type: str = "application/json"


_IN_PATH_MARKET = Parameter("market", _MARKET, "Which of the two markets.", "path")
_IN_PATH_SYMBOL = Parameter("symbol", _SYMBOL, "A pair as Binance names it: BTCUSDT.", "path")
_MARKET_ONLY = Parameter("market", _MARKET, "Only this market's changes.")
_LIST_ERRORS = {404: ("unknown_market",), 406: ("not_acceptable",), 500: ("no_symbol_list",)}
_PAIR_ERRORS = {**_LIST_ERRORS, 404: ("unknown_market", "unknown_symbol")}
_ASKED_ERRORS = {**_PAIR_ERRORS, 503: ("exchange_unavailable",)}

OPERATIONS = (
    Operation(
        "/symbols/{market}",
        "The pairs that trade",
        "Every USDT pair of the market, popular first. With a token the list is your own.",
        Success[ListedPairs],
        {**_LIST_ERRORS, 401: ("invalid_token",), 403: ("insufficient_scope",)},
        (_IN_PATH_MARKET,),
        takes_token=True,
        revalidates=True,
    ),
    Operation(
        "/symbols/{market}/{symbol}",
        "A pair's trading rules",
        "What an order for the pair must keep to. A near miss is told what was meant.",
        Success[SymbolDetails],
        {**_PAIR_ERRORS, 404: ("unknown_market", "unknown_symbol", "not_trading")},
        (_IN_PATH_MARKET, _IN_PATH_SYMBOL),
        revalidates=True,
    ),
    Operation(
        "/symbols/changes",
        "What changed on the exchange",
        "Listings, delistings, states and tick sizes after an entry, oldest first, by pages.",
        Success[Changes],
        {
            400: ("bad_event_id", "bad_limit"),
            404: ("unknown_market",),
            406: ("not_acceptable",),
            503: ("changes_unavailable",),
        },
        (
            Parameter("since", _ENTRY_ID, "The entry to go on from; without it the oldest kept."),
            _MARKET_ONLY,
            Parameter(
                "limit",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": PAGE_LENGTH_MAX,
                    "default": PAGE_LENGTH,
                },
                "How many entries are looked through at most.",
            ),
        ),
    ),
    Operation(
        "/symbols/events",
        "The same as it happens",
        "Server-sent events: change, and a heartbeat every 15 s. Last-Event-ID replays.",
        ChangeEvent | HeartbeatEvent,
        {
            400: ("bad_event_id",),
            404: ("unknown_market",),
            503: ("too_many_listeners",),
        },
        (
            Parameter("since", _ENTRY_ID, "The entry to go on from, as Last-Event-ID says it."),
            _MARKET_ONLY,
        ),
        media_type="text/event-stream",
    ),
    Operation(
        "/looks/{market}",
        "Have the list looked at again",
        "For who saw a change elsewhere. A list younger than ten seconds stays.",
        LookedFor,
        {403: ("forbidden",), 404: ("unknown_market",)},
        (_IN_PATH_MARKET,),
        method="post",
        status=202,
    ),
    Operation(
        "/ccxt/markets/{market}",
        "The list for ccxt",
        "Market structures as ccxt keeps them, for exchange.set_markets.",
        Success[CcxtMarkets],
        _LIST_ERRORS,
        (_IN_PATH_MARKET,),
        revalidates=True,
    ),
    Operation(
        "/depth/{market}/{symbol}",
        "A snapshot of an order book",
        "At most a second old, with the lastUpdateId that Binance's diff stream joins to.",
        Success[Book],
        {**_ASKED_ERRORS, 400: ("bad_limit",)},
        (
            _IN_PATH_MARKET,
            _IN_PATH_SYMBOL,
            Parameter(
                "limit",
                {"type": "integer", "enum": list(LIMITS), "default": LIMITS[-1]},
                "Levels a side.",
            ),
        ),
    ),
    Operation(
        "/klines/{market}/{symbol}",
        "Candles",
        "The newest candles of a pair, oldest first.",
        Success[Candles],
        {**_ASKED_ERRORS, 400: ("bad_interval", "bad_limit")},
        (
            _IN_PATH_MARKET,
            _IN_PATH_SYMBOL,
            Parameter(
                "interval",
                {"type": "string", "enum": list(INTERVALS), "default": "1h"},
                "How long a candle lasts.",
            ),
            Parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_MAX},
                "How many.",
            ),
        ),
    ),
    Operation(
        "/contracts/{symbol}",
        "What only REST tells of a contract",
        "Open interest, funding interval, and the opening hours of a TradFi perpetual.",
        Success[ContractFacts],
        {404: ("unknown_symbol",), **{k: v for k, v in _ASKED_ERRORS.items() if k != 404}},
        (_IN_PATH_SYMBOL,),
    ),
    Operation(
        "/watchlists",
        "Your watchlists",
        "The lists of the token's holder, each with its pairs in their order.",
        Success[Watchlists],
        {
            401: ("token_needed", "invalid_token"),
            403: ("insufficient_scope",),
            406: ("not_acceptable",),
            503: ("unavailable",),
        },
        takes_token=True,
    ),
    Operation(
        "/time",
        "The clocks",
        "This server's clock, and how far each exchange's clock is ahead of it.",
        Success[Clocks],
        {},
    ),
)
