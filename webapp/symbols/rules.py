"""What an order for a pair must keep to, as the exchange names it."""

from __future__ import annotations

import logging

import msgspec

from webapp.binance.answers import FilterRow, SymbolRow, without_trailing_zeros

log = logging.getLogger(__name__)


class TradingRules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pair's rules. Prices and quantities are decimal strings without trailing zeros.

    A field is "" or None where the exchange names no such rule. Precisions are digits after the
    point; times are milliseconds since 1970.
    """

    tick_size: str = ""
    min_price: str = ""
    max_price: str = ""
    step_size: str = ""
    min_quantity: str = ""
    max_quantity: str = ""
    market_step_size: str = ""  # of market orders, where they have limits of their own
    market_min_quantity: str = ""
    market_max_quantity: str = ""
    min_notional: str = ""
    max_notional: str = ""
    base_precision: int | None = None
    quote_precision: int | None = None
    price_precision: int | None = None  # futures only
    quantity_precision: int | None = None  # futures only
    order_types: tuple[str, ...] = ()
    time_in_force: tuple[str, ...] = ()  # futures only
    is_margin_allowed: bool = False  # spot only
    margin_asset: str = ""  # futures only
    onboard_at_ms: int | None = None  # futures only
    permissions: tuple[str, ...] = ()  # futures only: programmes that the contract is open to


def rules_of(row: SymbolRow) -> TradingRules:
    """Read a row's rules; none, with a log line, when they cannot be understood."""
    try:
        by_type = row.rules()
        order_types = _names(row.orderTypes)
        time_in_force = _names(row.timeInForce)
    except msgspec.ValidationError as error:
        log.warning("the rules of %s cannot be understood: %s", row.symbol[:40], error)
        return TradingRules()
    none = FilterRow()
    price = by_type.get("PRICE_FILTER", none)
    lot, market_lot = by_type.get("LOT_SIZE", none), by_type.get("MARKET_LOT_SIZE", none)
    notional = by_type.get("NOTIONAL") or by_type.get("MIN_NOTIONAL", none)
    return TradingRules(
        tick_size=without_trailing_zeros(price.tickSize),
        min_price=without_trailing_zeros(price.minPrice),
        max_price=without_trailing_zeros(price.maxPrice),
        step_size=without_trailing_zeros(lot.stepSize),
        min_quantity=without_trailing_zeros(lot.minQty),
        max_quantity=without_trailing_zeros(lot.maxQty),
        market_step_size=without_trailing_zeros(market_lot.stepSize),
        market_min_quantity=without_trailing_zeros(market_lot.minQty),
        market_max_quantity=without_trailing_zeros(market_lot.maxQty),
        min_notional=without_trailing_zeros(notional.minNotional or notional.notional),
        max_notional=without_trailing_zeros(notional.maxNotional),
        base_precision=row.baseAssetPrecision,
        quote_precision=row.quoteAssetPrecision or row.quotePrecision,
        price_precision=row.pricePrecision,
        quantity_precision=row.quantityPrecision,
        order_types=order_types,
        time_in_force=time_in_force,
        is_margin_allowed=row.isMarginTradingAllowed,
        margin_asset=row.marginAsset,
        onboard_at_ms=row.onboardDate,
        permissions=_programmes(row),
    )


def _names(raw: msgspec.Raw) -> tuple[str, ...]:
    return msgspec.json.decode(raw, type=tuple[str, ...])


def _programmes(row: SymbolRow) -> tuple[str, ...]:
    """A futures contract has a plain list of names; spot has lists of lists, read elsewhere."""
    try:
        return _names(row.permissionSets) if row.contractType else ()
    except msgspec.ValidationError:
        return ()
