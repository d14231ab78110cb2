"""The immutable list of one market's pairs, and its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import msgspec

from webapp.bodies import success
from webapp.compression import KeptBody
from webapp.symbols.rules import TradingRules

Market = Literal["spot", "futures"]
MARKETS: tuple[Market, ...] = ("spot", "futures")


def market_named(name: str) -> Market | None:
    """The market that a stranger names, or None when there is none of that name."""
    return next((market for market in MARKETS if market == name), None)


class Pair(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One pair that trades, with its figures as they stood when the list was made.

    Prices, quantities and volumes are the exchange's own decimal strings; they are None when
    the 24-hour tickers were not to be had.
    """

    symbol: str
    base_asset: str
    quote_asset: str
    status: str
    contract_type: str = ""  # futures only; any name Binance invents
    delivery_at_ms: int | None = None  # dated contracts only
    underlying_type: str = ""  # futures only: COIN, EQUITY, COMMODITY, …
    rules: TradingRules = TradingRules()
    last_price: str | None = None
    open_price: str | None = None
    high_price: str | None = None
    low_price: str | None = None
    base_volume: str | None = None  # in the base asset, over 24 hours
    quote_volume: str | None = None  # USDT over 24 hours
    change_percent: str | None = None  # over 24 hours, "-2.07" is minus 2.07 %

    @property
    def tick_size(self) -> str:
        return self.rules.tick_size

    @property
    def step_size(self) -> str:
        return self.rules.step_size

    @property
    def is_dated(self) -> bool:
        """Whether the contract is delivered on a day of its own (not spot, not perpetual)."""
        return bool(self.contract_type) and "PERPETUAL" not in self.contract_type

    @property
    def is_tradfi(self) -> bool:
        """Whether it follows a price of another kind of exchange, which has opening hours."""
        return self.contract_type == "TRADIFI_PERPETUAL"


class ListedPair(msgspec.Struct, rename="camel"):
    """A pair as the API's list tells it."""

    symbol: str
    base_asset: str
    quote_asset: str
    status: str


class ListedPairs(msgspec.Struct):
    """A market's pairs that trade, popular first."""

    market_type: Market
    symbols: list[ListedPair]
    count: int


class _StoredList(msgspec.Struct):
    market: Market
    listed_at: float
    tickers_at: float | None
    answer: msgspec.Raw
    pairs: tuple[Pair, ...]
    not_trading: dict[str, str] = {}


class SymbolList:
    """One market's pairs in the order in which they are served, and the API's answer as bytes.

    ``listed_at`` and ``tickers_at`` are epoch seconds by this machine's clock, at which Binance
    gave the list and the 24-hour figures; ``tickers_at`` is None when it gave none.
    ``not_trading`` has the exchange's word for the state of each USDT pair that is listed and does
    not trade. ``body`` is made once, with the list, and travels with it: nobody encodes it again.
    """

    def __init__(
        self,
        market: Market,
        pairs: tuple[Pair, ...],
        listed_at: float,
        tickers_at: float | None,
        not_trading: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> None:
        self.market = market
        self.pairs = pairs
        self.listed_at = listed_at
        self.tickers_at = tickers_at
        self.not_trading = dict(not_trading or {})
        self.body = KeptBody(body or _answer_body(market, pairs))

    @property
    def count(self) -> int:
        return len(self.pairs)

    @cached_property
    def by_symbol(self) -> dict[str, Pair]:
        return {pair.symbol: pair for pair in self.pairs}

    def knows(self, symbol: str) -> bool:
        """Whether it is a USDT pair of the exchange, trading or not."""
        return symbol in self.by_symbol or symbol in self.not_trading

    def to_bytes(self) -> bytes:
        """The list as JSON, to be stored; ``from_bytes`` reads it back."""
        return msgspec.json.encode(
            _StoredList(
                market=self.market,
                listed_at=self.listed_at,
                tickers_at=self.tickers_at,
                answer=msgspec.Raw(self.body.content),
                pairs=self.pairs,
                not_trading=self.not_trading,
            )
        )

    @classmethod
    def from_bytes(cls, stored: bytes) -> SymbolList:
        """Read what ``to_bytes`` wrote; raises ``ValueError`` on anything else."""
        record = msgspec.json.decode(stored, type=_StoredList)
        if not record.pairs:
            raise ValueError("a stored symbol list holds no pair")
        return cls(
            record.market,
            record.pairs,
            record.listed_at,
            record.tickers_at,
            record.not_trading,
            bytes(record.answer),
        )


def _answer_body(market: Market, pairs: tuple[Pair, ...]) -> bytes:
    listed = [
        ListedPair(pair.symbol, pair.base_asset, pair.quote_asset, pair.status) for pair in pairs
    ]
    return success(ListedPairs(market, listed, len(listed)))
