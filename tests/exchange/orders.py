"""POST order/test and order: judged by the rules of the symbol, and nothing is kept of it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from tests.exchange.account import signed_key
from tests.exchange.call import Call
from tests.exchange.errors import ApiError
from tests.exchange.filters import futures_filters, spot_filters
from tests.exchange.rows import dump

_TYPES = ("LIMIT", "MARKET")


def take_order(call: Call) -> str:
    """Answer as for an order that was just taken."""
    check_order(call)
    zero = dict.fromkeys(("executedQty", "cumQuote", "avgPrice"), "0")
    return dump(
        {
            "orderId": call.now_ms,
            "clientOrderId": call.params.get("newClientOrderId", ""),
            "symbol": call.params["symbol"],
            "status": "NEW",
            "side": call.params["side"],
            "type": call.params["type"],
            "price": call.params.get("price", "0"),
            "origQty": call.params["quantity"],
            "updateTime": call.now_ms,
            **zero,
        }
    )


def check_order(call: Call) -> str:
    """Answer `{}` for a LIMIT or MARKET order that keeps to the rules, else -1013 with the rule."""
    key = signed_key(call)
    may_trade = key.futures if call.venue.futures else key.trading
    if not may_trade:
        raise ApiError(-2015)
    instrument = call.state().inst
    kind = _choice(call, "type", _TYPES)
    _choice(call, "side", ("BUY", "SELL"))
    rules = {
        rule["filterType"]: rule
        for rule in (futures_filters if call.venue.futures else spot_filters)(instrument)
    }
    quantity = _decimal(call, "quantity")
    _keep_to(rules["LOT_SIZE"], "LOT_SIZE", quantity, "minQty", "maxQty", "stepSize")
    if kind == "LIMIT":
        _choice(call, "timeInForce", ("GTC", "IOC", "FOK", "GTX", "GTD"))
        price = _decimal(call, "price")
        _keep_to(rules["PRICE_FILTER"], "PRICE_FILTER", price, "minPrice", "maxPrice", "tickSize")
        name, least = _least_notional(rules)
        if price * quantity < least:
            raise _failure(name)
    return "{}"


def _least_notional(rules: dict[str, dict[str, Any]]) -> tuple[str, Decimal]:
    if "NOTIONAL" in rules:
        return "NOTIONAL", Decimal(rules["NOTIONAL"]["minNotional"])
    return "MIN_NOTIONAL", Decimal(rules["MIN_NOTIONAL"]["notional"])


def _keep_to(
    rule: dict[str, Any], name: str, value: Decimal, least: str, most: str, step: str
) -> None:
    low, high, size = (Decimal(rule[field]) for field in (least, most, step))
    if not low <= value <= high or (value - low) % size:
        raise _failure(name)


def _failure(name: str) -> ApiError:
    return ApiError(-1013, message=f"Filter failure: {name}")


def _choice(call: Call, name: str, allowed: tuple[str, ...]) -> str:
    text = call.params.get(name, "")
    if text not in allowed:
        raise ApiError(-1102, name)
    return text


def _decimal(call: Call, name: str) -> Decimal:
    try:
        return Decimal(call.params.get(name, ""))
    except InvalidOperation:
        raise ApiError(-1102, name) from None
