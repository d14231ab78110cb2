"""What can be wrong with a connection, in toxiproxy's vocabulary.

https://github.com/Shopify/toxiproxy#toxics
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from dataclasses import dataclass

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s


class Link:
    """One client's connection through the proxy."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.bytes_down = 0  # passed on to the client so far

    def close(self) -> None:
        self.client.close()
        self.server.close()

    def reset(self) -> None:
        """End both sides with a TCP reset."""
        for side in (self.client, self.server):
            sock = side.get_extra_info("socket")
            if sock is not None and not side.is_closing():
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            side.transport.abort()


class Toxic:
    """One thing that is wrong; the defaults let everything pass."""

    async def opened(self, link: Link) -> None:
        """Act on a connection that was just made."""

    async def up(self, link: Link, chunk: bytes) -> bytes:
        """What becomes of bytes on their way to the server."""
        return chunk

    async def down(self, link: Link, chunk: bytes) -> bytes:
        """What becomes of bytes on their way to the client."""
        return chunk

    async def closing(self, link: Link) -> None:
        """Act on a connection whose server has closed it."""


@dataclass(frozen=True)
class Down(Toxic):
    """The port is closed: connections are refused, those that are open end."""


@dataclass(frozen=True)
class Latency(Toxic):
    """Every answer comes later by ``ms``, give or take ``jitter_ms``."""

    ms: float
    jitter_ms: float = 0

    async def down(self, link: Link, chunk: bytes) -> bytes:
        await asyncio.sleep(max(0, self.ms + random.uniform(-1, 1) * self.jitter_ms) / 1000)
        return chunk


@dataclass(frozen=True)
class Timeout(Toxic):
    """Nothing gets through in either direction; with ``ms`` the connection ends after that."""

    ms: float = 0

    async def up(self, link: Link, chunk: bytes) -> bytes:
        if self.ms:
            await asyncio.sleep(self.ms / 1000)
            link.close()
        return b""

    async def down(self, link: Link, chunk: bytes) -> bytes:
        return b""


@dataclass(frozen=True)
class ResetPeer(Toxic):
    """The connection is reset as soon as anything is sent."""

    async def up(self, link: Link, chunk: bytes) -> bytes:
        link.reset()
        return b""

    async def down(self, link: Link, chunk: bytes) -> bytes:
        link.reset()
        return b""


@dataclass(frozen=True)
class SlowClose(Toxic):
    """The client learns ``ms`` late that the server has closed."""

    ms: float

    async def closing(self, link: Link) -> None:
        await asyncio.sleep(self.ms / 1000)


@dataclass(frozen=True)
class Slicer(Toxic):
    """Answers come in pieces of ``size`` bytes, ``delay_ms`` apart."""

    size: int
    delay_ms: float = 0

    async def down(self, link: Link, chunk: bytes) -> bytes:
        for start in range(0, len(chunk), self.size):
            link.client.write(chunk[start : start + self.size])
            await link.client.drain()
            await asyncio.sleep(self.delay_ms / 1000)
        return b""


@dataclass(frozen=True)
class LimitData(Toxic):
    """The connection ends when so many bytes have come from the server."""

    size: int

    async def down(self, link: Link, chunk: bytes) -> bytes:
        left = max(0, self.size - link.bytes_down)
        if len(chunk) < left:
            return chunk
        link.client.write(chunk[:left])
        link.close()
        return b""
