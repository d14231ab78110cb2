"""Tells all listeners of this process what changed: one thread, one connection to Redis."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

import redis
import redis.asyncio

from webapp.events import frames
from webapp.metrics import counted
from webapp.symbols.change_log import STREAM, id_order, read_entry
from webapp.symbols.listing import Market

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
MAX_LISTENERS = 5_000
_BLOCK_SECONDS = 5.0
LONGEST_WAIT_SECONDS = _BLOCK_SECONDS + 2
_REDIS_PAUSE_SECONDS = 1.0
_PAGE = 500
_CLOSE_SECONDS = 1.0
# A listener that has left so much unread is slow: it is dropped, and may come back with its id.
_UNREAD_MAX_BYTES = 64 * 1024
_KERNEL_KEEPS_BYTES = 128 * 1024  # enough for a market that halts all its pairs at once
# One that comes back is told what it missed as it has room for it; thousands may wait with a page.
_CATCH_UP_PAGE = 100
_ROOM_WITHIN_SECONDS = 30.0
_CATCHING_UP_AT_ONCE = 4  # thousands come back together when a host is lost
_START = "0-0"


class _Entry(NamedTuple):
    """An entry of the log, written once for all listeners."""

    id: str
    order: tuple[int, int]
    market: Market
    frame: frames.Frame


class EventHub:
    """Holds the open connections and follows the change log; nobody else's thread waits for it.

    It starts with its first listener, so that a process that forks before has no thread to lose.
    While Redis is away heartbeats go on, and what was missed is told when it is back.
    """

    def __init__(self, client: redis.asyncio.Redis) -> None:
        """The client may have to wait ``LONGEST_WAIT_SECONDS`` for an answer."""
        self._redis = client
        self._mutex = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._position: str | None = None  # the newest id that was told; None before it is known
        self._listeners: set[_Listener] = set()
        self._catching_up: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(_CATCHING_UP_AT_ONCE)

    @property
    def listeners(self) -> int:
        """How many there are in this process."""
        return len(self._listeners)

    @property
    def is_full(self) -> bool:
        return self.listeners >= MAX_LISTENERS

    def adopt(
        self, connection: socket.socket, market: Market | None, since: str | None, chunked: bool
    ) -> None:
        """Write events to a connection from now on, or from the entry after ``since``; owns it.

        With ``chunked`` each event is framed as a chunk of HTTP/1.1.
        """
        loop = self._running_loop()
        connection.setblocking(False)
        # Else the kernel would take megabytes for a client that does not read.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_KEEPS_BYTES)
        listener = _Listener(self, market, since, chunked)
        asyncio.run_coroutine_threadsafe(
            loop.connect_accepted_socket(lambda: listener, connection), loop
        )

    def close(self) -> None:
        """End every stream as a whole answer ends; its client comes back with its id."""
        if self._loop:
            ending = asyncio.run_coroutine_threadsafe(self._end_all(), self._loop)
            with contextlib.suppress(TimeoutError):
                ending.result(timeout=_CLOSE_SECONDS)

    async def _end_all(self) -> None:
        for listener in tuple(self._listeners):
            listener.end()
        while self._listeners:
            await asyncio.sleep(0.01)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._mutex:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.create_task(self._beat())
                self._loop.create_task(self._follow())
                threading.Thread(target=self._loop.run_forever, daemon=True, name="events").start()
            return self._loop

    def joined(self, listener: _Listener, since: str | None) -> None:
        self._listeners.add(listener)
        counted.listener_joined(listener.market)
        if since is None:
            if self._position:
                listener.begin_at(self._position)
            return
        listener.is_behind = True
        task = asyncio.ensure_future(self._catch_up(listener, since))
        self._catching_up.add(task)
        task.add_done_callback(self._catching_up.discard)

    def left(self, listener: _Listener) -> None:
        self._listeners.discard(listener)
        counted.listener_left(listener.market)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            frame = frames.heartbeat()
            for listener in tuple(self._listeners):
                listener.write(frame)

    async def _follow(self) -> None:
        """Tell each new entry of the log as it comes, for ever."""
        is_away = False
        while True:
            try:
                if self._position is None:
                    self._begin_at(await self._newest_id())
                found: Any = await self._redis.xread(
                    {STREAM: self._position or _START},
                    count=_PAGE,
                    block=round(_BLOCK_SECONDS * 1000),
                )
            except redis.RedisError as error:
                if not is_away:
                    log.warning("events wait for Redis: %s", error)
                is_away = True
                if self._position is None:  # what happens until Redis is back is news as well
                    self._begin_at(_id_of_now())
                await asyncio.sleep(_REDIS_PAUSE_SECONDS)
                continue
            is_away = False
            for _, entries in found or ():
                for entry in _told(entries):
                    self._tell_all(entry)
                    await asyncio.sleep(0)  # what they have read makes room for the next

    def _tell_all(self, entry: _Entry) -> None:
        self._position = entry.id
        for listener in tuple(self._listeners):
            if not listener.is_behind:
                listener.tell(entry)

    def _begin_at(self, entry_id: str) -> None:
        self._position = entry_id
        for listener in self._listeners:
            if listener.order is None:
                listener.begin_at(entry_id)

    async def _newest_id(self) -> str:
        newest: Any = await self._redis.xrevrange(STREAM, count=1)
        return newest[0][0].decode() if newest else _START

    async def _catch_up(self, listener: _Listener, since: str) -> None:
        """Tell a listener that came back what it has missed, then let it hear with the others."""
        while listener in self._listeners:
            try:
                async with self._turns:
                    found: Any = await self._redis.xrange(
                        STREAM, min=f"({since}", count=_CATCH_UP_PAGE
                    )
            except redis.RedisError:
                await asyncio.sleep(_REDIS_PAUSE_SECONDS)
                continue
            for entry in _told(found):
                await listener.has_room()
                since = entry.id
                listener.tell(entry)
            # Others may have been told more while this answer was on its way.
            is_last = len(found) < _CATCH_UP_PAGE
            if is_last and id_order(since) >= id_order(self._position or _START):
                listener.is_behind = False
                return


class _Listener(asyncio.Protocol):
    """One open connection. ``is_behind`` while it is told what it missed."""

    def __init__(
        self, hub: EventHub, market: Market | None, since: str | None, chunked: bool
    ) -> None:
        self.market = market
        # Of the newest entry that it needs no more; None before it is known.
        self.order = id_order(since) if since else None
        self.is_behind = False
        self._hub = hub
        self._since = since
        self._chunked = chunked
        self._transport: asyncio.Transport | None = None
        self._room = asyncio.Event()
        self._room.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_UNREAD_MAX_BYTES // 4)
        self._hub.joined(self, self._since)

    def connection_lost(self, exc: Exception | None) -> None:
        self._hub.left(self)
        self._room.set()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    async def has_room(self) -> None:
        """Wait until it has read most of what it was told; drop it when it does not."""
        if self._room.is_set():
            return
        try:
            await asyncio.wait_for(self._room.wait(), _ROOM_WITHIN_SECONDS)
        except TimeoutError:
            if self._transport:
                counted.listener_dropped(self.market)
                self._transport.abort()

    def begin_at(self, entry_id: str) -> None:
        """Take what comes after this entry; the client comes back with its id if it must."""
        self.order = id_order(entry_id)
        self.write(frames.position(entry_id))

    def tell(self, entry: _Entry) -> None:
        """Write an entry of the log if it is news to this listener."""
        if self.order and entry.order <= self.order:
            return
        self.order = entry.order
        if self.market in (None, entry.market):
            self.write(entry.frame)

    def write(self, frame: frames.Frame) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > _UNREAD_MAX_BYTES:
            counted.listener_dropped(self.market)
            transport.abort()
            return
        transport.write(frame.chunked if self._chunked else frame.plain)

    def end(self) -> None:
        """Close the connection when all that was written has left."""
        if self._transport and not self._transport.is_closing():
            if self._chunked:
                self._transport.write(b"0\r\n\r\n")
            self._transport.close()


def _told(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[_Entry]:
    for raw_id, fields in entries:
        entry_id, change = raw_id.decode(), read_entry(fields)
        if change:
            frame = frames.change(entry_id, change)
            yield _Entry(entry_id, id_order(entry_id), change.market, frame)


def _id_of_now() -> str:
    """The id that Redis would give to an entry of this moment, by this machine's clock."""
    return f"{round(time.time() * 1000)}-0"
