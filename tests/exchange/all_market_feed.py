"""Speaks on the all-market streams: tickers of what changed, mark prices, best quotes."""

from collections.abc import Callable, Iterable

from tests.exchange import events
from tests.exchange.flow import STEP_MS
from tests.exchange.hub import Hub
from tests.exchange.mark_price import mark_event
from tests.exchange.rows import dump
from tests.exchange.state import State
from tests.exchange.tickers import mini_event, ticker_event
from tests.exchange.venue import Venue


class AllMarketFeed:
    """The all-market streams of one venue; `note` collects what traded until `send` is due."""

    def __init__(self, venue: Venue, hub: Hub) -> None:
        self.venue, self.hub = venue, hub
        self._changed: dict[State, None] = {}

    def note(self, states: Iterable[State]) -> None:
        """Remember that these symbols changed."""
        self._changed.update(dict.fromkeys(states))

    def send(self, now_ms: int) -> None:
        """Send the streams whose time has come."""
        period_ms = self.venue.mini_ticker_period_ms
        if now_ms % period_ms >= STEP_MS:
            return
        states = [state for state in self._changed if state.inst.trading]
        self._changed = {}
        for stream in list(self.hub.by_symbol.get("", {}).values()):
            if stream.channel == "allMiniTickers":
                self._send_rows(stream.name, states, mini_event, now_ms)
            elif stream.channel == "allTickers":
                self._send_rows(stream.name, states, ticker_event, now_ms)
            elif stream.channel == "allMarkPrices" and now_ms % stream.period_ms < period_ms:
                self._send_mark_prices(stream.name, now_ms)
            elif stream.channel == "tradingSession":
                for event in self.venue.sessions.events(now_ms):
                    self.hub.publish(stream.name, event)
            elif stream.channel == "allBookTickers" and now_ms % stream.period_ms < period_ms:
                self._send_quotes(stream.name, now_ms)

    def _send_rows(
        self, name: str, states: list[State], write: Callable[[Venue, State, int], str], now_ms: int
    ) -> None:
        if states:
            rows = ",".join([write(self.venue, state, now_ms) for state in states])
            self.hub.publish(name, f"[{rows}]")

    def _send_mark_prices(self, name: str, now_ms: int) -> None:
        """Send all mark prices; TradFi contracts come in a message of their own."""
        perpetual = [
            state
            for state in self.venue.market.states.values()
            if state.inst.trading and state.inst.contract_type.endswith("PERPETUAL")
        ]
        for tradfi in (False, True):
            chosen = [s for s in perpetual if s.inst.contract_type.startswith("TRADIFI") == tradfi]
            if chosen:
                self.hub.publish(name, dump([mark_event(state, now_ms) for state in chosen]))

    def _send_quotes(self, name: str, now_ms: int) -> None:
        for state in self.venue.market.states.values():
            quote = self.venue.quote(state)
            if quote.bid:
                event = events.book_ticker(state.inst, quote, now_ms, futures=self.venue.futures)
                self.hub.publish(name, event)
