"""Speaks on the depth streams: partial books and diffs, each at its own speed."""

from tests.exchange import events
from tests.exchange.flow import STEP_MS, Flow
from tests.exchange.hub import Hub
from tests.exchange.stream_names import Stream
from tests.exchange.venue import Venue


class DepthFeed:
    """The depth streams of one venue; `send` is called every 50 ms, before anything new happens."""

    def __init__(self, venue: Venue, hub: Hub) -> None:
        self.venue, self.hub = venue, hub
        self._sent_books: dict[str, int] = {}  # partial depth stream -> update id last sent

    def send(self, now_ms: int) -> None:
        """Send what is due now."""
        for flow in list(self.venue.flows.values()):
            streams = self.hub.by_symbol.get(flow.stream_symbol)
            if streams is None:
                flow.book.follow(set())
                continue
            diffs = [stream for stream in streams.values() if stream.channel == "depth"]
            flow.book.follow({stream.period_ms for stream in diffs})
            self._send_diffs(flow, diffs, now_ms)
            for stream in streams.values():
                if stream.channel == "partialDepth" and now_ms % stream.period_ms < STEP_MS:
                    self._send_partial(flow, stream, now_ms)

    def _send_diffs(self, flow: Flow, diffs: list[Stream], now_ms: int) -> None:
        for speed in {stream.period_ms for stream in diffs if now_ms % stream.period_ms < STEP_MS}:
            changes, last = flow.book.take_changes(speed), flow.book.update_id
            if changes is None:
                continue
            payload = events.depth_update(flow, changes, last, now_ms, futures=self.venue.futures)
            for stream in diffs:
                if stream.period_ms == speed and not self._fault("gap", stream.name):
                    self.hub.publish(stream.name, self._crossed(stream.name, flow, payload))

    def _send_partial(self, flow: Flow, stream: Stream, now_ms: int) -> None:
        """Send the best levels if they changed, or if somebody has just begun to listen."""
        newest = flow.book.update_id
        previous = self._sent_books.get(stream.name, newest - 1)
        if previous == newest and stream.name not in self.hub.just_subscribed:
            return
        self.hub.just_subscribed.discard(stream.name)
        self._sent_books[stream.name] = newest
        payload = events.partial_depth(
            flow, stream.levels, now_ms, previous, futures=self.venue.futures
        )
        self.hub.publish(stream.name, self._crossed(stream.name, flow, payload))

    def _crossed(self, name: str, flow: Flow, payload: str) -> str:
        """Slip in a bid above the best ask, when a "crossed" fault asks for it."""
        if not self._fault("crossed", name):
            return payload
        price, lot = flow.state.inst.price, flow.state.inst.lot
        level = f'["{price.text(flow.book.best_ask + 1)}","{lot.text(777)}"]'
        side = '"b":[' if '"b":[' in payload else '"bids":['
        comma = "" if side + "]" in payload else ","
        return payload.replace(side, side + level + comma, 1)

    def _fault(self, kind: str, name: str) -> bool:
        faults = self.venue.faults
        if not faults.any_stream_faults():
            return False
        return faults.stream(kind, self.venue.name, name) is not None
