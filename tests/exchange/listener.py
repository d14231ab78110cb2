"""A plain WebSocket client for tests of the stand-in's streams."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp

_PATIENCE_S = 8.0


class Listener:
    """One socket: `async with Listener(url) as listener`.

    Frames are kept in order until somebody takes them.
    """

    def __init__(self, url: str, *, answer_pings: bool = True) -> None:
        self._url, self._answer_pings = url, answer_pings
        self._session: aiohttp.ClientSession
        self.socket: aiohttp.ClientWebSocketResponse

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        try:
            self.socket = await self._session.ws_connect(
                self._url, max_msg_size=0, autoping=self._answer_pings
            )
        except aiohttp.ClientError:
            await self._session.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.socket.close()
        await self._session.close()

    async def ask(self, method: str, *params: object, message_id: object = 1) -> Any:
        """Send a control message and give its answer.

        Stream frames that come before it are dropped.
        """
        await self.socket.send_json({"method": method, "params": list(params), "id": message_id})
        return await self.until(lambda frame: "result" in frame or "code" in frame)

    async def send(self, text: str) -> Any:
        """Send raw text and give the answer to it."""
        await self.socket.send_str(text)
        return await self.until(lambda frame: "result" in frame or "code" in frame)

    async def next(self, within_s: float = _PATIENCE_S) -> Any:
        """Give the next frame.

        ConnectionError when the socket closed, TimeoutError when nothing came.
        """
        message = await asyncio.wait_for(self.socket.receive(), within_s)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(f"{message.type.name} {message.data} {message.extra}")
        return json.loads(message.data)

    async def until(self, wanted: Callable[[Any], bool], within_s: float = _PATIENCE_S) -> Any:
        """Give the first frame that is wanted, dropping those before it."""
        async with asyncio.timeout(within_s):
            while True:
                frame = await self.next(within_s)
                if wanted(frame):
                    return frame

    async def closed(self, within_s: float = _PATIENCE_S) -> int | None:
        """Wait for the end of the connection and give its close code (1006 when there was no close
        frame).
        """
        async with asyncio.timeout(within_s):
            while not self.socket.closed:
                await self.socket.receive()
        return self.socket.close_code


async def first_frames(url: str, count: int) -> list[Any]:
    """Connect and give the first frames."""
    async with Listener(url) as listener:
        return [await listener.next() for _ in range(count)]
