"""Who subscribes to what on one venue, and how a frame reaches them."""

from tests.exchange.connection import Connection
from tests.exchange.stream_names import Stream, parse
from tests.exchange.venue import Venue


class Hub:
    """The open connections of a venue and, for every stream that can speak, its listeners."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.connections: set[Connection] = set()
        self.streams: dict[str, Stream] = {}
        self._listeners: dict[str, set[Connection]] = {}
        self.by_symbol: dict[str, dict[str, Stream]] = {}
        self.just_subscribed: set[str] = set()

    def subscribe(self, connection: Connection, name: str) -> None:
        """Note a subscription.

        An unknown name, or one on the wrong route, is accepted and never hears anything.
        """
        connection.subscriptions[name] = None
        self.venue.counts.sockets.subscribed[name] += 1
        stream = parse(name, futures=self.venue.futures)
        if stream is None or not connection.hears(stream):
            return
        self._listeners.setdefault(name, set()).add(connection)
        self.streams[name] = stream
        self.just_subscribed.add(name)
        self.by_symbol.setdefault(stream.symbol, {})[name] = stream

    def unsubscribe(self, connection: Connection, name: str) -> None:
        """Forget a subscription."""
        connection.subscriptions.pop(name, None)
        listeners = self._listeners.get(name)
        if listeners is None:
            return
        listeners.discard(connection)
        if not listeners:
            stream = self.streams.pop(name)
            del self._listeners[name]
            self.just_subscribed.discard(name)
            del self.by_symbol[stream.symbol][name]
            if not self.by_symbol[stream.symbol]:
                del self.by_symbol[stream.symbol]

    def leave(self, connection: Connection) -> None:
        """Forget a connection and all it asked for."""
        for name in list(connection.subscriptions):
            self.unsubscribe(connection, name)
        self.connections.discard(connection)

    def listeners(self, name: str) -> set[Connection]:
        """Give the connections that hear a stream."""
        return self._listeners.get(name, set())

    def publish(self, name: str, payload: str) -> None:
        """Send a stream's payload to its listeners, each in the form it chose (raw or combined)."""
        faults = self.venue.faults
        if faults.any_stream_faults() and faults.stream("silent", self.venue.name, name):
            return
        combined = ""
        for connection in self.listeners(name):
            if connection.combined:
                combined = combined or f'{{"stream":"{name}","data":{payload}}}'
            connection.send_frame(combined if connection.combined else payload, name)

    def live_subscriptions(self) -> dict[str, int]:
        """Give the number of open subscriptions by name, silent ones included."""
        totals: dict[str, int] = {}
        for connection in self.connections:
            for name in connection.subscriptions:
                totals[name] = totals.get(name, 0) + 1
        return totals
