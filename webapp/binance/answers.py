"""Binance's answers, decoded: only the fields that are needed, and nothing taken on trust."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from webapp.binance.errors import MalformedAnswer

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=msgspec.Struct)

_DECIMAL = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?")
_ROWS_LOGGED_MAX = 5


class FilterRow(msgspec.Struct, frozen=True):
    """One of a symbol's trading rules; each type of filter has a few of these fields."""

    filterType: str = ""
    tickSize: str = ""
    minPrice: str = ""
    maxPrice: str = ""
    stepSize: str = ""
    minQty: str = ""
    maxQty: str = ""
    minNotional: str = ""  # spot
    notional: str = ""  # futures, and what spot calls minNotional
    maxNotional: str = ""


class SymbolRow(msgspec.Struct, frozen=True):
    """A row of exchangeInfo, spot or futures; any field but ``symbol`` may be missing.

    Lists stay JSON until somebody reads them: most rows are never asked for theirs.
    """

    symbol: str
    status: str = ""
    contractStatus: str = ""
    baseAsset: str = ""
    quoteAsset: str = ""
    isSpotTradingAllowed: bool = True
    contractType: str = ""
    underlyingType: str = ""
    deliveryDate: int | None = None
    onboardDate: int | None = None
    marginAsset: str = ""
    isMarginTradingAllowed: bool = False
    baseAssetPrecision: int | None = None
    quotePrecision: int | None = None
    quoteAssetPrecision: int | None = None  # spot's newer name of the same
    pricePrecision: int | None = None
    quantityPrecision: int | None = None
    orderTypes: msgspec.Raw = msgspec.Raw(b"[]")
    timeInForce: msgspec.Raw = msgspec.Raw(b"[]")
    permissionSets: msgspec.Raw = msgspec.Raw(b"[]")
    filters: msgspec.Raw = msgspec.Raw(b"[]")

    def rules(self) -> dict[str, FilterRow]:
        """The filters by their type; raises ``msgspec.ValidationError`` on another shape."""
        filters = msgspec.json.decode(self.filters, type=list[FilterRow])
        return {rule.filterType: rule for rule in filters}


class TickerRow(msgspec.Struct, frozen=True):
    """A row of ticker/24hr, as decimal strings; volumes are over 24 hours."""

    symbol: str
    lastPrice: str | None = None
    openPrice: str | None = None
    highPrice: str | None = None
    lowPrice: str | None = None
    volume: str | None = None
    quoteVolume: str | None = None
    priceChangePercent: str | None = None


class Candle(msgspec.Struct, frozen=True, array_like=True):
    """The first eight of a kline's twelve fields; times in ms since 1970, the rest decimals."""

    open_at_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    close_at_ms: int
    quote_volume: str


class DepthRow(msgspec.Struct, frozen=True):
    """A book: ``[price, quantity]`` as decimal strings, best first on both sides."""

    lastUpdateId: int
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class OpenInterestRow(msgspec.Struct, frozen=True):
    """How much of a contract is open, in units of its base asset, and as of when."""

    symbol: str
    openInterest: str
    time: int


class FundingRow(msgspec.Struct, frozen=True):
    """How often a perpetual is funded, and between which rates."""

    symbol: str
    fundingIntervalHours: int
    adjustedFundingRateCap: str | None = None
    adjustedFundingRateFloor: str | None = None


class SessionRow(msgspec.Struct, frozen=True):
    """A stretch of a market's time, in ms since 1970; ``NO_TRADING`` while it is closed."""

    startTime: int
    endTime: int
    type: str


class _Schedule(msgspec.Struct):
    marketSchedules: dict[str, msgspec.Raw]


class _MarketSchedule(msgspec.Struct):
    sessions: list[SessionRow]


class PermissionsRow(msgspec.Struct, frozen=True):
    """What exchangeInfo says of who may trade a spot symbol: of each inner list one is needed."""

    symbol: str
    quoteAsset: str = ""
    permissionSets: list[list[str]] | None = None


class _SpotAccount(msgspec.Struct, frozen=True):
    permissions: list[str]


class _FuturesAccount(msgspec.Struct, frozen=True):
    assets: msgspec.Raw


class _ServerTime(msgspec.Struct, frozen=True):
    serverTime: int


class _Symbols(msgspec.Struct):
    symbols: list[SymbolRow]


class _Permissions(msgspec.Struct):
    symbols: list[PermissionsRow]


class _ExchangeInfoUnread(msgspec.Struct):
    symbols: list[msgspec.Raw]


def decode_exchange_info(body: bytes) -> list[SymbolRow]:
    """Read exchangeInfo; a row that cannot be understood is left out and logged."""
    return _symbols_of(body, _Symbols, SymbolRow)


def decode_tickers(body: bytes) -> dict[str, TickerRow]:
    """Read ticker/24hr into rows by symbol; a row that cannot be understood is left out."""
    try:
        rows = _decode(body, list[TickerRow])
    except msgspec.ValidationError:
        rows = _understood(_decode_or_fail(body, list[msgspec.Raw]), TickerRow)
    return {row.symbol: row for row in rows}


