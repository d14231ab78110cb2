"""A TCP proxy that can be poisoned at run time: ``with TcpProxy(port) as proxy: ...``."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.faults.toxics import Down, Link, Toxic

Value = TypeVar("Value")

HOST = "127.0.0.1"
_CHUNK_BYTES = 256 * 1024
_OBEYS_WITHIN_SECONDS = 5


class TcpProxy:
    """Passes everything on to ``upstream_port``, less what its toxics do to it.

    It runs in a thread of its own. A toxic acts at once, on open connections too.
    """

    def __init__(self, upstream_port: int) -> None:
        self.upstream_port = upstream_port
        self.port = 0  # stays the same while the listener is down
        self._toxics: list[Toxic] = []
        self._links: set[Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._do(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def redis_url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    @property
    def http_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def add(self, toxic: Toxic) -> None:
        """Put a toxic in force."""
        self._do(self._change([*self._toxics, toxic]))

    def remove(self, toxic: Toxic) -> None:
        """End one toxic."""
        self._do(self._change([other for other in self._toxics if other != toxic]))

    def clear(self) -> None:
        """End all toxics."""
        self._do(self._change([]))

    @contextlib.contextmanager
    def poisoned(self, toxic: Toxic) -> Iterator[None]:
        """Keep a toxic in force for the block."""
        self.add(toxic)
        try:
            yield
        finally:
            self.remove(toxic)

    def _do(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_OBEYS_WITHIN_SECONDS)

    async def _change(self, toxics: list[Toxic]) -> None:
        self._toxics = toxics
        is_down = any(isinstance(toxic, Down) for toxic in toxics)
        if is_down and self._server:
            await self._close_all()
        elif not is_down and not self._server:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close_all(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for link in tuple(self._links):
            link.reset()

    async def _shut(self) -> None:
        await self._close_all()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            from_server, server = await asyncio.open_connection(HOST, self.upstream_port)
        except OSError:
            client.transport.abort()
            return
        link = Link(client, server)
        self._links.add(link)
        try:
            for toxic in self._toxics:
                await toxic.opened(link)
            await asyncio.gather(self._pump_up(link, reader), self._pump_down(link, from_server))
        except (OSError, asyncio.CancelledError):  # one side went away, or the test is over
            pass
        finally:
            self._links.discard(link)
            link.close()

    async def _pump_up(self, link: Link, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(_CHUNK_BYTES):
            for toxic in self._toxics:
                chunk = await toxic.up(link, chunk) if chunk else chunk
            if chunk and not link.server.is_closing():
                link.server.write(chunk)
                await link.server.drain()
        link.server.close()

    async def _pump_down(self, link: Link, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(_CHUNK_BYTES):
            for toxic in self._toxics:
                chunk = await toxic.down(link, chunk) if chunk else chunk
            if chunk and not link.client.is_closing():
                link.bytes_down += len(chunk)
                link.client.write(chunk)
                await link.client.drain()
        for toxic in self._toxics:
            await toxic.closing(link)
        link.client.close()
