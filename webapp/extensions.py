"""Where things are joined: settings, Redis, cache and catalogue, and how a view reaches them."""

from __future__ import annotations

from typing import cast

from cachelib.serializers import BaseSerializer
from flask import Flask, current_app
from flask_caching import Cache

from webapp.binance.client import BinanceClient, RetryPolicy
from webapp.config import Settings
from webapp.redis_client import connect, redis_options
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.lease import Lease
from webapp.symbols.refresher import Refresher
from webapp.symbols.sources import futures_source, spot_source
from webapp.symbols.store import SymbolStore

# Twice what one fetch may take (two calls of 20 s): a live holder is never overtaken.
LEASE_SECONDS = 45.0

cache = Cache(with_jinja2_ext=False)


class PlainBytes(BaseSerializer):
    """Hands bytes to Redis and back as they are; nothing is pickled."""

    def dumps(self, value: bytes, protocol: int = 0) -> bytes:
        return value

    def loads(self, bvalue: bytes | None) -> bytes | None:
        return bvalue


def init_cache(app: Flask, settings: Settings) -> None:
    cache.init_app(
        app,
        {
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_URL": settings.redis_url,
            "CACHE_OPTIONS": redis_options(settings),
            "CACHE_KEY_PREFIX": "cache:",
            "CACHE_SERIALIZER": PlainBytes(),
        },
    )


def init_catalogue(app: Flask, settings: Settings) -> None:
    """Build the catalogue over the app's cache; ``init_cache`` comes first."""
    ttl_seconds = settings.symbols_ttl_seconds
    policy = RetryPolicy(
        max_attempts=settings.binance_retry_max_attempts,
        backoff_base_seconds=settings.binance_retry_backoff_base,
        longest_wait_seconds=settings.binance_fetch_budget_seconds,
    )
    client = connect(settings)
    store = SymbolStore(app.extensions["cache"][cache], ttl_seconds)
    sources = (
        spot_source(BinanceClient(settings.binance_spot_url, policy)),
        futures_source(BinanceClient(settings.binance_futures_url, policy)),
    )
    refreshers = [
        Refresher(source, store, Lease(client, f"lease:symbols:{source.market}", LEASE_SECONDS))
        for source in sources
    ]
    app.extensions["catalogue"] = Catalogue(
        store, refreshers, ttl_seconds, settings.binance_fetch_budget_seconds
    )


def get_settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def get_catalogue() -> Catalogue:
    return cast(Catalogue, current_app.extensions["catalogue"])
