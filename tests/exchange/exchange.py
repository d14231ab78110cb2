"""The whole exchange: four venues and the control port in one event loop."""

import asyncio
from pathlib import Path
from time import time

from aiohttp import web

from tests.exchange.control import Control, plain_errors
from tests.exchange.faults import Faults
from tests.exchange.flow import STEP_MS
from tests.exchange.instrument import Instrument
from tests.exchange.key_page import KeyPage
from tests.exchange.keys import demo_keys
from tests.exchange.market import Market
from tests.exchange.node import Node
from tests.exchange.recorded import use_recorded
from tests.exchange.universe_futures import futures_testnet_universe, futures_universe
from tests.exchange.universe_spot import spot_testnet_universe, spot_universe
from tests.exchange.venue import VENUES, Venue


class Exchange:
    """Port 0 lets the kernel choose all five; otherwise they are consecutive."""

    def __init__(
        self,
        host: str,
        port: int,
        seed: int,
        recorded: Path | None = None,
        rate: float | None = None,
        burst_ms: int = STEP_MS,
    ) -> None:
        self._host, self._port = host, port
        self._faults, self._keys = Faults(), demo_keys()
        now_ms = int(time() * 1000)
        self.nodes: dict[str, Node] = {}
        for offset, (name, instruments) in enumerate(_universes(seed, now_ms).items()):
            venue = Venue(name, Market(instruments, now_ms // 1000), self._faults, self._keys)
            venue.updates_per_second = rate
            if recorded is not None:
                use_recorded(venue, recorded)
            self.nodes[name] = Node(venue, host, port and port + offset, burst_ms)
        self._control: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen on every port and start the clock; OSError when a port is taken."""
        for node in self.nodes.values():
            await node.listen()
        app = web.Application(middlewares=[plain_errors])
        app.add_routes(Control(self.nodes, self._faults, self._keys).routes())
        app.add_routes(KeyPage(self._keys).routes())
        self._control = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._control.setup()
        await web.TCPSite(
            self._control, self._host, self._port and self._port + len(VENUES)
        ).start()
        self._tasks = [asyncio.create_task(node.run()) for node in self.nodes.values()]

    async def stop(self) -> None:
        """Let go what hangs, close all sockets and ports."""
        self._faults.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(node.stop_listening() for node in self.nodes.values()))
        if self._control is not None:
            await self._control.cleanup()

    def urls(self) -> dict[str, str]:
        """Give the base URLs: REST by venue, `<venue>_stream` for WebSocket, and `control`."""
        assert self._control is not None
        addresses = {name: f"{self._host}:{node.port}" for name, node in self.nodes.items()}
        urls = {name: f"http://{address}" for name, address in addresses.items()}
        urls["control"] = f"http://{self._host}:{self._control.addresses[0][1]}"
        return urls | {f"{name}_stream": f"ws://{address}" for name, address in addresses.items()}


def _universes(seed: int, now_ms: int) -> dict[str, list[Instrument]]:
    return {
        "spot": spot_universe(seed),
        "futures": futures_universe(seed, now_ms),
        "spot_testnet": spot_testnet_universe(seed),
        "futures_testnet": futures_testnet_universe(seed, now_ms),
    }
