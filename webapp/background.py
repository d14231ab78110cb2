"""What can be told from outside of the jobs: how many wait, and whether anybody works at them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import redis

QUEUE_NAME = "marketdeck"
# RQ's own keys.
_QUEUE_KEY = f"rq:queue:{QUEUE_NAME}"
_FAILED_KEY = f"rq:failed:{QUEUE_NAME}"
_WORKERS_KEY = "rq:workers"
# Written by every scheduler once a second, as epoch seconds.
SCHEDULER_HEARTBEAT_KEY = "jobs:scheduler_heartbeat"


class Background(NamedTuple):
    """The jobs' side of the product; times are epoch seconds, None when there is none."""

    queued: int
    failed: int
    scheduler_seen_at: float | None
    worker_seen_at: float | None  # of all workers the one that was seen last


def read_background(client: redis.Redis) -> Background:
    """Ask Redis; raises ``redis.RedisError``."""
    with client.pipeline(transaction=False) as pipeline:
        pipeline.llen(_QUEUE_KEY)
        pipeline.zcard(_FAILED_KEY)
        pipeline.get(SCHEDULER_HEARTBEAT_KEY)
        pipeline.smembers(_WORKERS_KEY)
        queued, failed, scheduler, worker_keys = pipeline.execute()
    with client.pipeline(transaction=False) as pipeline:
        for key in worker_keys:
            pipeline.hget(key, "last_heartbeat")
        seen = [_moment(text) for text in pipeline.execute() if text]
    return Background(queued, failed, _number(scheduler), max(filter(None, seen), default=None))


def _number(text: Any) -> float | None:
    with suppress(TypeError, ValueError):
        return float(text)
    return None


def _moment(text: bytes) -> float | None:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text.decode())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None
