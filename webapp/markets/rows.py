"""View rows: a list's pairs as strings that a template can print as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote
from weakref import WeakKeyDictionary

from webapp.markets.figures import (
    UNKNOWN,
    compact_text,
    decimal_of,
    percent_text,
    price_text,
    trend_of,
)
from webapp.symbols.listing import Market, Pair, SymbolList

_CONTRACT_LABELS = {"": "", "PERPETUAL": "Perp", "TRADIFI_PERPETUAL": "TradFi perp"}


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Row:
    """One pair, ready to print; the decimals and ``search_text`` are for sorting and filtering."""

    market: Market
    symbol: str
    base: str
    quote: str
    url_symbol: str
    label: str = ""
    tick_size: str = ""
    step_size: str = ""
    price: str = UNKNOWN
    change: str = UNKNOWN
    trend: str = "flat"
    volume: str = UNKNOWN
    high: str = UNKNOWN
    low: str = UNKNOWN
    note: str = ""  # why there are no figures, in words
    price_number: Decimal | None = None
    change_number: Decimal | None = None
    volume_number: Decimal | None = None
    search_text: str = ""

    key: str = field(init=False)  # "spot:BTCUSDT"

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.market}:{self.symbol}")


_made: WeakKeyDictionary[SymbolList, tuple[Row, ...]] = WeakKeyDictionary()


def rows_of(listing: SymbolList) -> tuple[Row, ...]:
    """The list's rows in its own order, made once for each list."""
    rows = _made.get(listing)
    if rows is None:
        rows = _made[listing] = tuple(_row(listing.market, pair) for pair in listing.pairs)
    return rows


def absent_row(market: Market, symbol: str, note: str) -> Row:
    """The row of a watched pair of which there is nothing to show but ``note``."""
    base = symbol.removesuffix("USDT") or symbol
    shown_quote = "USDT" if symbol != base else ""
    return Row(market, symbol, base, shown_quote, quote(symbol, safe=""), note=note)


def template_row(market: Market = "spot") -> Row:
    """The empty row that the browser clones when it has to make rows by itself."""
    return Row(market, "", "", "", "")


def _row(market: Market, pair: Pair) -> Row:
    price, change = decimal_of(pair.last_price), decimal_of(pair.change_percent)
    volume = decimal_of(pair.quote_volume)
    return Row(
        market=market,
        symbol=pair.symbol,
        base=pair.base_asset,
        quote=pair.quote_asset,
        url_symbol=quote(pair.symbol, safe=""),
        label=_label(pair),
        tick_size=pair.tick_size,
        step_size=pair.step_size,
        price=price_text(price, pair.tick_size),
        change=percent_text(change),
        trend=trend_of(change),
        volume=compact_text(volume),
        high=price_text(decimal_of(pair.high_price), pair.tick_size),
        low=price_text(decimal_of(pair.low_price), pair.tick_size),
        price_number=price,
        change_number=change,
        volume_number=volume,
        search_text=f"{pair.symbol}\n{pair.base_asset}/{pair.quote_asset}".casefold(),
    )


def _label(pair: Pair) -> str:
    if pair.is_dated and pair.delivery_at_ms:
        return _day_text(pair.delivery_at_ms)
    known = _CONTRACT_LABELS.get(pair.contract_type)
    return pair.contract_type.replace("_", " ").capitalize() if known is None else known


def _day_text(at_ms: int) -> str:
    try:
        day = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return "Dated"
    return f"{day.day} {day:%b %Y}"
