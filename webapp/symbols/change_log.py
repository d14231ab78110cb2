"""What changed on the exchange, in the order in which it was seen, for all processes."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

import msgspec
import redis

from webapp.redis_health import RedisAway, RedisHealth
from webapp.symbols.changes import Change

log = logging.getLogger(__name__)

STREAM = "changes:symbols:v1"
MAX_ENTRIES = 10_000
MAX_AGE_SECONDS = 90 * 24 * 3600
_FIELD = b"change"


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


def read_entry(fields: dict[bytes, bytes]) -> Change | None:
    """Read one entry's fields; None, with a log line, when they hold no change."""
    try:
        return msgspec.json.decode(fields.get(_FIELD, b""), type=Change)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        log.error("an entry of %s is no change: %s", STREAM, error)
        return None
