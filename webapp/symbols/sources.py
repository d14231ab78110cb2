"""Where a market's list comes from: two calls to Binance, joined into a ``SymbolList``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from webapp.binance.answers import (
    SymbolRow,
    TickerRow,
    decimal_or_none,
    decode_exchange_info,
    decode_tickers,
)
from webapp.binance.client import BinanceClient
from webapp.binance.errors import BinanceError, MalformedAnswer
from webapp.symbols.listing import Market, Pair, SymbolList
from webapp.symbols.ranking import by_popularity
from webapp.symbols.rules import rules_of

log = logging.getLogger(__name__)

OnFailedAttempt = Callable[[BinanceError], None]

# Request weight that an address may use in a minute; exchangeInfo's rateLimits say the same.
SPOT_WEIGHT_PER_MINUTE = 6000
FUTURES_WEIGHT_PER_MINUTE = 2400

QUOTE_ASSET = "USDT"
TRADING = "TRADING"


@dataclass(frozen=True)
class PublicSource:
    """A venue's public endpoints: ``fetch`` costs one exchangeInfo and one ticker/24hr call.

    Request weight of one fetch: spot 20 + 80 of 6,000 a minute, futures 1 + 40 of 2,400.
    """

    market: Market
    client: BinanceClient
    exchange_info_path: str
    tickers_path: str
    exchange_info_params: Mapping[str, str] = field(default_factory=dict)
    tickers_params: Mapping[str, str] = field(default_factory=dict)

    def fetch(self, on_failed_attempt: OnFailedAttempt = lambda _error: None) -> SymbolList:
        """Ask Binance for the list as it stands; raises ``BinanceError``."""
        listed_at = time.time()  # before the question: a list is never older than it says
        # Each row keeps the whole answer: none may be left when the next answer comes.
        listed, not_trading = self._listed(on_failed_attempt)
        tickers_at = time.time()
        tickers = self._tickers()
        pairs = by_popularity(_with_figures(pair, tickers.get(pair.symbol)) for pair in listed)
        if not pairs:
            raise MalformedAnswer(f"Binance's {self.market} list holds no USDT pair that trades")
        return SymbolList(
            self.market, pairs, listed_at, tickers_at if tickers else None, not_trading
        )

    def busy_seconds(self) -> float:
        """How long background work should leave the venue alone."""
        return self.client.busy_seconds()

    def _listed(self, on_failed_attempt: OnFailedAttempt) -> tuple[list[Pair], dict[str, str]]:
        """The pairs that trade, without their figures, and the states of those that do not."""
        rows = decode_exchange_info(
            self.client.get(self.exchange_info_path, self.exchange_info_params, on_failed_attempt)
        )
        return list(_pairs(rows)), _not_trading(rows)

    def _tickers(self) -> dict[str, TickerRow]:
        # The figures only rank and fill the first paint: without them there is still a list.
        try:
            return decode_tickers(self.client.get(self.tickers_path, self.tickers_params))
        except BinanceError as error:
            log.warning("no 24-hour tickers for the %s list: %s", self.market, error)
            return {}


def spot_source(client: BinanceClient) -> PublicSource:
    """The spot venue; without permission sets its exchangeInfo is a third of its 16 MB.

    It could be a third of that again with the pairs that trade alone, but then nobody could say
    why one is gone. The tickers carry dead symbols too unless told not to.
    """
    return PublicSource(
        "spot",
        client,
        "/api/v3/exchangeInfo",
        "/api/v3/ticker/24hr",
        {"showPermissionSets": "false"},
        {"symbolStatus": TRADING},
    )


def futures_source(client: BinanceClient) -> PublicSource:
    """The USD-M futures venue; its exchangeInfo takes no parameters."""
    return PublicSource("futures", client, "/fapi/v1/exchangeInfo", "/fapi/v1/ticker/24hr")


def _pairs(rows: Iterable[SymbolRow]) -> Iterable[Pair]:
    seen: set[str] = set()
    for row in rows:
        if not _trades_against_usdt(row):
            continue
        if row.symbol in seen:
            log.warning("left out the second row of symbol %s", row.symbol[:40])
            continue
        seen.add(row.symbol)
        yield _pair(row)


def _not_trading(rows: Iterable[SymbolRow]) -> dict[str, str]:
    states = {
        row.symbol: row.status or row.contractStatus
        for row in rows
        if row.symbol and row.quoteAsset == QUOTE_ASSET
    }
    return {symbol: state for symbol, state in states.items() if state not in ("", TRADING)}


def _trades_against_usdt(row: SymbolRow) -> bool:
    return (
        row.quoteAsset == QUOTE_ASSET
        and TRADING in (row.status, row.contractStatus)
        and row.isSpotTradingAllowed  # false for the leveraged tokens of old
        and bool(row.symbol and row.baseAsset)
    )


def _pair(row: SymbolRow) -> Pair:
    pair = Pair(
        symbol=row.symbol,
        base_asset=row.baseAsset,
        quote_asset=row.quoteAsset,
        status=TRADING,
        contract_type=row.contractType,
        underlying_type=row.underlyingType,
        rules=rules_of(row),
    )
    if not pair.is_dated:
        return pair
    return msgspec.structs.replace(pair, delivery_at_ms=row.deliveryDate)


def _with_figures(pair: Pair, ticker: TickerRow | None) -> Pair:
    if ticker is None:
        return pair
    return msgspec.structs.replace(
        pair,
        last_price=decimal_or_none(ticker.lastPrice),
        open_price=decimal_or_none(ticker.openPrice),
        high_price=decimal_or_none(ticker.highPrice),
        low_price=decimal_or_none(ticker.lowPrice),
        base_volume=decimal_or_none(ticker.volume),
        quote_volume=decimal_or_none(ticker.quoteVolume),
        change_percent=decimal_or_none(ticker.priceChangePercent),
    )
