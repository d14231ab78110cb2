"""One pair with its trading rules, as the API tells it."""

from __future__ import annotations

import msgspec

from webapp.symbols.listing import Market, Pair


class SymbolDetails(msgspec.Struct, kw_only=True, rename="camel"):
    """A pair that trades. Prices and quantities are decimal strings, times are in ms since 1970.

    What the exchange names no rule for, and what the market has none of, is null. ``permissions``
    are lists of names. On spot an account needs one of each, and they are null while they cannot
    be had; a contract has one list, of the programmes that it is open to.
    """

    market: Market = msgspec.field(name="market_type")
    symbol: str
    base_asset: str
    quote_asset: str
    status: str
    tick_size: str | None
    min_price: str | None
    max_price: str | None
    step_size: str | None
    min_quantity: str | None
    max_quantity: str | None
    market_step_size: str | None
    market_min_quantity: str | None
    market_max_quantity: str | None
    min_notional: str | None
    max_notional: str | None
    base_precision: int | None
    quote_precision: int | None
    price_precision: int | None
    quantity_precision: int | None
    order_types: tuple[str, ...]
    time_in_force: tuple[str, ...]
    is_margin_allowed: bool | None
    contract_type: str | None
    underlying_type: str | None
    margin_asset: str | None
    onboard_date: int | None
    delivery_date: int | None
    permissions: list[list[str]] | None


def details_of(market: Market, pair: Pair, permissions: list[list[str]] | None) -> SymbolDetails:
    """The pair's details; ``permissions`` are those of a spot pair, a contract has its own."""
    rules = pair.rules
    is_spot = market == "spot"
    return SymbolDetails(
        market=market,
        symbol=pair.symbol,
        base_asset=pair.base_asset,
        quote_asset=pair.quote_asset,
        status=pair.status,
        tick_size=rules.tick_size or None,
        min_price=_limit(rules.min_price),
        max_price=_limit(rules.max_price),
        step_size=rules.step_size or None,
        min_quantity=_limit(rules.min_quantity),
        max_quantity=_limit(rules.max_quantity),
        market_step_size=_limit(rules.market_step_size),
        market_min_quantity=_limit(rules.market_min_quantity),
        market_max_quantity=_limit(rules.market_max_quantity),
        min_notional=_limit(rules.min_notional),
        max_notional=_limit(rules.max_notional),
        base_precision=rules.base_precision,
        quote_precision=rules.quote_precision,
        price_precision=rules.price_precision,
        quantity_precision=rules.quantity_precision,
        order_types=rules.order_types,
        time_in_force=rules.time_in_force,
        is_margin_allowed=rules.is_margin_allowed if is_spot else None,
        contract_type=pair.contract_type or None,
        underlying_type=pair.underlying_type or None,
        margin_asset=rules.margin_asset or None,
        onboard_date=rules.onboard_at_ms,
        delivery_date=pair.delivery_at_ms,
        permissions=permissions if is_spot else _one_list(rules.permissions),
    )


def _one_list(names: tuple[str, ...]) -> list[list[str]]:
    return [list(names)] if names else []


def _limit(text: str) -> str | None:
    """Binance writes 0 for a limit that it does not set."""
    return None if text in ("", "0") else text
