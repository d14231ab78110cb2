"""Speaks on a venue's streams: what happens in its market, at the speed each stream has."""

from tests.exchange import events
from tests.exchange.all_market_feed import AllMarketFeed
from tests.exchange.depth_feed import DepthFeed
from tests.exchange.flow import STEP_MS, Flow
from tests.exchange.hub import Hub
from tests.exchange.instrument import Instrument
from tests.exchange.klines import candle_at, next_open, open_time, stream_kline, zone_offset_ms
from tests.exchange.mark_price import mark_event
from tests.exchange.rows import dump
from tests.exchange.state import State
from tests.exchange.stream_names import WATCH_CHANNELS, Stream
from tests.exchange.tickers import mini_event, ticker_event
from tests.exchange.venue import Venue

_ROLLED_A_STEP = 8


class Feeds:
    """The clockwork of one venue: moves its market and tells its streams, every 50 ms."""

    def __init__(self, venue: Venue, hub: Hub) -> None:
        self.venue, self.hub, self.market = venue, hub, venue.market
        self._depth = DepthFeed(venue, hub)
        self._all_market = AllMarketFeed(venue, hub)
        self._owed = 0.0  # updates not made yet, when a rate is asked for
        self._sent_quotes: dict[str, int] = {}  # bookTicker stream -> update id last looked at
        self._sent_tops: dict[str, tuple[int, int, int, int]] = {}
        self._sent_trades: dict[str, int] = {}  # kline, ticker … stream -> last trade id it told
        self._open_candles: dict[str, int] = {}  # kline stream -> when its candle began
        self.market.on_change.append(self._announce_contract)

    def tick(self, now_ms: int) -> None:
        """Send the diffs of the steps before, then move on to now and send the rest.

        So a snapshot taken between two ticks holds changes that are not on the stream yet, as on
        the real exchange.
        """
        self._depth.send(now_ms)
        if not self.venue.frozen:
            self._walk(now_ms)
            self._step_flows(now_ms)
        self._send_symbol_streams(now_ms)
        self._all_market.send(now_ms)

    def _walk(self, now_ms: int) -> None:
        new_second, rate = now_ms // 1000 != self.market.second, self.venue.updates_per_second
        if rate is not None:
            self._owed += rate * STEP_MS / 1000
            count, self._owed = int(self._owed), self._owed % 1
            skip = self.venue.watched
            self._all_market.note(self.market.trade_some(count, now_ms // 1000, skip))
        elif new_second:
            self._all_market.note(self.market.advance(now_ms // 1000, self.venue.watched))
        if new_second:
            self.venue.forget(now_ms)
        self.market.roll_some(_ROLLED_A_STEP)

    def _step_flows(self, now_ms: int) -> None:
        for symbol, streams in self.hub.by_symbol.items():
            state = self.market.by_stream_name.get(symbol)
            if state is not None and any(s.channel in WATCH_CHANNELS for s in streams.values()):
                self.venue.watch(state)
        quotes = self.venue.quotes_per_second()
        for flow in self.venue.flows.values():
            flow.quotes_per_second = quotes
            flow.step(now_ms)
            if flow.fresh:
                self._all_market.note([flow.state])

    def _send_symbol_streams(self, now_ms: int) -> None:
        for symbol, streams in list(self.hub.by_symbol.items()):
            state = self.market.by_stream_name.get(symbol)
            if state is None:
                continue
            flow = self.venue.flows.get(state.inst.symbol)
            for stream in list(streams.values()):
                if stream.channel not in WATCH_CHANNELS:
                    if now_ms % stream.period_ms < STEP_MS:
                        self._send_periodic(stream, state, now_ms)
                elif flow is not None:
                    self._send_watched(stream, flow, now_ms)

    def _send_watched(self, stream: Stream, flow: Flow, now_ms: int) -> None:
        inst, futures = flow.state.inst, self.venue.futures
        if stream.channel == "bookTicker":
            self._send_quote(stream.name, flow, now_ms)
        elif stream.channel == "aggTrade" and not self.venue.frozen:
            for trade in flow.fresh:
                self.hub.publish(stream.name, events.agg_trade(inst, trade, futures=futures))
        elif stream.channel == "trade" and not self.venue.frozen:
            for trade in flow.fresh:
                self.hub.publish(stream.name, events.single_trade(inst, trade))

    def _send_quote(self, name: str, flow: Flow, now_ms: int) -> None:
        if self._sent_quotes.get(name) == flow.book.update_id:
            return
        self._sent_quotes[name] = flow.book.update_id
        quote = self.venue.quote(flow.state)
        top = (quote.bid, quote.bid_quantity, quote.ask, quote.ask_quantity)
        if quote.bid and self._sent_tops.get(name) != top:
            self._sent_tops[name] = top
            inst, futures = flow.state.inst, self.venue.futures
            self.hub.publish(name, events.book_ticker(inst, quote, now_ms, futures=futures))

    def _send_periodic(self, stream: Stream, state: State, now_ms: int) -> None:
        """Send a ticker or candle if the symbol traded since the last one, a mark price always."""
        if stream.channel == "markPrice":
            self.hub.publish(stream.name, dump(mark_event(state, now_ms)))
            return
        if stream.channel == "kline" and state.inst.trading and not self.venue.frozen:
            self._close_candle(stream, state, now_ms)
        if not state.inst.trading or self._sent_trades.get(stream.name) == state.last_id:
            return
        self._sent_trades[stream.name] = state.last_id
        if stream.channel == "kline":
            self._send_kline(stream, state, now_ms)
        else:
            write = mini_event if stream.channel == "miniTicker" else ticker_event
            self.hub.publish(stream.name, write(self.venue, state, now_ms))

    def _close_candle(self, stream: Stream, state: State, now_ms: int) -> None:
        """Tell the candle that has just ended for the last time, traded or not."""
        zone_ms = zone_offset_ms(stream.zone)
        open_ms = open_time(stream.interval, now_ms, zone_ms)
        before_ms = self._open_candles.get(stream.name, open_ms)
        self._open_candles[stream.name] = open_ms
        # An older one was left open when the last listener went.
        if before_ms < open_ms == next_open(stream.interval, before_ms, zone_ms):
            self._publish_kline(stream, state, before_ms, now_ms)

    def _send_kline(self, stream: Stream, state: State, now_ms: int) -> None:
        open_ms = open_time(stream.interval, now_ms, zone_offset_ms(stream.zone))
        self._publish_kline(stream, state, open_ms, now_ms)

    def _publish_kline(self, stream: Stream, state: State, open_ms: int, now_ms: int) -> None:
        zone_ms = zone_offset_ms(stream.zone)
        candle = candle_at(state, stream.interval, open_ms, now_ms, zone_ms)
        body = stream_kline(state, stream.interval, candle, now_ms)
        self.hub.publish(stream.name, events.kline(state, body, now_ms))

    def _announce_contract(self, instrument: Instrument) -> None:
        if self.venue.futures and "!contractInfo" in self.hub.streams:
            event = events.contract_info(instrument, self.venue.now_ms)
            self.hub.publish("!contractInfo", event)
