"""Where things are joined: settings, Redis, cache and catalogue, and how a view reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

import redis
from cachelib.serializers import BaseSerializer
from flask import Flask, current_app
from flask_caching import Cache

from webapp.binance.ban_files import BanFiles
from webapp.binance.client import BinanceClient, RetryPolicy, host_name
from webapp.binance.gate import BanGate
from webapp.binance.server_time import ServerTime
from webapp.config import Settings
from webapp.credentials.sealing import Sealing
from webapp.database import Database
from webapp.events.hub import LONGEST_WAIT_SECONDS, EventHub
from webapp.market_data.contracts import Contracts
from webapp.market_data.depth import DepthSnapshots
from webapp.market_data.klines import KlineHistory
from webapp.market_data.on_demand import OnDemand
from webapp.once import Once
from webapp.people.codes import EmailCodes
from webapp.people.passwords import Passwords
from webapp.people.people import People
from webapp.people.post import MailFolder, MailServer, Post
from webapp.people.sign_ins import SignIns
from webapp.people.throttle import Throttle
from webapp.people.tokens import ApiTokens
from webapp.redis_client import connect, connect_async
from webapp.redis_health import RedisHealth
from webapp.request_counts import RequestCounts
from webapp.shared_facts import SharedFacts
from webapp.shared_limits import SharedLimits
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.change_log import ChangeLog
from webapp.symbols.lease import Lease
from webapp.symbols.listing import Market
from webapp.symbols.pause import FailurePause
from webapp.symbols.refresher import Refresher
from webapp.symbols.shelf import Shelf
from webapp.symbols.shrinkage import ShrinkGuard
from webapp.symbols.snapshots import Snapshots
from webapp.symbols.sources import (
    FUTURES_WEIGHT_PER_MINUTE,
    SPOT_WEIGHT_PER_MINUTE,
    PublicSource,
    futures_source,
    spot_source,
)
from webapp.symbols.store import SymbolStore
from webapp.vitals.signs import Venue, VitalSigns
from webapp.watchlists.store import AccountWatchlists
from webapp.words import words

# A live holder renews its lease; one that was killed holds the others up for so long.
LEASE_SECONDS = 4.0
# What one process remembers of what was looked at last: books of a second, 35 kB of candles each.
BOOKS_KEPT = 500
CHARTS_KEPT = 200
CONTRACTS_KEPT = 1000

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
            "CACHE_REDIS_HOST": connect(settings),
            "CACHE_KEY_PREFIX": "cache:",
            "CACHE_SERIALIZER": PlainBytes(),
        },
    )


class Shared(NamedTuple):
    """What a process has once, for all who talk to Redis and to Binance."""

    redis_client: redis.Redis
    health: RedisHealth
    facts: SharedFacts
    limits: SharedLimits
    gate: BanGate


def init_services(app: Flask, settings: Settings) -> None:
    """Build what the views ask, over the app's cache; ``init_cache`` comes first."""
    redis_client = connect(settings)
    health = RedisHealth(redis_client)
    facts = SharedFacts(redis_client, health)
    store = SymbolStore(app.extensions["cache"][cache], health, settings.symbols_ttl_seconds)
    snapshots = Snapshots(settings.snapshot_dir)
    gate = BanGate(facts, BanFiles(settings.snapshot_dir))
    change_log = app.extensions["change_log"] = ChangeLog(redis_client, health)
    app.extensions["shared"] = Shared(redis_client, health, facts, SharedLimits(health), gate)

    def shelf_and_refresher(source: PublicSource) -> tuple[Shelf, Refresher]:
        market = source.market
        shelf = Shelf(market, store, snapshots, settings.symbols_ttl_seconds[market])
        lease = Lease(redis_client, health, f"lease:symbols:{market}", LEASE_SECONDS)
        pause, shrink_guard = FailurePause(facts, market), ShrinkGuard(facts, market)
        return shelf, Refresher(source, store, snapshots, lease, pause, shrink_guard, change_log)

    app.extensions["catalogue"] = Catalogue(
        [shelf_and_refresher(source) for source in _public_sources(settings, gate)],
        settings.binance_fetch_budget_seconds,
    )
    app.extensions["request_counts"] = RequestCounts(
        redis_client, health, settings.api_requests_per_minute
    )
    app.extensions["events"] = EventHub(connect_async(settings, LONGEST_WAIT_SECONDS))
    _init_market_data(app, settings, gate)


def init_people(app: Flask, settings: Settings) -> None:
    """What is kept of people; the database is opened when somebody asks for it.

    ``init_services`` comes first.
    """
    database = Database(settings.database_url.get_secret_value())
    shared: Shared = app.extensions["shared"]
    app.extensions.update(
        database=database,
        sealing=Sealing(settings.credentials_encryption_keys.get_secret_value()),
        people=People(database, Passwords()),
        email_codes=EmailCodes(database, settings.secret_key.get_secret_value()),
        sign_ins=SignIns(
            database, settings.session_idle_seconds, settings.session_absolute_seconds
        ),
        tokens=ApiTokens(database),
        throttle=Throttle(shared.limits),
        watchlists=AccountWatchlists(database, str(words().watchlist.default_name)),
        post=_post(settings),
    )


