"""The payloads of book, trade and candle streams. Shapes.

BINANCE.md section c and the samples beside it.
"""

from typing import TYPE_CHECKING

from tests.exchange.instrument import Instrument
from tests.exchange.rows import dump

if TYPE_CHECKING:
    from tests.exchange.book import Changes, Levels
    from tests.exchange.flow import Flow, Trade
    from tests.exchange.state import State
    from tests.exchange.venue import Quote


def book_ticker(inst: Instrument, quote: "Quote", now_ms: int, *, futures: bool) -> str:
    """Write a bookTicker: on spot without `e` and `E`."""
    price, lot = inst.price.text, inst.lot.text
    sides = (
        f'"b":"{price(quote.bid)}","B":"{lot(quote.bid_quantity)}",'
        f'"a":"{price(quote.ask)}","A":"{lot(quote.ask_quantity)}"'
    )
    if not futures:
        return f'{{"u":{quote.update_id},"s":"{inst.symbol}",{sides}}}'
    return (
        f'{{"e":"bookTicker","u":{quote.update_id},"s":"{inst.symbol}","ps":"{inst.pair}",{sides},'
        f'"T":{now_ms - 1},"E":{now_ms},"st":{inst.margin_kind}}}'
    )


def agg_trade(inst: Instrument, trade: "Trade", *, futures: bool) -> str:
    """Write an aggTrade: spot ends with `M`, futures has `nq` and `st`."""
    price, quantity = inst.price.text(trade.price), inst.lot.text(trade.quantity)
    extra, tail = (
        (f'"nq":"{quantity}",', f'"st":{inst.margin_kind}') if futures else ("", '"M":true')
    )
    return (
        f'{{"e":"aggTrade","E":{trade.time_ms + 1},"s":"{inst.symbol}","a":{trade.agg_id},'
        f'"p":"{price}","q":"{quantity}",{extra}"f":{trade.first_id},"l":{trade.last_id},'
        f'"T":{trade.time_ms},"m":{_bool(trade.buyer_is_maker)},{tail}}}'
    )


def single_trade(inst: Instrument, trade: "Trade") -> str:
    """Write a trade (spot only)."""
    return (
        f'{{"e":"trade","E":{trade.time_ms + 1},"s":"{inst.symbol}","t":{trade.last_id},'
        f'"p":"{inst.price.text(trade.price)}",'
        f'"q":"{inst.lot.text(trade.quantity)}","T":{trade.time_ms},'
        f'"m":{_bool(trade.buyer_is_maker)},"M":true}}'
    )


def partial_depth(flow: "Flow", levels: int, now_ms: int, previous: int, *, futures: bool) -> str:
    """Write the best levels: spot without symbol and `e`; futures in the shape of a diff event."""
    inst, book = flow.state.inst, flow.book
    bids, asks = _levels(inst, book.top_bids(levels)), _levels(inst, book.top_asks(levels))
    if not futures:
        return f'{{"lastUpdateId":{book.update_id},"bids":{bids},"asks":{asks}}}'
    return (
        f'{{"e":"depthUpdate","E":{now_ms},"T":{now_ms - 2},"s":"{inst.symbol}","ps":"{inst.pair}",'
        f'"U":{previous + 1},"u":{book.update_id},"pu":{previous},'
        f'"b":{bids},"a":{asks},"st":{inst.margin_kind}}}'
    )


def depth_update(flow: "Flow", changes: "Changes", last: int, now_ms: int, *, futures: bool) -> str:
    """Write a diff event.

    The touched levels' quantities as they are now, 0 for a level that is gone.
    """
    inst, book = flow.state.inst, flow.book
    bids = _levels(
        inst, [(price, book.bids.get(price, 0)) for price in sorted(changes.bids, reverse=True)]
    )
    asks = _levels(inst, [(price, book.asks.get(price, 0)) for price in sorted(changes.asks)])
    if not futures:
        head = (
            f'{{"e":"depthUpdate","E":{now_ms},"s":"{inst.symbol}","U":{changes.first},"u":{last}'
        )
        return f'{head},"b":{bids},"a":{asks}}}'
    return (
        f'{{"e":"depthUpdate","E":{now_ms},"T":{now_ms - 2},"s":"{inst.symbol}","ps":"{inst.pair}",'
        f'"U":{changes.first},"u":{last},"pu":{changes.previous},"b":{bids},"a":{asks},"st":{inst.margin_kind}}}'
    )


def kline(state: "State", body: dict[str, object], now_ms: int) -> str:
    """Write a kline event around its `k`."""
    return dump({"e": "kline", "E": now_ms, "s": state.inst.symbol, "k": body})


def contract_info(inst: Instrument, now_ms: int) -> str:
    """Write a contractInfo event: a listing, settlement or status change of a futures contract."""
    return dump({
        "e": "contractInfo", "E": now_ms, "s": inst.symbol, "ct": inst.contract_type,
        "dt": inst.delivery_ms,
        "ot": inst.onboard_ms, "cs": inst.status, "st": inst.margin_kind,
    })  # fmt: skip


def _levels(inst: Instrument, levels: "Levels") -> str:
    price, lot = inst.price.text, inst.lot.text
    return "[" + ",".join([f'["{price(p)}","{lot(q)}"]' for p, q in levels]) + "]"


def _bool(value: bool) -> str:
    return "true" if value else "false"
