"""Pairs as ccxt's unified market structures, for ``exchange.set_markets(...)``.

https://docs.ccxt.com/#/?id=market-structure. ccxt keeps numbers as floats and adds what is its
own (fees of a person's tier, say) by itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from webapp.symbols.listing import Market, Pair
from webapp.symbols.rules import TradingRules

# Binance's fees before any discount: (taker, maker).
_FEES = {"spot": (0.001, 0.001), "futures": (0.0005, 0.0002)}


def ccxt_market(market: Market, pair: Pair) -> dict[str, Any]:
    """One pair in ccxt's words; ``info`` holds the fields of Binance's that ccxt reads later."""
    is_spot = market == "spot"
    kind = "spot" if is_spot else "future" if pair.is_dated else "swap"
    settle = None if is_spot else pair.rules.margin_asset or pair.quote_asset
    taker, maker = _FEES[market]
    return {
        "id": pair.symbol,
        "lowercaseId": pair.symbol.lower(),
        "symbol": _unified_symbol(pair, settle),
        "base": pair.base_asset,
        "quote": pair.quote_asset,
        "settle": settle,
        "baseId": pair.base_asset,
        "quoteId": pair.quote_asset,
        "settleId": settle,
        "type": kind,
        "spot": is_spot,
        "margin": is_spot and pair.rules.is_margin_allowed,
        "swap": kind == "swap",
        "future": kind == "future",
        "option": False,
        "active": True,
        "contract": not is_spot,
        "linear": None if is_spot else settle == pair.quote_asset,
        "inverse": None if is_spot else settle == pair.base_asset,
        "subType": None if is_spot else "linear",
        "taker": taker,
        "maker": maker,
        "contractSize": None if is_spot else 1.0,
        "expiry": pair.delivery_at_ms,
        "expiryDatetime": _iso8601(pair.delivery_at_ms),
        "strike": None,
        "optionType": None,
        "precision": _precision(pair.rules),
        "limits": _limits(pair.rules),
        "created": pair.rules.onboard_at_ms,
        "info": _info(pair),
    }


def _unified_symbol(pair: Pair, settle: str | None) -> str:
    symbol = f"{pair.base_asset}/{pair.quote_asset}"
    if settle is None:
        return symbol
    if pair.delivery_at_ms is None:
        return f"{symbol}:{settle}"
    return f"{symbol}:{settle}-{_day(pair.delivery_at_ms):%y%m%d}"


def _precision(rules: TradingRules) -> dict[str, float | None]:
    return {
        "amount": _number(rules.step_size),
        "price": _number(rules.tick_size),
        "base": _unit(rules.base_precision),
        "quote": _unit(rules.quote_precision),
    }


def _limits(rules: TradingRules) -> dict[str, dict[str, float | None]]:
    return {
        "leverage": {"min": None, "max": None},
        "amount": _range(rules.min_quantity, rules.max_quantity),
        "market": _range(rules.market_min_quantity, rules.market_max_quantity),
        "price": _range(rules.min_price, rules.max_price),
        "cost": _range(rules.min_notional, rules.max_notional),
    }


def _info(pair: Pair) -> dict[str, Any]:
    info: dict[str, Any] = {
        "symbol": pair.symbol,
        "status": pair.status,
        "baseAsset": pair.base_asset,
        "quoteAsset": pair.quote_asset,
        "orderTypes": pair.rules.order_types,
    }
    if pair.contract_type:
        info |= {"pair": pair.symbol.partition("_")[0], "contractType": pair.contract_type}
    return info


def _range(least: str, most: str) -> dict[str, float | None]:
    return {"min": _number(least), "max": _number(most)}


def _number(text: str) -> float | None:
    return float(text) if text else None


def _unit(digits: int | None) -> float | None:
    return None if digits is None else float(f"1e-{digits}")


def _day(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _iso8601(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    return _day(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
