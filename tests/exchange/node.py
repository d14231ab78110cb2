"""One venue on its port: REST and WebSocket side by side, and the task that moves it."""

import asyncio
from time import time
from typing import Any

from aiohttp import web

from tests.exchange.feeds import Feeds
from tests.exchange.flow import STEP_MS
from tests.exchange.rest import RestSide
from tests.exchange.sockets import SocketSide
from tests.exchange.venue import Venue

_SHUTDOWN_S = 0.2
_MADE_UP_FOR_MS = 2000  # of a longer pause (a suspended machine) the rest is skipped


class Node:
    """Listens for one venue. `port` is known once it listens.

    It keeps the port when told to stop and listen again.
    """

    def __init__(self, venue: Venue, host: str, port: int, burst_ms: int = STEP_MS) -> None:
        self.venue, self.host, self.port = venue, host, port
        self._burst_ms = burst_ms
        self.first_rate = venue.updates_per_second
        self.sockets = SocketSide(venue)
        self.feeds = Feeds(venue, self.sockets.hub)
        self._rest = RestSide(venue)
        self._runner: web.AppRunner | None = None

    async def listen(self) -> None:
        """Start to listen; OSError when the port is taken."""
        if self._runner is not None:
            return
        app = web.Application(client_max_size=2**20)
        app.add_routes(self.sockets.routes())
        app.router.add_route("*", "/{path:.*}", self._rest.answer)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=_SHUTDOWN_S, handle_signals=False
        )
        await runner.setup()
        site = web.TCPSite(runner, self.host, self.port, backlog=1024, reuse_address=True)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self.port = runner.addresses[0][1]

    async def stop_listening(self) -> None:
        """Refuse new connections and drop those that are open."""
        if self._runner is None:
            return
        runner, self._runner = self._runner, None
        self.sockets.drop("*")
        await runner.cleanup()

    async def run(self) -> None:
        """Move the venue in steps of 50 ms, for ever; at its natural rate several in a burst.

        Steps missed on a busy machine are made up for: the one that closes a second matters.
        """
        done_ms = _step_at(time())
        while True:
            now_ms = _step_at(time())
            done_ms = max(done_ms, now_ms - _MADE_UP_FOR_MS)
            while done_ms < now_ms:
                done_ms += STEP_MS
                self.feeds.tick(done_ms)
                await asyncio.sleep(0)  # who asks in the meantime need not wait for all of them
            is_natural = self.venue.updates_per_second is None
            rest_ms = self._burst_ms if is_natural else STEP_MS
            await asyncio.sleep((now_ms // rest_ms + 1) * rest_ms / 1000 - time() + 0.001)

    def counts(self) -> dict[str, Any]:
        """Give the venue's counts, weights and live subscriptions."""
        clients = self.venue.limiter.clients
        weights = {
            ip: {"weight": c.weight, "bans": c.bans, "banned_until": c.banned_until}
            for ip, c in clients.items()
        }
        counts = self.venue.counts.as_json()
        counts["ws"]["subscriptions"] = self.sockets.hub.live_subscriptions()
        return {**counts, "weights": weights}


def _step_at(seconds: float) -> int:
    return int(seconds * 1000) // STEP_MS * STEP_MS