def init_vitals(app: Flask, settings: Settings) -> None:
    """Join what tells how the product is; ``init_people`` comes first."""
    shared: Shared = app.extensions["shared"]
    app.extensions["vital_signs"] = VitalSigns(
        app.extensions["catalogue"],
        shared.health,
        shared.gate,
        app.extensions["database"],
        _venues(settings),
        settings.symbols_ttl_seconds,
    )


def _venues(settings: Settings) -> Iterator[Venue]:
    for url in settings.binance_spot_url:
        yield Venue("spot", host_name(url), SPOT_WEIGHT_PER_MINUTE)
    for url in settings.binance_futures_url:
        yield Venue("futures", host_name(url), FUTURES_WEIGHT_PER_MINUTE)


def _post(settings: Settings) -> Post | None:
    url = settings.mail_url.get_secret_value()
    if url:
        return MailServer(url, settings.mail_from)
    return None if settings.app_env == "production" else MailFolder(settings.mail_dir)


def make_once(app: Flask, kept_max: int) -> Once:
    """A ``Once`` over the app's cache and Redis; ``init_services`` comes first."""
    shared: Shared = app.extensions["shared"]
    return Once(shared.redis_client, app.extensions["cache"][cache], shared.health, kept_max)


def _init_market_data(app: Flask, settings: Settings, gate: BanGate) -> None:
    clients = _quick_clients(settings, gate)
    clocks = {
        "spot": ServerTime(clients["spot"], "/api/v3/time"),
        "futures": ServerTime(clients["futures"], "/fapi/v1/time"),
    }

    def on_demand(kept_max: int) -> OnDemand:
        once = make_once(app, kept_max)
        return OnDemand(clients, once, settings.binance_fetch_budget_seconds)

    app.extensions["exchange_time"] = clocks
    app.extensions["depth"] = DepthSnapshots(on_demand(BOOKS_KEPT))
    app.extensions["contracts"] = Contracts(on_demand(CONTRACTS_KEPT))
    app.extensions["klines"] = KlineHistory(
        on_demand(CHARTS_KEPT), lambda market: clocks[market].offset_ms()
    )


def _public_sources(settings: Settings, gate: BanGate) -> tuple[PublicSource, PublicSource]:
    policy = RetryPolicy(
        max_attempts=settings.binance_retry_max_attempts,
        backoff_base_seconds=settings.binance_retry_backoff_base,
        longest_wait_seconds=settings.binance_fetch_budget_seconds,
    )
    spot, futures = _clients(settings, gate, policy)
    return spot_source(spot), futures_source(futures)


def _quick_clients(settings: Settings, gate: BanGate) -> dict[Market, BinanceClient]:
    """For answers that somebody waits for: what takes longer than the budget is of no use."""
    budget_seconds = settings.binance_fetch_budget_seconds
    policy = RetryPolicy(
        max_attempts=settings.binance_retry_max_attempts,
        backoff_base_seconds=settings.binance_retry_backoff_base,
        longest_wait_seconds=budget_seconds,
        deadline_seconds=budget_seconds,
    )
    spot, futures = _clients(settings, gate, policy)
    return {"spot": spot, "futures": futures}


def _clients(
    settings: Settings, gate: BanGate, policy: RetryPolicy
) -> tuple[BinanceClient, BinanceClient]:
    return (
        BinanceClient(settings.binance_spot_url, policy, gate, SPOT_WEIGHT_PER_MINUTE),
        BinanceClient(settings.binance_futures_url, policy, gate, FUTURES_WEIGHT_PER_MINUTE),
    )


def get_settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def get_catalogue() -> Catalogue:
    return cast(Catalogue, current_app.extensions["catalogue"])


def get_change_log() -> ChangeLog:
    return cast(ChangeLog, current_app.extensions["change_log"])


def get_depth() -> DepthSnapshots:
    return cast(DepthSnapshots, current_app.extensions["depth"])


def get_klines() -> KlineHistory:
    return cast(KlineHistory, current_app.extensions["klines"])


def get_contracts() -> Contracts:
    return cast(Contracts, current_app.extensions["contracts"])


def get_request_counts() -> RequestCounts:
    return cast(RequestCounts, current_app.extensions["request_counts"])


def get_vital_signs() -> VitalSigns:
    return cast(VitalSigns, current_app.extensions["vital_signs"])


def get_watchlists() -> AccountWatchlists:
    return cast(AccountWatchlists, current_app.extensions["watchlists"])


def get_events() -> EventHub:
    return cast(EventHub, current_app.extensions["events"])


def exchange_offset_ms(market: Market) -> int | None:
    """How far the exchange's clock is ahead of ours; None when it cannot be told now."""
    clock: ServerTime = current_app.extensions["exchange_time"][market]
    return clock.offset_ms()
