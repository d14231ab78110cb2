"""The 24-hour tickers and prices, in the shapes of REST and of the streams."""

from tests.exchange.rows import dump
from tests.exchange.state import DAY_S, State
from tests.exchange.venue import Quote, Venue

_DAY_MS = DAY_S * 1000


def full_row(venue: Venue, state: State, *, mini: bool = False) -> str:
    """Write a row of ticker/24hr.

    Futures rows have no bid and ask, spot's MINI has neither those nor the changes.
    """
    recorded = venue.recorded_tickers.get(state.inst.symbol)
    if recorded is not None and not state.inst.trading:
        return dump(recorded)
    if not state.inst.trading:
        return _dead_row(venue, state, mini=mini)
    state.roll(venue.market.second)
    price, lot = state.inst.price.text, state.inst.lot.text
    window = (
        f'"openPrice":"{price(state.open)}","highPrice":"{price(state.high)}","lowPrice":"{price(state.low)}",'
        f'"volume":"{lot(state.volume)}","quoteVolume":"{quote_volume(state)}",'
        f'"openTime":{venue.now_ms - _DAY_MS},"closeTime":{venue.now_ms},'
        f'"firstId":{state.last_id - state.count + 1},"lastId":{state.last_id},'
        f'"count":{state.count}'
    )
    if mini:
        return window_first(state, f'"lastPrice":"{price(state.last)}",' + window)
    bid_ask = "" if venue.futures else _bid_ask(state, venue.quote(state))
    previous = "" if venue.futures else f'"prevClosePrice":"{price(max(1, state.open - 1))}",'
    return (
        f'{{"symbol":"{state.inst.symbol}","priceChange":"{change(state)}","priceChangePercent":"{percent(state)}",'
        f'"weightedAvgPrice":"{average(state)}",{previous}"lastPrice":"{price(state.last)}","lastQty":"{lot(state.last_qty)}",'
        f"{bid_ask}{window}}}"
    )


def window_first(state: State, window: str) -> str:
    """Write the MINI row: symbol, then the window."""
    return f'{{"symbol":"{state.inst.symbol}",{window}}}'


def price_row(venue: Venue, state: State) -> str:
    """Write a row of ticker/price."""
    time_field = f',"time":{state.event_ms}' if venue.futures else ""
    price = state.inst.price.text(state.last)
    return f'{{"symbol":"{state.inst.symbol}","price":"{price}"{time_field}}}'


def book_row(venue: Venue, state: State) -> str:
    """Write a row of ticker/bookTicker."""
    quote, (price, lot) = venue.quote(state), (state.inst.price.text, state.inst.lot.text)
    tail = f',"time":{venue.now_ms},"lastUpdateId":{quote.update_id}' if venue.futures else ""
    return (
        f'{{"symbol":"{state.inst.symbol}","bidPrice":"{price(quote.bid)}","bidQty":"{lot(quote.bid_quantity)}",'
        f'"askPrice":"{price(quote.ask)}","askQty":"{lot(quote.ask_quantity)}"{tail}}}'
    )


def mini_event(venue: Venue, state: State, now_ms: int) -> str:
    """Write a 24hrMiniTicker event."""
    state.roll(venue.market.second)
    price = state.inst.price.text
    pair = f'"ps":"{state.inst.pair}",' if venue.futures else ""
    kind = f',"st":{state.inst.margin_kind}' if venue.futures else ""
    return (
        f'{{"e":"24hrMiniTicker","E":{now_ms},"s":"{state.inst.symbol}",{pair}"c":"{price(state.last)}",'
        f'"o":"{price(state.open)}","h":"{price(state.high)}","l":"{price(state.low)}",'
        f'"v":"{state.inst.lot.text(state.volume)}","q":"{quote_volume(state)}"{kind}}}'
    )


def ticker_event(venue: Venue, state: State, now_ms: int) -> str:
    """Write a 24hrTicker event: spot has x, b, B, a, A; futures has ps and st instead."""
    state.roll(venue.market.second)
    price, lot = state.inst.price.text, state.inst.lot.text
    pair = f'"ps":"{state.inst.pair}",' if venue.futures else ""
    kind = f',"st":{state.inst.margin_kind}' if venue.futures else ""
    previous, bid_ask = "", ""
    if not venue.futures:
        quote = venue.quote(state)
        previous = f'"x":"{price(max(1, state.open - 1))}",'
        bid_ask = (
            f'"b":"{price(quote.bid)}","B":"{lot(quote.bid_quantity)}",'
            f'"a":"{price(quote.ask)}","A":"{lot(quote.ask_quantity)}",'
        )
    return (
        f'{{"e":"24hrTicker","E":{now_ms},"s":"{state.inst.symbol}",{pair}"p":"{change(state)}","P":"{percent(state)}",'
        f'"w":"{average(state)}",{previous}"c":"{price(state.last)}","Q":"{lot(state.last_qty)}",{bid_ask}'
        f'"o":"{price(state.open)}","h":"{price(state.high)}","l":"{price(state.low)}","v":"{lot(state.volume)}",'
        f'"q":"{quote_volume(state)}","O":{now_ms - _DAY_MS},"C":{now_ms},'
        f'"F":{state.last_id - state.count + 1},'
        f'"L":{state.last_id},"n":{state.count}{kind}}}'
    )


def change(state: State) -> str:
    """Write the price change over the window."""
    return state.inst.price.text(state.last - state.open)


def percent(state: State) -> str:
    """Write the price change in percent, with three decimals."""
    return f"{(state.last - state.open) / state.open * 100:.3f}"


def average(state: State) -> str:
    """Write the weighted average price."""
    return state.inst.price.text(round(state.mean_ticks))


def quote_volume(state: State) -> str:
    """Write the turnover: 8 decimals on spot, 2 on futures."""
    return f"{state.quote_volume:.{8 if state.inst.price.decimals == 8 else 2}f}"


def _bid_ask(state: State, quote: Quote) -> str:
    price, lot = state.inst.price.text, state.inst.lot.text
    return (
        f'"bidPrice":"{price(quote.bid)}","bidQty":"{lot(quote.bid_quantity)}",'
        f'"askPrice":"{price(quote.ask)}","askQty":"{lot(quote.ask_quantity)}",'
    )


def _dead_row(venue: Venue, state: State, *, mini: bool) -> str:
    """Write the row of a symbol without trades: Binance lists them all,
    with zeros and ids of -1."""
    zero, none = state.inst.price.text(0), state.inst.lot.text(0)
    changes: dict[str, object] = {
        "priceChange": zero,
        "priceChangePercent": "0.000",
        "weightedAvgPrice": zero,
    }
    if not venue.futures:
        changes["prevClosePrice"] = state.inst.price.text(state.last)
    quotes = (
        {}
        if venue.futures
        else {"bidPrice": zero, "bidQty": none, "askPrice": zero, "askQty": none}
    )
    window = {"openPrice": zero, "highPrice": zero, "lowPrice": zero, "volume": none,
              "quoteVolume": zero,
              "openTime": venue.now_ms - _DAY_MS, "closeTime": venue.now_ms, "firstId": -1,
              "lastId": -1, "count": 0}  # fmt: skip
    if mini:
        return dump({"symbol": state.inst.symbol, "lastPrice": zero, **window})
    return dump(
        {
            "symbol": state.inst.symbol,
            **changes,
            "lastPrice": zero,
            "lastQty": none,
            **quotes,
            **window,
        }
    )
