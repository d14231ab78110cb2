"""A source of lists under a test's control: the edge of the catalogue."""

from __future__ import annotations

import threading
import time

from webapp.binance.errors import BinanceError, Unreachable
from webapp.symbols.listing import Market, Pair, SymbolList
from webapp.symbols.refresher import OnFailedAttempt


def listing(*symbols: str, listed_at: float | None = None, market: Market = "spot") -> SymbolList:
    pairs = tuple(
        Pair(
            symbol=symbol,
            base_asset=symbol.removesuffix("USDT"),
            quote_asset="USDT",
            status="TRADING",
        )
        for symbol in symbols
    )
    return SymbolList(market, pairs, time.time() if listed_at is None else listed_at, None)


class ScriptedSource:
    """Gives the symbols it was last told, or fails as told; counts its fetches."""

    market: Market = "spot"

    def __init__(self, *symbols: str) -> None:
        self.symbols = symbols
        self.fetches = 0
        self.fails_with: BinanceError | None = None
        self.attempt_fails = False  # its first attempt fails, and then it hangs or goes on
        self.busy = 0.0
        self.goes_on = threading.Event()  # cleared, it makes a fetch hang until it is set
        self.goes_on.set()

    def fail(self, message: str = "Binance could not be reached") -> None:
        self.fails_with = Unreachable(message)

    def busy_seconds(self) -> float:
        return self.busy

    def fetch(self, on_failed_attempt: OnFailedAttempt) -> SymbolList:
        self.fetches += 1
        if self.attempt_fails:
            on_failed_attempt(Unreachable("Binance could not be reached"))
        self.goes_on.wait(timeout=30)
        if self.fails_with:
            raise self.fails_with
        return listing(*self.symbols)
