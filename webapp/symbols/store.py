"""The copies of each list that all processes share, in Redis."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from webapp.redis_health import RedisAway, RedisHealth
from webapp.symbols.listing import Market, SymbolList

log = logging.getLogger(__name__)

NEVER_EXPIRES = 0  # as cachelib's backends read a timeout


class BytesCache(Protocol):
    """What the store needs of a Flask-Caching backend whose serializer passes bytes through."""

    def get(self, key: str) -> Any: ...

    def set(self, key: str, value: bytes, timeout: int | None = None) -> Any: ...


class SymbolStore:
    """Reads and writes ``symbols:<market>:v1`` (lives for its TTL) and ``…:last_good:v1``."""

    def __init__(
        self, cache: BytesCache, health: RedisHealth, ttl_seconds: Mapping[Market, int]
    ) -> None:
        self._cache = cache
        self._health = health
        self._ttl_seconds = ttl_seconds
        self._decoded: dict[str, tuple[bytes, SymbolList]] = {}
        self._refused: dict[Market, SymbolList] = {}

    def fresh(self, market: Market) -> SymbolList | None:
        """The list within its TTL, or None; raises ``RedisAway``."""
        return self._read(f"symbols:{market}:v1") or self._refused_within_ttl(market)

    def last_good(self, market: Market) -> SymbolList | None:
        """The newest list that was ever saved, or None; raises ``RedisAway``."""
        return self._read(f"symbols:{market}:last_good:v1")

    def save(self, listing: SymbolList) -> None:
        """Keep the list as fresh and as last good; a Redis that fails costs a log line only.

        A list that Redis refused (it is full, or read-only) is kept here for its TTL: else each
        look would find nothing and Binance would be asked again. A newer list stays: who saves
        an older one stood still while another process overtook it.
        """
        market, stored = listing.market, listing.to_bytes()
        seconds_left = math.ceil(listing.listed_at + self._ttl_seconds[market] - time.time())
        try:
            with self._health.guard():
                if self._holds_newer_than(listing):
                    return
                if seconds_left > 0:
                    self._cache.set(f"symbols:{market}:v1", stored, timeout=seconds_left)
                self._cache.set(f"symbols:{market}:last_good:v1", stored, timeout=NEVER_EXPIRES)
            self._refused.pop(market, None)
        except RedisAway as error:
            self._refused[market] = listing
            log.warning("the %s list could not be saved in Redis: %s", market, error)

    def _holds_newer_than(self, listing: SymbolList) -> bool:
        key = f"symbols:{listing.market}:v1"
        stored = self._cache.get(key)
        kept = self._decode(key, stored) if stored else None
        return kept is not None and kept.listed_at > listing.listed_at

    def _refused_within_ttl(self, market: Market) -> SymbolList | None:
        listing = self._refused.get(market)
        is_fresh = listing and listing.listed_at + self._ttl_seconds[market] > time.time()
        return listing if is_fresh else None

    def _read(self, key: str) -> SymbolList | None:
        with self._health.guard():
            stored = self._cache.get(key)
        return self._decode(key, stored) if stored else None

    def _decode(self, key: str, stored: bytes) -> SymbolList | None:
        known = self._decoded.get(key)
        if known and known[0] == stored:
            return known[1]
        try:
            listing = SymbolList.from_bytes(stored)
        except (msgspec.DecodeError, ValueError) as error:
            log.error("what Redis holds under %s is no symbol list: %s", key, error)
            return None
        self._decoded[key] = (stored, listing)
        return listing