def decode_depth(body: bytes) -> DepthRow:
    """Read a book; one wrong level makes the whole of no use."""
    book: DepthRow = _decode_or_fail(body, DepthRow)
    numbers = (text for level in (*book.bids, *book.asks) for text in level)
    if any(decimal_or_none(text) is None for text in numbers):
        raise MalformedAnswer("Binance's order book holds what is no decimal")
    return book


def decode_klines(body: bytes) -> list[Candle]:
    """Read candles, oldest first; one that is wrong makes the whole of no use."""
    candles: list[Candle] = _decode_or_fail(body, list[Candle])
    numbers = (
        text
        for candle in candles
        for text in (candle.open, candle.high, candle.low, candle.close, candle.volume)
    )
    if any(decimal_or_none(text) is None for text in numbers):
        raise MalformedAnswer("a candle of Binance's holds what is no decimal")
    return candles


def decode_open_interest(body: bytes) -> OpenInterestRow:
    """Read one contract's open interest."""
    row: OpenInterestRow = _decode_or_fail(body, OpenInterestRow)
    if decimal_or_none(row.openInterest) is None:
        raise MalformedAnswer("Binance's open interest is no decimal")
    return row


def decode_funding_info(body: bytes) -> dict[str, FundingRow]:
    """Read fundingInfo into rows by symbol; a row that cannot be understood is left out."""
    rows = _understood(_decode_or_fail(body, list[msgspec.Raw]), FundingRow)
    return {row.symbol: row for row in rows if row.fundingIntervalHours > 0}


def decode_trading_schedule(body: bytes) -> dict[str, list[SessionRow]]:
    """Read tradingSchedule into sessions by market; one that cannot be understood is left out."""
    schedule: _Schedule = _decode_or_fail(body, _Schedule)
    found = {}
    for market, raw in schedule.marketSchedules.items():
        for understood in _understood([raw], _MarketSchedule):
            found[market] = sorted(understood.sessions, key=lambda row: row.startTime)
    return found


def decode_server_time(body: bytes) -> int:
    """Read the exchange's clock, in milliseconds since 1970."""
    answer: _ServerTime = _decode_or_fail(body, _ServerTime)
    return answer.serverTime


def decode_spot_account(body: bytes) -> list[str]:
    """Read what an account may trade: names that the symbols' permission sets hold."""
    account: _SpotAccount = _decode_or_fail(body, _SpotAccount)
    return account.permissions


def check_futures_account(body: bytes) -> None:
    """Raise ``MalformedAnswer`` unless it is a futures account."""
    _decode_or_fail(body, _FuturesAccount)


def decode_api_restrictions(body: bytes) -> dict[str, Any]:
    """Read what a key may do, whatever Binance calls it."""
    restrictions: dict[str, Any] = _decode_or_fail(body, dict[str, Any])
    return restrictions


def decode_permission_sets(body: bytes) -> list[PermissionsRow]:
    """Read exchangeInfo's permission sets; a row that cannot be understood is left out."""
    return _symbols_of(body, _Permissions, PermissionsRow)


def decimal_or_none(text: str | None) -> str | None:
    """The text if it is a plain decimal of sane length, else None (so no NaN and no 1e999)."""
    return text if text is not None and _DECIMAL.fullmatch(text) else None


@lru_cache(maxsize=1_000)  # eleven of each pair, and most of them are others' too
def without_trailing_zeros(text: str) -> str:
    """ "0.01000000" -> "0.01", "1.00000000" -> "1"; "" for what is no decimal."""
    if decimal_or_none(text) is None:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _symbols_of(body: bytes, whole: type[msgspec.Struct], row_type: type[Row]) -> list[Row]:
    try:
        rows: list[Row] = _decode(body, whole).symbols
    except msgspec.ValidationError:
        rows = _understood(_decode_or_fail(body, _ExchangeInfoUnread).symbols, row_type)
    return rows


def _decode(body: bytes, shape: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedAnswer("Binance's answer is not JSON") from error


def _decode_or_fail(body: bytes, shape: Any) -> Any:
    try:
        return _decode(body, shape)
    except msgspec.ValidationError as error:
        raise MalformedAnswer("Binance's answer has another shape than its endpoint's") from error


def _understood(raw_rows: list[msgspec.Raw], row_type: type[Row]) -> list[Row]:
    rows: list[Row] = []
    left_out = 0
    for raw in raw_rows:
        try:
            rows.append(msgspec.json.decode(raw, type=row_type))
        except msgspec.ValidationError as error:
            left_out += 1
            if left_out <= _ROWS_LOGGED_MAX:
                log.warning("left out a row that cannot be understood: %s", error)
    if left_out > _ROWS_LOGGED_MAX:
        log.warning("left out %d such rows in all", left_out)
    return rows
