"""Catalogues as the processes of one fleet have them, over a shared Redis."""

from __future__ import annotations

from pathlib import Path

import redis
from flask import Flask
from flask_caching import Cache
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.source import ScriptedSource
from webapp.extensions import PlainBytes
from webapp.redis_health import RedisHealth
from webapp.shared_facts import SharedFacts
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.change_log import ChangeLog
from webapp.symbols.lease import Lease
from webapp.symbols.pause import FailurePause
from webapp.symbols.refresher import Refresher
from webapp.symbols.shelf import Shelf
from webapp.symbols.shrinkage import ShrinkGuard
from webapp.symbols.snapshots import Snapshots
from webapp.symbols.store import BytesCache, SymbolStore

TTL_SECONDS = 300
LEASE_SECONDS = 10


class Process:
    """A catalogue as one process has it: its own memory over the shared Redis and disk."""

    def __init__(self, redis_url: str, disk: Path) -> None:
        self.client = redis.Redis.from_url(
            redis_url, socket_timeout=0.25, socket_connect_timeout=0.25, retry=Retry(NoBackoff(), 0)
        )
        self.health = RedisHealth(self.client)
        self.facts = SharedFacts(self.client, self.health)
        self.snapshots = Snapshots(disk)
        self.store = SymbolStore(self._bytes_cache(redis_url), self.health, {"spot": TTL_SECONDS})

    def catalogue(self, source: ScriptedSource, fetch_budget_seconds: float = 2.0) -> Catalogue:
        shelf = Shelf("spot", self.store, self.snapshots, TTL_SECONDS)
        refresher = Refresher(
            source,
            self.store,
            self.snapshots,
            Lease(self.client, self.health, "lease:symbols:spot", LEASE_SECONDS),
            FailurePause(self.facts, "spot"),
            ShrinkGuard(self.facts, "spot"),
            ChangeLog(self.client, self.health),
        )
        return Catalogue([(shelf, refresher)], fetch_budget_seconds)

    def _bytes_cache(self, redis_url: str) -> BytesCache:
        app, cache = Flask(__name__), Cache(with_jinja2_ext=False)
        config = {
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_URL": redis_url,
            "CACHE_OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
            "CACHE_KEY_PREFIX": "cache:",
            "CACHE_SERIALIZER": PlainBytes(),
        }
        cache.init_app(app, config)
        backend: BytesCache = app.extensions["cache"][cache]
        return backend
