"""Public market data over REST: tickers, candles, books, trades, funding."""

from collections.abc import Callable

from tests.exchange import tickers
from tests.exchange.call import Call
from tests.exchange.errors import ApiError
from tests.exchange.flow import Trade
from tests.exchange.klines import (
    FUTURES_INTERVALS,
    SPOT_INTERVALS,
    candle_at,
    next_open,
    open_time,
    rest_row,
    zone_offset_ms,
)
from tests.exchange.mark_price import premium_row
from tests.exchange.rows import dump
from tests.exchange.state import State

FUTURES_DEPTH_LIMITS = (5, 10, 20, 50, 100, 500, 1000)
_STATUSES = ("TRADING", "HALT", "BREAK")


def ping(_call: Call) -> str:
    """Answer `{}`."""
    return "{}"


def server_time(call: Call) -> str:
    """Answer the clock, in µs when the header X-MBX-TIME-UNIT asks for it."""
    now_ms = call.now_ms + call.venue.clock_ahead_ms
    return dump({"serverTime": now_ms * (1000 if call.microseconds else 1)})


def ticker_24h(call: Call) -> str:
    """Answer rows of the last 24 hours: one object for `symbol`, a list otherwise.

    `type` FULL or MINI on spot.
    """
    kind = call.params.get("type", "FULL")
    if kind not in ("FULL", "MINI"):
        raise ApiError(-1139)
    mini = kind == "MINI" and not call.venue.futures
    return _one_or_all(call, lambda state: tickers.full_row(call.venue, state, mini=mini))


def ticker_price(call: Call) -> str:
    """Answer last prices."""
    return _one_or_all(call, lambda state: tickers.price_row(call.venue, state))


def ticker_book(call: Call) -> str:
    """Answer best bids and asks."""
    return _one_or_all(call, lambda state: tickers.book_row(call.venue, state))


def klines(call: Call) -> str:
    """Answer candles, oldest first; without startTime the newest `limit` of them."""
    state, interval = call.state(), call.params.get("interval", "")
    if not interval:
        raise ApiError(-1102, "interval")
    if interval not in (FUTURES_INTERVALS if call.venue.futures else SPOT_INTERVALS):
        raise ApiError(-1120)
    limit = call.limit(500, 1500 if call.venue.futures else 1000)
    zone_ms = _zone_ms(call.params.get("timeZone", "0"))
    opens = _open_times(
        state, interval, limit, call.time("startTime"), call.time("endTime"), call.now_ms, zone_ms
    )
    return dump(
        [rest_row(state, candle_at(state, interval, at, call.now_ms, zone_ms)) for at in opens]
    )


def depth(call: Call) -> str:
    """Answer a snapshot of the book; futures takes only the limits it lists."""
    state = call.state()
    limit = call.limit(500 if call.venue.futures else 100, 1000 if call.venue.futures else 5000)
    if call.venue.futures and limit not in FUTURES_DEPTH_LIMITS:
        raise ApiError(-4021)
    _check_status(call, [state])
    book, (price, lot) = call.venue.watch(state).book, (state.inst.price.text, state.inst.lot.text)
    head = {"lastUpdateId": book.update_id}
    if call.venue.futures:
        head |= {"E": call.now_ms, "T": call.now_ms}
    sides = {
        "bids": [[price(p), lot(q)] for p, q in book.top_bids(limit)],
        "asks": [[price(p), lot(q)] for p, q in book.top_asks(limit)],
    }
    return dump(head | sides)


def trades(call: Call) -> str:
    """Answer the newest trades, oldest first."""
    state, limit = call.state(), call.limit(500, 1000)
    rows = []
    for trade in _recent(call, state, limit):
        price, quantity = state.inst.price.text(trade.price), state.inst.lot.text(trade.quantity)
        quote = f"{trade.price * state.inst.price.size * trade.quantity * state.inst.lot.size:.8f}"
        best = {} if call.venue.futures else {"isBestMatch": True}
        rows.append({"id": trade.last_id, "price": price, "qty": quantity, "quoteQty": quote,
                     "time": trade.time_ms,
                     "isBuyerMaker": trade.buyer_is_maker, **best})  # fmt: skip
    return dump(rows)


