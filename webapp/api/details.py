"""One pair with its trading rules, as the API tells it."""

from __future__ import annotations

from typing import Any

import msgspec

from webapp.symbols.listing import Market, Pair

_NO_RULE = ("", "0")  # Binance writes 0 for a limit that it does not set


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
    is_spot = market == "spot"
    rules = msgspec.structs.asdict(pair.rules)
    programmes = list(rules.pop("permissions"))
    may_be_borrowed, onboard_date = rules.pop("is_margin_allowed"), rules.pop("onboard_at_ms")
    told: dict[str, Any] = {
        name: None if value in _NO_RULE else value for name, value in rules.items()
    }
    return SymbolDetails(
        market=market,
        symbol=pair.symbol,
        base_asset=pair.base_asset,
        quote_asset=pair.quote_asset,
        status=pair.status,
        contract_type=pair.contract_type or None,
        underlying_type=pair.underlying_type or None,
        onboard_date=onboard_date,
        delivery_date=pair.delivery_at_ms,
        is_margin_allowed=may_be_borrowed if is_spot else None,
        permissions=permissions if is_spot else [programmes] if programmes else [],
        **told,
    )
