"""The WebSocket side of a venue: handshakes, routes, limits, pings and the end of a connection."""

import asyncio
from collections.abc import Awaitable, Callable
from fnmatch import filter as filter_names
from time import monotonic, time
from urllib.parse import parse_qsl, unquote, urlsplit

from aiohttp import WSCloseCode, WSMsgType, web

from tests.exchange.commands import answer
from tests.exchange.connection import Connection
from tests.exchange.hub import Hub
from tests.exchange.rest_faults import reset_connection
from tests.exchange.venue import Venue

_FIVE_MINUTES_S = 300.0


class SocketSide:
    """Accepts a venue's WebSocket connections and serves each until it ends."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.hub = Hub(venue)

    def routes(self) -> list[web.RouteDef]:
        """Give the paths of this venue: unrouted on spot.

        /public, /market, /private and the old path on futures.
        """
        prefixes = (
            {"": "legacy", "/public": "public", "/market": "market", "/private": "private"}
            if self.venue.futures
            else {"": "spot"}
        )
        routes = []
        for prefix, route in prefixes.items():
            for path in ("/ws", "/ws/{stream:.+}", "/stream"):
                routes.append(
                    web.get(prefix + path, self._handler(route, combined=path == "/stream"))
                )
        return routes

    async def shut_down(self, close_after_s: float) -> None:
        """Announce serverShutdown to everybody, and close their connections after a while."""
        event = f'{{"e":"serverShutdown","E":{self.venue.now_ms}}}'
        connections = list(self.hub.connections)
        for connection in connections:
            connection.send(
                f'{{"stream":"!serverShutdown","data":{event}}}' if connection.combined else event
            )
        await asyncio.sleep(close_after_s)
        for connection in connections:
            await connection.close(WSCloseCode.GOING_AWAY, "serverShutdown")

    def drop(self, pattern: str) -> int:
        """Drop every connection that has a subscription like `pattern` ("*".

        All), and say how many there were.
        """
        connections = [
            c
            for c in self.hub.connections
            if pattern == "*" or filter_names(c.subscriptions, pattern)
        ]
        for connection in connections:
            connection.abort()
        return len(connections)

    def _handler(
        self, route: str, *, combined: bool
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route, combined=combined)

        return handle

    async def _serve(
        self, request: web.Request, route: str, *, combined: bool
    ) -> web.StreamResponse:
        counts, now = self.venue.counts.sockets, time()
        counts.attempts += 1
        counts.attempt_times.append(now)
        refusal = self._refuse(request, now)
        if refusal is not None:
            return refusal
        socket = web.WebSocketResponse(
            autoping=False, compress=False, max_msg_size=64 * 1024, timeout=0.5
        )
        await socket.prepare(request)
        names, microseconds = _requested(request)
        connection = Connection(
            self.venue,
            socket,
            request.transport,
            route,
            combined=combined,
            microseconds=microseconds,
        )
        self.hub.connections.add(connection)
        self.venue.counts.sockets.open += 1
        helpers = [
            asyncio.create_task(connection.write()),
            asyncio.create_task(self._keep_alive(connection)),
        ]
        try:
            for name in names:
                self.hub.subscribe(connection, name)
            await self._listen(connection)
        finally:
            for helper in helpers:
                helper.cancel()
            self.hub.leave(connection)
            self.venue.counts.sockets.open -= 1  # a reset may have begun new counts
        return socket

    def _refuse(self, request: web.Request, now: float) -> web.Response | None:
        fault = self.venue.faults.stream("refuse", self.venue.name, "*")
        if fault is not None:
            if not fault.status or fault.message == "reset":
                reset_connection(request)
            return web.Response(status=fault.status or 503)
        recent = sum(
            1 for at in self.venue.counts.sockets.attempt_times if at > now - _FIVE_MINUTES_S
        )
        if recent > self.venue.limiter.limits.connections_per_5_minutes:
            return web.Response(status=429, headers={"Retry-After": "300"})
        return None

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            self.venue.counts.sockets.messages_in += 1
            if (
                message.type in (WSMsgType.PING, WSMsgType.PONG, WSMsgType.TEXT)
                and connection.too_many_messages()
            ):
                await connection.close(WSCloseCode.POLICY_VIOLATION, "Too many requests")
                return
            if message.type is WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type is WSMsgType.PONG:
                connection.last_pong = monotonic()
            elif message.type is WSMsgType.TEXT:
                connection.send(answer(self.hub, connection, message.data))
                if len(connection.subscriptions) > self.venue.limiter.limits.streams_per_connection:
                    await connection.close(WSCloseCode.POLICY_VIOLATION, "Too many streams")
                    return

    async def _keep_alive(self, connection: Connection) -> None:
        """Ping as often as Binance does, close on a missing pong,
        and after 24 hours in any case."""
        opened = monotonic()
        while not connection.socket.closed:
            limits = self.venue.limiter.limits
            await asyncio.sleep(limits.ping_seconds)
            if monotonic() - connection.last_pong > limits.pong_within_seconds:
                await connection.close(WSCloseCode.POLICY_VIOLATION, "Pong timeout")
            elif monotonic() - opened > limits.lifetime_seconds:
                await connection.close(WSCloseCode.GOING_AWAY, "24 hours")
            elif not connection.socket.closed:
                await connection.socket.ping(str(self.venue.now_ms).encode())


def _requested(request: web.Request) -> tuple[list[str], bool]:
    """Read the streams named in the URL (percent-encoded UTF-8 allowed) and whether times are
    wanted in µs.
    """
    query = dict(parse_qsl(urlsplit(request.raw_path).query, keep_blank_values=True))
    in_path = request.match_info.get("stream", "")
    names = [name for name in (in_path or query.get("streams", "")).split("/") if name]
    return [unquote(name) for name in names], query.get("timeUnit", "").upper() == "MICROSECOND"
