"""One WebSocket client: its subscriptions, its limits and its outgoing frames."""

import asyncio
import re
from collections import deque
from time import monotonic

from aiohttp import WSCloseCode, web
from aiohttp.client_exceptions import ClientConnectionResetError

from tests.exchange.faults import Fault
from tests.exchange.stream_names import Stream
from tests.exchange.venue import Venue

_MAX_BACKLOG_FRAMES = (
    20_000  # a client that falls this far behind is dropped, as any exchange would
)
_TIME_FIELD = re.compile(r'"(E|T|t|O|C)":(\d{13})(?=[,}])')


class Connection:
    """A client's socket. `route` is the futures path it came by.

    Public, market, private, "legacy" or, on spot, "spot".
    """

    def __init__(
        self, venue: Venue, socket: web.WebSocketResponse, transport: asyncio.Transport | None,
        route: str, *,
        combined: bool, microseconds: bool,
    ) -> None:  # fmt: skip
        self.venue, self.socket, self.route = venue, socket, route
        self._transport = transport
        self.combined, self.microseconds = combined, microseconds
        self.subscriptions: dict[str, None] = {}
        self.last_pong = monotonic()
        self._incoming: deque[float] = deque()
        self._outgoing: deque[str] = deque()
        self._wake = asyncio.Event()
        self._held: str | None = None

    def hears(self, stream: Stream) -> bool:
        """Say whether this route carries a stream.

        Whether testnet hosts insist on routes is not settled: they do not here.
        """
        if self.route in ("spot", stream.route):
            return True
        return self.route == "legacy" and self.venue.testnet

    def too_many_messages(self) -> bool:
        """Count an incoming frame and say whether the client is over the limit of this second."""
        now = monotonic()
        self._incoming.append(now)
        while self._incoming[0] < now - 1:
            self._incoming.popleft()
        return len(self._incoming) > self.venue.limiter.limits.messages_per_second

    def send(self, text: str) -> None:
        """Queue a frame."""
        if len(self._outgoing) > _MAX_BACKLOG_FRAMES:
            self.abort()
            return
        self._outgoing.append(text)
        self._wake.set()

    def send_frame(self, text: str, stream: str) -> None:
        """Queue a stream's frame, bent by the faults in force for the stream."""
        if self.microseconds:
            text = _TIME_FIELD.sub(r'"\1":\g<2>000', text)
        if self._held is None and not self.venue.faults.any_stream_faults():
            self.send(text)
            return
        delay = self._fault("delay", stream)
        if delay is not None:
            asyncio.get_running_loop().call_later(delay.ms / 1000, self.send, text)
            return
        self._send_disordered(text, stream)

    async def write(self) -> None:
        """Send what is queued, until the socket closes."""
        try:
            while not self.socket.closed:
                await self._wake.wait()
                self._wake.clear()
                while self._outgoing and not self.socket.closed:
                    await self.socket.send_str(self._outgoing.popleft())
                    self.venue.counts.sockets.messages_out += 1
        except ClientConnectionResetError:
            return

    async def close(self, code: int = WSCloseCode.POLICY_VIOLATION, reason: str = "") -> None:
        """Close with a close frame; do not wait long for a client that does not answer it."""
        self.venue.counts.sockets.closed[reason or str(int(code))] += 1
        await self.socket.close(code=code, message=reason.encode())

    def abort(self) -> None:
        """Drop the TCP connection without a word (a browser sees close code 1006)."""
        self.venue.counts.sockets.closed["dropped"] += 1
        if self._transport is not None:
            self._transport.abort()

    def _fault(self, kind: str, stream: str) -> Fault | None:
        return self.venue.faults.stream(kind, self.venue.name, stream)

    def _send_disordered(self, text: str, stream: str) -> None:
        """Send a frame twice ("duplicate"), or after the one that follows it ("reorder")."""
        if self._held is None and self._fault("reorder", stream):
            self._held = text
            return
        self.send(text)
        if self._fault("duplicate", stream):
            self.send(text)
        if self._held is not None:
            self.send(self._held)
            self._held = None
