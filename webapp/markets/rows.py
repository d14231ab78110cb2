"""View rows: a list's pairs as strings that a template can print as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

from webapp.markets.figures import (
    UNKNOWN,
    compact_text,
    day_text,
    decimal_of,
    move_text,
    percent_text,
    place_between,
    place_text,
    price_text,
    trend_of,
)
from webapp.markets.fold import fold
from webapp.symbols.listing import Market, Pair
from webapp.words import words


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One pair, ready to print; ``numbers`` and ``search_text`` are for sorting and filtering.

    ``numbers`` has the known value of each column by its name. ``figures`` are the exchange's own
    strings, from which the browser goes on: last, open, high, low, volume, quote volume.
    """

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
    move: str = UNKNOWN
    high: str = UNKNOWN
    low: str = UNKNOWN
    place: str = UNKNOWN  # of the price between low and high
    volume: str = UNKNOWN
    base_volume: str = UNKNOWN
    note: str = ""  # why there are no figures, in words
    figures: str = ""
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    search_text: str = ""

    key: str = field(init=False)  # "spot:BTCUSDT"

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.market}:{self.symbol}")


def absent_row(market: Market, symbol: str, note: str) -> Row:
    """The row of a watched pair of which there is nothing to show but ``note``."""
    base = symbol.removesuffix("USDT") or symbol
    shown_quote = "USDT" if symbol != base else ""
    return Row(market, symbol, base, shown_quote, quote(symbol, safe=""), note=note)


def template_row(market: Market = "spot") -> Row:
    """The empty row that the browser clones when it has to make rows by itself."""
    return Row(market, "", "", "", "")


def row_of(market: Market, pair: Pair) -> Row:
    """The row of a pair that trades."""
    numbers = _numbers(pair)
    number_of = numbers.get
    return Row(
        market=market,
        symbol=pair.symbol,
        base=pair.base_asset,
        quote=pair.quote_asset,
        url_symbol=quote(pair.symbol, safe=""),
        label=_label(pair),
        tick_size=pair.tick_size,
        step_size=pair.step_size,
        price=price_text(number_of("price"), pair.tick_size),
        change=percent_text(number_of("change")),
        trend=trend_of(number_of("change")),
        move=move_text(number_of("move"), pair.tick_size),
        high=price_text(number_of("high"), pair.tick_size),
        low=price_text(number_of("low"), pair.tick_size),
        place=place_text(number_of("range")),
        volume=compact_text(number_of("volume")),
        base_volume=compact_text(number_of("base")),
        figures=_figures(pair),
        numbers=numbers,
        search_text=fold(f"{pair.symbol}\n{pair.base_asset}/{pair.quote_asset}"),
    )


def _numbers(pair: Pair) -> dict[str, Decimal]:
    last, opened = decimal_of(pair.last_price), decimal_of(pair.open_price)
    high, low = decimal_of(pair.high_price), decimal_of(pair.low_price)
    numbers = {
        "price": last,
        "change": decimal_of(pair.change_percent),
        "move": None if last is None or opened is None else last - opened,
        "low": low,
        "range": place_between(last, low, high),
        "high": high,
        "volume": decimal_of(pair.quote_volume),
        "base": decimal_of(pair.base_volume),
    }
    return {column: number for column, number in numbers.items() if number is not None}


def _figures(pair: Pair) -> str:
    """All six, or nothing: with a part of them the browser could not go on."""
    texts = (
        pair.last_price,
        pair.open_price,
        pair.high_price,
        pair.low_price,
        pair.base_volume,
        pair.quote_volume,
    )
    return " ".join(map(_shortened, texts)) if all(texts) else ""


def _shortened(text: str | None) -> str:
    whole, _, fraction = (text or "").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _label(pair: Pair) -> str:
    if pair.is_dated and pair.delivery_at_ms:
        return _day_text(pair.delivery_at_ms)
    name, known = pair.contract_type.lower(), words().contract
    return known[name] if name in known else name.replace("_", " ").capitalize()


def _day_text(at_ms: int) -> str:
    try:
        day = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(words().contract.dated)
    return day_text(day)