def agg_trades(call: Call) -> str:
    """Answer the newest aggregated trades, oldest first."""
    state, limit = call.state(), call.limit(500, 1000)
    rows = []
    for trade in _recent(call, state, limit):
        price, quantity = state.inst.price.text(trade.price), state.inst.lot.text(trade.quantity)
        best = {} if call.venue.futures else {"M": True}
        rows.append(
            {
                "a": trade.agg_id,
                "p": price,
                "q": quantity,
                "f": trade.first_id,
                "l": trade.last_id,
                "T": trade.time_ms,
                "m": trade.buyer_is_maker,
                **best,
            }
        )
    return dump(rows)


def premium_index(call: Call) -> str:
    """Answer mark prices and funding rates."""
    return _one_or_all(call, lambda state: dump(premium_row(state, call.now_ms)))


def funding_info(call: Call) -> str:
    """Answer the contracts whose funding was adjusted: here those that trade least often."""
    rows = [
        {"symbol": state.inst.symbol, "adjustedFundingRateCap": "0.02000000",
         "adjustedFundingRateFloor": "-0.02000000",
         "fundingIntervalHours": 4, "disclaimer": False, "updateTime": state.inst.onboard_ms}
        for state in call.venue.market.states.values()
        if state.inst.hold > 2 and state.inst.margin_kind == 1
    ]  # fmt: skip
    return dump(rows)


def open_interest(call: Call) -> str:
    """Answer the open contracts of a symbol."""
    state = call.state()
    return dump(
        {
            "symbol": state.inst.symbol,
            "openInterest": state.inst.lot.text(state.day_volume // 3),
            "time": call.now_ms,
        }
    )


def trading_schedule(call: Call) -> str:
    """Answer when the markets behind TradFi perpetuals trade."""
    return call.venue.sessions.schedule(call.now_ms)


def _one_or_all(call: Call, write: Callable[[State], str]) -> str:
    states = call.chosen()
    if states is None:
        wanted = call.params.get("symbolStatus")
        everything = [s for s in call.venue.market.states.values() if s.inst.margin_kind == 1]
        _check_status(call, [])
        states = [state for state in everything if wanted in (None, state.inst.status)]
    elif "symbol" in call.params:
        _check_status(call, states)
        return write(states[0])
    return "[" + ",".join([write(state) for state in states]) + "]"


def _check_status(call: Call, states: list[State]) -> None:
    wanted = call.params.get("symbolStatus")
    if wanted is not None and wanted not in _STATUSES:
        raise ApiError(-1122)
    if wanted is not None and any(state.inst.status != wanted for state in states):
        raise ApiError(-1220)


def _open_times(
    state: State,
    interval: str,
    limit: int,
    start: int | None,
    end: int | None,
    now_ms: int,
    zone_ms: int,
) -> list[int]:
    """Give the start times of the candles asked for,
    never before the listing and never after now."""
    last = open_time(interval, min(now_ms, end if end is not None else now_ms), zone_ms)
    earliest = open_time(interval, state.inst.onboard_ms, zone_ms)
    times: list[int] = []
    if start is not None:
        at = open_time(interval, max(start, earliest), zone_ms)
        at = at if at >= start or at == earliest else next_open(interval, at, zone_ms)
        while at <= last and len(times) < limit:
            times.append(at)
            at = next_open(interval, at, zone_ms)
        return times
    at = last
    while at >= earliest and len(times) < limit:
        times.append(at)
        at = open_time(interval, at - 1, zone_ms)
    return times[::-1]


def _zone_ms(text: str) -> int:
    try:
        return zone_offset_ms(text)
    except ValueError:
        raise ApiError(-1130, "timeZone") from None


def _recent(call: Call, state: State, limit: int) -> list[Trade]:
    """Give the flow's trades, with older ones from the price path in front of them when there are
    too few.
    """
    if not state.inst.trading:
        return []
    live = list(call.venue.watch(state).trades)[-limit:]
    first = live[0] if live else None
    first_id, agg_id = (
        (first.first_id, first.agg_id) if first else (state.last_id + 1, state.last_id // 2)
    )
    second = (first.time_ms if first else call.now_ms) // 1000 - 1
    older = []
    for back in range(limit - len(live)):
        at = second - back * state.inst.hold
        price, draw = state.path.ticks(at), state.trade_size(at)
        older.append(
            Trade(
                agg_id - back - 1,
                price,
                draw,
                first_id - back - 1,
                first_id - back - 1,
                at * 1000,
                bool(at % 2),
            )
        )
    return older[::-1] + live
