"""Which path is which call, on which venue, and what it weighs. Weights.

BINANCE.md, sections a and b.
"""

from functools import partial
from typing import NamedTuple

from tests.exchange import account, market_data, orders
from tests.exchange.call import Handler, Weigher, symbol_list
from tests.exchange.errors import ApiError
from tests.exchange.exchange_info import futures_exchange_info, spot_exchange_info

Params = dict[str, str]


class Endpoint(NamedTuple):
    """A call's name (the path behind its version), how to weigh it and who answers."""

    name: str
    weigh: Weigher
    answer: Handler
    methods: tuple[str, ...] = ("GET", "HEAD")


def endpoints(*, futures: bool, testnet: bool) -> dict[str, Endpoint]:
    """Give a venue's endpoints by path.

    The testnet has no /sapi, the legacy /api/v1 is gone everywhere.
    """
    if futures:
        return _futures()
    table = _spot()
    if not testnet:
        path = "account/apiRestrictions"
        table[f"/sapi/v1/{path}"] = Endpoint(path, _flat(1), account.api_restrictions)
    return table


def _spot() -> dict[str, Endpoint]:
    rows = [
        Endpoint("ping", _flat(1), market_data.ping),
        Endpoint("time", _flat(1), market_data.server_time),
        Endpoint("exchangeInfo", _flat(20), spot_exchange_info),
        Endpoint("ticker/24hr", _spot_ticker_24h, market_data.ticker_24h),
        Endpoint("ticker/price", _one_or_many(2, 4), market_data.ticker_price),
        Endpoint("ticker/bookTicker", _one_or_many(2, 4), market_data.ticker_book),
        Endpoint("klines", _flat(2), market_data.klines),
        Endpoint("uiKlines", _flat(2), market_data.klines),
        Endpoint("depth", _spot_depth, market_data.depth),
        Endpoint("trades", _flat(25), market_data.trades),
        Endpoint("aggTrades", _flat(4), market_data.agg_trades),
        Endpoint("account", _flat(20), account.spot_account),
        Endpoint("order/test", _flat(1), orders.check_order, ("POST",)),
    ]
    return {f"/api/v3/{row.name}": row for row in rows}


def _futures() -> dict[str, Endpoint]:
    rows = [
        Endpoint("ping", _flat(1), market_data.ping),
        Endpoint("time", _flat(1), market_data.server_time),
        Endpoint("exchangeInfo", _flat(1), futures_exchange_info),
        Endpoint("ticker/24hr", _one_or_many(1, 40), market_data.ticker_24h),
        Endpoint("ticker/price", _one_or_many(1, 2), market_data.ticker_price),
        Endpoint("ticker/bookTicker", _one_or_many(2, 5), market_data.ticker_book),
        Endpoint("klines", _futures_klines, market_data.klines),
        Endpoint("depth", _futures_depth, market_data.depth),
        Endpoint("trades", _flat(5), market_data.trades),
        Endpoint("aggTrades", _flat(20), market_data.agg_trades),
        Endpoint("premiumIndex", _one_or_many(1, 10), market_data.premium_index),
        Endpoint("fundingInfo", _flat(0), market_data.funding_info),
        Endpoint("openInterest", _flat(1), market_data.open_interest),
        Endpoint("tradingSchedule", _flat(5), market_data.trading_schedule),
        Endpoint("order", _flat(1), orders.take_order, ("POST",)),
        Endpoint("order/test", _flat(1), orders.check_order, ("POST",)),
    ]
    table = {f"/fapi/v1/{row.name}": row for row in rows}
    table["/fapi/v2/ticker/price"] = table["/fapi/v1/ticker/price"]
    for version in (2, 3):
        answer = partial(account.futures_account, version=version)
        table[f"/fapi/v{version}/account"] = Endpoint("account", _flat(5), answer)
    return table


def _flat(weight: int) -> Weigher:
    return lambda _params: weight


def _one_or_many(one: int, many: int) -> Weigher:
    return lambda params: one if "symbol" in params else many


def _spot_ticker_24h(params: Params) -> int:
    if "symbol" in params:
        return 2
    if "symbols" not in params:
        return 80
    try:
        count = len(symbol_list(params["symbols"]))
    except ApiError:
        return 2
    return _by_limit(count, ((20, 2), (100, 40)), 80)


def _spot_depth(params: Params) -> int:
    return _by_limit(_limit(params, 100), ((100, 5), (500, 25), (1000, 50)), 250)


def _futures_depth(params: Params) -> int:
    return _by_limit(_limit(params, 500), ((50, 2), (100, 5), (500, 10)), 20)


def _futures_klines(params: Params) -> int:
    return _by_limit(_limit(params, 500), ((99, 1), (499, 2), (1000, 5)), 10)


def _limit(params: Params, default: int) -> int:
    text = params.get("limit", "")
    return int(text) if text.isascii() and text.isdigit() else default


def _by_limit(amount: int, steps: tuple[tuple[int, int], ...], most: int) -> int:
    return next((weight for limit, weight in steps if amount <= limit), most)
