"""What changed on the exchange, in the order in which it was seen, for all processes."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
import redis

from webapp.redis_health import RedisAway, RedisHealth
from webapp.symbols.changes import Change
from webapp.symbols.listing import Market

log = logging.getLogger(__name__)

STREAM = "changes:symbols:v1"
MAX_ENTRIES = 10_000
MAX_AGE_SECONDS = 90 * 24 * 3600
_FIELD = b"change"
_START = "0-0"
_ID = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")


class Entry(NamedTuple):
    """A change, and the id that it has in the log."""

    id: str
    change: Change


class Page(NamedTuple):
    """Entries, oldest first, and where the log goes on.

    ``next_since`` is the id to ask on from, also when nothing of the market was among what was
    looked through; ``has_more`` tells whether to do so at once. ``is_complete`` is False when
    entries after the asked one are no longer kept.
    """

    entries: list[Entry]
    next_since: str
    has_more: bool
    is_complete: bool


class ChangeLog:
    """Appends to one Redis stream; an entry's id is the stream's own.

    The changes are written before the list that shows them is saved. A process that dies between
    the two, or a Redis that fails then, leaves the old list as last good, and the next refresh
    finds the changes again: one may be told twice, and none is lost but with Redis itself.
    """

    def __init__(self, client: redis.Redis, health: RedisHealth) -> None:
        self._client = client
        self._health = health

    def append(self, changes: Iterable[Change]) -> None:
        """Write the changes for all to read; a Redis that is away costs a log line."""
        oldest_kept = f"{round((time.time() - MAX_AGE_SECONDS) * 1000)}-0"
        pipeline = self._client.pipeline()
        for change in changes:
            log.info("%s %s: %s %s", change.market, change.symbol, change.kind, change.status)
            pipeline.xadd(STREAM, {_FIELD: msgspec.json.encode(change)}, maxlen=MAX_ENTRIES)
        if not len(pipeline):
            return
        pipeline.xtrim(STREAM, minid=oldest_kept)
        try:
            with self._health.guard():
                pipeline.execute()
        except RedisAway as error:
            log.warning("what changed is not told for now: %s", error)

    def page(self, since: str | None, market: Market | None, limit: int) -> Page:
        """At most ``limit`` entries after the id ``since``; may raise ``RedisAway``."""
        with self._health.guard():
            rows: Any = self._client.xrange(STREAM, min=f"({since or _START}", count=limit + 1)
            is_complete = since is None or not self._has_lost_some_after(since)
        has_more = len(rows) > limit
        rows = rows[:limit]
        entries = [entry for entry in _understood(rows) if market in (None, entry.change.market)]
        next_since = rows[-1][0].decode() if rows else since or _START
        return Page(entries, next_since, has_more, is_complete)

    def _has_lost_some_after(self, since: str) -> bool:
        """Whether entries after this one may be gone: the log was cut behind it, or is empty."""
        oldest: Any = self._client.xrange(STREAM, count=1)
        if not oldest:
            return since != _START
        if id_order(since) >= id_order(oldest[0][0].decode()):
            return False
        state: Any = self._client.xinfo_stream(STREAM)
        return bool(state["entries-added"] > state["length"])


def is_entry_id(text: str) -> bool:
    """Whether an id of the log may look like this: two numbers of 64 bits."""
    return bool(_ID.fullmatch(text)) and max(id_order(text)) < 2**64


def id_order(entry_id: str) -> tuple[int, int]:
    """What sorts ids as the log does."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number)


def _understood(rows: list[tuple[bytes, dict[bytes, bytes]]]) -> Iterable[Entry]:
    for entry_id, fields in rows:
        change = read_entry(fields)
        if change:
            yield Entry(entry_id.decode(), change)


def read_entry(fields: dict[bytes, bytes]) -> Change | None:
    """Read one entry's fields; None, with a log line, when they hold no change."""
    try:
        return msgspec.json.decode(fields.get(_FIELD, b""), type=Change)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        log.error("an entry of %s is no change: %s", STREAM, error)
        return None
