"""How much each network has asked in this minute, of all processes together."""

from __future__ import annotations

import logging
import threading
import time

import redis

from webapp.networks import network_of
from webapp.redis_health import RedisAway, RedisHealth

log = logging.getLogger(__name__)

_MINUTE_SECONDS = 60
_EXCHANGE_SECONDS = 1.0
# Of the limit: a network that asks less here is nobody else's business.
_WORTH_TELLING = 0.05


class RequestCounts:
    """Counts in this process, and tells the others through Redis once a second, in the background.

    So no request waits for Redis; a network that asks several processes at once may get through
    what it asks in a second more than its limit. While Redis is away each process counts alone.
    """

    def __init__(self, client: redis.Redis, health: RedisHealth, per_minute: int) -> None:
        self._client = client
        self._health = health
        self._per_minute = per_minute
        self._mutex = threading.Lock()
        self._minute = 0
        self._own: dict[str, int] = {}
        self._told: dict[str, int] = {}  # how much of it the others know
        self._of_others: dict[str, int] = {}
        self._exchanges_at = 0.0

    def seconds_to_wait(self, address: str) -> int:
        """Count a request; 0 when it is within the limit, else when the next minute begins."""
        if not self._per_minute:
            return 0
        network, now = network_of(address), time.time()
        with self._mutex:
            self._begin(int(now // _MINUTE_SECONDS))
            own = self._own[network] = self._own.get(network, 0) + 1
            is_over = own + self._of_others.get(network, 0) > self._per_minute
            exchanges = self._is_due(now, own)
        if exchanges:
            threading.Thread(target=self._exchange, daemon=True, name="request-counts").start()
        return _MINUTE_SECONDS - int(now % _MINUTE_SECONDS) if is_over else 0

    def _begin(self, minute: int) -> None:
        if minute != self._minute:
            self._minute = minute
            self._own, self._told, self._of_others = {}, {}, {}

    def _is_due(self, now: float, own: int) -> bool:
        if now < self._exchanges_at or own < self._per_minute * _WORTH_TELLING:
            return False
        self._exchanges_at = now + _EXCHANGE_SECONDS
        return True

    def _exchange(self) -> None:
        least = self._per_minute * _WORTH_TELLING
        with self._mutex:
            minute = self._minute
            news = {
                network: own - self._told.get(network, 0)
                for network, own in self._own.items()
                if own >= least
            }
            own = {network: self._own[network] for network in news}
            self._told |= own
        key = f"requests:{minute}"
        try:
            with self._health.guard(), self._client.pipeline(transaction=False) as pipeline:
                for network, count in news.items():
                    pipeline.hincrby(key, network, count)
                pipeline.expire(key, 2 * _MINUTE_SECONDS)
                *totals, _ = pipeline.execute()
        except RedisAway as error:
            log.info("requests are counted in this process alone: %s", error)
            self._take_back(minute, news)
            return
        with self._mutex:
            if minute == self._minute:
                self._of_others |= {
                    network: total - own[network]
                    for network, total in zip(news, totals, strict=True)
                }

    def _take_back(self, minute: int, news: dict[str, int]) -> None:
        """What could not be told is still to be told."""
        with self._mutex:
            if minute == self._minute:
                for network, count in news.items():
                    self._told[network] -= count
