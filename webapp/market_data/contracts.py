"""What only REST tells of a futures contract: open interest, funding interval, opening hours.

Open interest costs weight 1 for each contract that somebody looks at, fundingInfo none (it has a
limit of 500 calls in five minutes), tradingSchedule 5.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import msgspec

from webapp.binance.answers import (
    FundingRow,
    OpenInterestRow,
    SessionRow,
    decode_funding_info,
    decode_open_interest,
    decode_trading_schedule,
)
from webapp.binance.client import BinanceClient
from webapp.market_data.on_demand import MarketDataUnavailable, OnDemand
from webapp.symbols.listing import Pair

__all__ = ["OPEN_INTEREST_SECONDS", "Contract", "Contracts", "SessionRow"]

OPEN_INTEREST_SECONDS = 30
FUNDING_SECONDS = 3_600
SCHEDULE_SECONDS = 1_800
# Of a contract that fundingInfo does not list: it lists only those that were adjusted.
USUAL_FUNDING_HOURS = 8
# As many as lead to the next opening, over a long holiday too.
_SESSIONS_MAX = 40

Told = TypeVar("Told")


class Contract(NamedTuple):
    """What could be had; None is what could not, or what the contract has none of."""

    open_interest: OpenInterestRow | None
    taken_at: float  # when the open interest was asked for, in epoch seconds
    funding: FundingRow | None
    sessions: list[SessionRow] | None


class Contracts:
    """Asks Binance once for all who look, and gives what it tells."""

    def __init__(self, on_demand: OnDemand) -> None:
        self._on_demand = on_demand

    def get(self, pair: Pair) -> Contract:
        """``MarketDataUnavailable`` only when nothing at all is to be had."""
        problems: list[MarketDataUnavailable] = []

        def told(ask: Callable[[], Told]) -> Told | None:
            try:
                return ask()
            except MarketDataUnavailable as problem:
                problems.append(problem)
                return None

        interest = told(lambda: self._open_interest(pair.symbol))
        funding = None if pair.is_dated else told(lambda: self._funding(pair.symbol))
        sessions = told(lambda: self._sessions(pair.underlying_type)) if pair.is_tradfi else None
        if problems and interest is None and funding is None and sessions is None:
            raise problems[0]
        row, taken_at = interest or (None, time.time())
        return Contract(row, taken_at, funding, sessions)

    def _open_interest(self, symbol: str) -> tuple[OpenInterestRow, float]:
        def fetch(client: BinanceClient) -> bytes:
            body = client.get("/fapi/v1/openInterest", {"symbol": symbol})
            return msgspec.json.encode(decode_open_interest(body))

        answer = self._on_demand.get(
            "futures", f"openinterest:{symbol}", OPEN_INTEREST_SECONDS, fetch
        )
        return msgspec.json.decode(answer.body, type=OpenInterestRow), answer.taken_at

    def _funding(self, symbol: str) -> FundingRow:
        def fetch(client: BinanceClient) -> bytes:
            return msgspec.json.encode(decode_funding_info(client.get("/fapi/v1/fundingInfo")))

        answer = self._on_demand.get("futures", "fundinginfo", FUNDING_SECONDS, fetch)
        adjusted = msgspec.json.decode(answer.body, type=dict[str, FundingRow])
        return adjusted.get(symbol) or FundingRow(symbol, USUAL_FUNDING_HOURS)

    def _sessions(self, market: str) -> list[SessionRow] | None:
        """From the present one on; None of a market that the schedule does not tell of."""

        def fetch(client: BinanceClient) -> bytes:
            body = client.get("/fapi/v1/tradingSchedule")
            return msgspec.json.encode(decode_trading_schedule(body))

        answer = self._on_demand.get("futures", "tradingschedule", SCHEDULE_SECONDS, fetch)
        schedule = msgspec.json.decode(answer.body, type=dict[str, list[SessionRow]])
        if market not in schedule:
            return None
        now_ms = time.time() * 1000
        return [row for row in schedule[market] if row.endTime > now_ms][:_SESSIONS_MAX]
