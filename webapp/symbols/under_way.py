"""A refresh that goes on in the background, as those see it who wait for it."""

from __future__ import annotations

import time
from concurrent.futures import Future

from webapp.binance.errors import BinanceError
from webapp.symbols.listing import SymbolList


class UnderWay:
    """Two futures of one refresh.

    ``outcome`` holds the list or the error that ended it; ``first_news`` the same, or the error of
    the first attempt where others follow: who has something else to serve need not wait for them.
    """

    def __init__(self) -> None:
        self._began_at = time.monotonic()
        self.outcome: Future[SymbolList] = Future()
        self.first_news: Future[SymbolList] = Future()

    def seconds_left(self, budget_seconds: float) -> float:
        """What is left of a budget that counts from the refresh's begin, whoever waits for it."""
        return max(0.0, self._began_at + budget_seconds - time.monotonic())

    @property
    def has_failed_once(self) -> bool:
        """Whether the first attempt failed, whatever becomes of those that follow."""
        return self.first_news.done() and self.first_news.exception() is not None

    def succeed(self, listing: SymbolList) -> None:
        self.outcome.set_result(listing)
        if not self.first_news.done():
            self.first_news.set_result(listing)

    def fail(self, error: BaseException) -> None:
        self.outcome.set_exception(error)
        if not self.first_news.done():
            self.first_news.set_exception(error)

    def attempt_failed(self, error: BinanceError) -> None:
        if not self.first_news.done():
            self.first_news.set_exception(error)
