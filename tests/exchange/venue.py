"""One venue: its market, who watches what, and its bookkeeping."""

from dataclasses import dataclass
from time import time

from tests.exchange.counts import Counts
from tests.exchange.faults import Faults
from tests.exchange.flow import Flow
from tests.exchange.market import Market
from tests.exchange.signing import ApiKey
from tests.exchange.state import State
from tests.exchange.trading_sessions import TradingSessions
from tests.exchange.weights import Limiter, Limits

VENUES = ("spot", "futures", "spot_testnet", "futures_testnet")
_FORGET_BOOK_AFTER_MS = 60_000


@dataclass(slots=True)
class Quote:
    """Best bid and ask: prices in ticks, quantities in lots, the book's update id."""

    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int
    update_id: int


class Venue:
    """What REST, streams and control share of one venue.

    `flows` holds the symbols somebody looks at.
    """

    def __init__(self, name: str, market: Market, faults: Faults, keys: dict[str, ApiKey]) -> None:
        self.name, self.market, self.faults, self.keys = name, market, faults, keys
        self.futures, self.testnet = name.startswith("futures"), name.endswith("testnet")
        self.counts = Counts()
        self.limiter = Limiter(_limits(name, futures=self.futures))
        self.flows: dict[str, Flow] = {}
        self.updates_per_second: float | None = None  # None: a natural rate
        self.mini_ticker_period_ms = 1000
        self.clock_ahead_ms = 0  # by which its clock differs from the machine's, for signed calls
        self.frozen = False  # nothing happens any more; what has happened is still told
        self.sessions = TradingSessions()
        self.recorded_tickers: dict[str, dict[str, object]] = {}

    @property
    def now_ms(self) -> int:
        """Give the exchange's clock."""
        return int(time() * 1000)

    def watch(self, state: State) -> Flow:
        """Look at a symbol's book and trades.

        From now on they move in steps of 50 ms, until nobody asks for a minute.
        """
        symbol = state.inst.symbol
        flow = self.flows.get(symbol)
        if flow is None:
            flow = self.flows[symbol] = Flow(state, self.now_ms, futures=self.futures)
        flow.looked_at_ms = self.now_ms
        return flow

    def quotes_per_second(self) -> float:
        """Give how often each watched symbol's best quantities must change to reach the rate asked
        for.
        """
        return (
            0.0
            if self.updates_per_second is None
            else self.updates_per_second / max(1, len(self.flows))
        )

    def watched(self, state: State) -> bool:
        """Say whether the symbol's trades come from its flow."""
        return state.inst.symbol in self.flows

    def forget(self, now_ms: int) -> None:
        """Drop the books nobody has looked at for a minute."""
        for symbol in [
            s
            for s, flow in self.flows.items()
            if now_ms - flow.looked_at_ms > _FORGET_BOOK_AFTER_MS
        ]:
            del self.flows[symbol]

    def quote(self, state: State) -> Quote:
        """Give best bid and ask, from the book when there is one."""
        flow = self.flows.get(state.inst.symbol)
        if flow is not None and flow.book.best_bid and flow.book.best_ask:
            book = flow.book
            return Quote(
                book.best_bid,
                book.bids[book.best_bid],
                book.best_ask,
                book.asks[book.best_ask],
                book.update_id,
            )
        if not state.inst.trading:
            return Quote(0, 0, 0, 0, 0)
        bid = max(1, state.last - state.spread) if state.last_id % 2 else state.last
        return Quote(
            bid,
            state.trade_size(bid) * 9,
            bid + state.spread,
            state.trade_size(bid + 1) * 9,
            self.now_ms,
        )


def _limits(name: str, *, futures: bool) -> Limits:
    """Give Binance's limits: 2,400 weight a minute on USD-M mainnet, 6,000 elsewhere.

    Futures pings every 3 minutes.
    """
    if not futures:
        return Limits(6000)
    return Limits(
        2400 if name == "futures" else 6000,
        messages_per_second=10,
        ping_seconds=180.0,
        pong_within_seconds=600.0,
    )
