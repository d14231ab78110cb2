"""One call for all who ask at the same time, and for those who ask soon after."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import msgspec
import redis

from webapp.newest import keep_newest
from webapp.redis_health import RedisAway, RedisHealth
from webapp.symbols.lease import Lease

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.02
_LEASE_SECONDS = 4.0
_CALLS_MAX = 16


class Answer(msgspec.Struct, frozen=True):
    """JSON and when it was true, in epoch seconds."""

    taken_at: float
    body: msgspec.Raw


class BytesCache(Protocol):
    """What is needed of a Flask-Caching backend whose serializer passes bytes through."""

    def get(self, key: str) -> Any: ...

    def set(self, key: str, value: bytes, timeout: int | None = None) -> Any: ...

    def delete(self, key: str) -> Any: ...


class Once:
    """Keeps answers for whole seconds, in Redis for the fleet and in this process.

    Threads of this process join the call under way, other processes wait for its answer in Redis.
    With Redis away each process calls for itself. It keeps ``kept_max`` answers at most.
    """

    def __init__(
        self, client: redis.Redis, cache: BytesCache, health: RedisHealth, kept_max: int
    ) -> None:
        self._client = client
        self._cache = cache
        self._health = health
        self._kept_max = kept_max
        self._mutex = threading.Lock()
        self._executor = ThreadPoolExecutor(_CALLS_MAX, thread_name_prefix="once")
        self._under_way: dict[str, Future[Answer]] = {}
        self._kept: dict[str, Answer] = {}

    def get(
        self, key: str, seconds: int, fetch: Callable[[], bytes], wait_seconds: float
    ) -> Answer:
        """Return what ``fetch`` gave within the last ``seconds``, else call it.

        Whatever ``fetch`` raises reaches all who wait for it; ``TimeoutError`` when the answer is
        not there after ``wait_seconds``.
        """
        return self.kept(key, seconds) or self.start(key, seconds, fetch, wait_seconds).result(
            timeout=wait_seconds
        )

    def kept(self, key: str, seconds: float) -> Answer | None:
        """What this process has at hand; nobody is asked."""
        kept = self._kept.get(key)
        return kept if kept and _is_fresh(kept, seconds) else None

    def start(
        self, key: str, seconds: int, fetch: Callable[[], bytes], wait_seconds: float
    ) -> Future[Answer]:
        """Call ``fetch`` in the background, or join the call that is under way.

        ``wait_seconds`` bounds how long it waits for another process's answer.
        """
        with self._mutex:
            kept = self.kept(key, seconds)
            if kept:  # it came a moment ago
                ended: Future[Answer] = Future()
                ended.set_result(kept)
                return ended
            future = self._under_way.get(key)
            is_new = future is None
            if future is None:
                future = self._executor.submit(
                    self._shared_or_fetched, key, seconds, fetch, wait_seconds
                )
                self._under_way[key] = future
        if is_new:
            future.add_done_callback(lambda done: self._end(key, done))
        return future

    def forget(self, key: str) -> None:
        """End what is kept, here and in Redis."""
        with self._mutex:
            self._kept.pop(key, None)
        try:
            with self._health.guard():
                self._cache.delete(key)
        except RedisAway as error:
            log.info("%s ends by itself in Redis: %s", key, error)

    def _shared_or_fetched(
        self, key: str, seconds: int, fetch: Callable[[], bytes], wait_seconds: float
    ) -> Answer:
        gives_up_at = time.monotonic() + wait_seconds
        lease = Lease(self._client, self._health, f"lease:{key}", _LEASE_SECONDS)
        while time.monotonic() < gives_up_at:
            shared = self._shared(key, seconds)
            if shared:
                return shared
            with lease.try_hold() as held:
                if held:
                    return self._shared(key, seconds) or self._fetched(key, seconds, fetch)
            time.sleep(_POLL_SECONDS)
        raise TimeoutError

    def _fetched(self, key: str, seconds: int, fetch: Callable[[], bytes]) -> Answer:
        taken_at = time.time()  # before the question: an answer is never older than it says
        answer = Answer(taken_at, msgspec.Raw(fetch()))
        try:
            with self._health.guard():
                self._cache.set(key, msgspec.json.encode(answer), timeout=seconds)
        except RedisAway as error:
            log.info("%s stays in this process: %s", key, error)
        return answer

    def _shared(self, key: str, seconds: int) -> Answer | None:
        try:
            with self._health.guard():
                stored = self._cache.get(key)
        except RedisAway:
            return None
        if not stored:
            return None
        try:
            answer = msgspec.json.decode(stored, type=Answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("what Redis holds under %s cannot be read: %s", key, error)
            return None
        return answer if _is_fresh(answer, seconds) else None

    def _end(self, key: str, done: Future[Answer]) -> None:
        answer = None if done.cancelled() or done.exception() else done.result()
        with self._mutex:
            self._under_way.pop(key, None)
            if answer is not None:
                keep_newest(self._kept, key, answer, self._kept_max)


def _is_fresh(answer: Answer, seconds: float) -> bool:
    return abs(time.time() - answer.taken_at) < seconds
