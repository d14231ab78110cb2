"""Where people's keys are joined with Binance: the vault, its daily round, personal lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, current_app

from webapp.binance.accounts import AccountCall, futures_account, spot_account
from webapp.binance.client import BinanceClient, RetryPolicy
from webapp.binance.errors import BinanceError
from webapp.binance.signed import SignedClient
from webapp.config import Settings
from webapp.credentials.budget import WeightBudget
from webapp.credentials.checks import KeyChecks
from webapp.credentials.rounds import DailyRound
from webapp.credentials.slots import Slot
from webapp.credentials.vault import Vault
from webapp.extensions import Shared, make_once
from webapp.personal.accounts import Accounts, ForgetsAccounts, Place
from webapp.personal.environments import Environment, mainnet, testnet
from webapp.personal.for_all import ForAll
from webapp.personal.lists import PersonalLists
from webapp.personal.memory import KeyMemory
from webapp.personal.permission_sets import PermissionSets, fetch_permission_sets
from webapp.symbols.catalogue import Catalogue
from webapp.symbols.listing import Market, SymbolList
from webapp.symbols.pause import FailurePause
from webapp.symbols.sources import (
    FUTURES_WEIGHT_PER_MINUTE,
    SPOT_WEIGHT_PER_MINUTE,
    PublicSource,
    futures_source,
    spot_source,
)

Value = TypeVar("Value")

TESTNET_FUTURES_WEIGHT_PER_MINUTE = 6000
# Somebody waits for it, and there is another step to go on with: each host is asked once.
_HOSTS_ASKED_MAX = 2
# Public data that personal lists need; it is fetched in the background.
_PATIENT = RetryPolicy(max_attempts=2, deadline_seconds=10.0)
# What one process remembers: a small answer for each key and market.
ACCOUNTS_KEPT = 5000


def init_keys(app: Flask, settings: Settings) -> None:
    """``init_services`` and ``init_people`` come first."""
    shared: Shared = app.extensions["shared"]
    clients = _signed_clients(settings, shared)
    accounts = _accounts(clients)
    testnets: dict[Slot, AccountCall] = {
        "spot-testnet": accounts["spot-testnet", "spot"],
        "futures-testnet": accounts["futures-testnet", "futures"],
    }
    checks = KeyChecks(clients["mainnet", "spot"], testnets)
    budget = WeightBudget(shared.limits)
    kept = make_once(app, ACCOUNTS_KEPT)
    vault = Vault(
        app.extensions["database"],
        app.extensions["sealing"],
        checks,
        budget,
        ForgetsAccounts(kept),
    )
    app.extensions["vault"] = vault
    app.extensions["daily_round"] = DailyRound(vault, checks)
    app.extensions["personal"] = PersonalLists(
        vault,
        Accounts(accounts, vault, kept, budget, settings.symbols_ttl_seconds),
        KeyMemory(shared.facts),
        _environments(app, settings, shared),
        app.extensions["catalogue"],
        settings.symbols_ttl_seconds,
        settings.binance_fetch_budget_seconds,
    )


def get_vault() -> Vault:
    return cast(Vault, current_app.extensions["vault"])


def get_personal() -> PersonalLists:
    return cast(PersonalLists, current_app.extensions["personal"])


def permission_sets_of(symbol: str, wait_seconds: float) -> list[list[str]] | None:
    """Of each list an account needs a name to trade the spot pair; None while nobody can tell."""
    sets: ForAll[PermissionSets] = current_app.extensions["permission_sets"]
    try:
        return sets.get(wait_seconds).of(symbol)
    except BinanceError:
        return None


def _environments(app: Flask, settings: Settings, shared: Shared) -> dict[Place, Environment]:
    once = make_once(app, kept_max=8)
    ttl_seconds = settings.symbols_ttl_seconds
    catalogue: Catalogue = app.extensions["catalogue"]

    def for_all(
        name: str, market: Market, fetch: Callable[[], bytes], decode: Callable[[bytes], Value]
    ) -> ForAll[Value]:
        pause = FailurePause(shared.facts, name)
        return ForAll(f"{name}:v1", once, pause, ttl_seconds[market], fetch, decode)

    def listed(source: PublicSource) -> ForAll[SymbolList]:
        name = f"testnet-symbols:{source.market}"
        return for_all(
            name, source.market, lambda: source.fetch().to_bytes(), SymbolList.from_bytes
        )

    def sets(name: str, client: BinanceClient) -> ForAll[PermissionSets]:
        return for_all(
            name, "spot", lambda: fetch_permission_sets(client), PermissionSets.from_bytes
        )

    spot = BinanceClient(settings.binance_spot_url, _PATIENT, shared.gate, SPOT_WEIGHT_PER_MINUTE)
    spot_sets = app.extensions["permission_sets"] = sets("permission-sets:spot", spot)
    spot_testnet = BinanceClient(
        settings.binance_spot_testnet_url, _PATIENT, shared.gate, SPOT_WEIGHT_PER_MINUTE
    )
    futures_testnet = BinanceClient(
        settings.binance_futures_testnet_url,
        _PATIENT,
        shared.gate,
        TESTNET_FUTURES_WEIGHT_PER_MINUTE,
    )
    return {
        ("mainnet", "spot"): mainnet("spot", catalogue, spot_sets),
        ("mainnet", "futures"): mainnet("futures", catalogue, None),
        ("spot-testnet", "spot"): testnet(
            listed(spot_source(spot_testnet)),
            sets("testnet-permission-sets:spot", spot_testnet),
            lambda: catalogue.known("spot"),
        ),
        ("futures-testnet", "futures"): testnet(
            listed(futures_source(futures_testnet)), None, lambda: catalogue.known("futures")
        ),
    }


def _signed_clients(settings: Settings, shared: Shared) -> dict[tuple[Slot, Market], SignedClient]:
    def spot(hosts: tuple[str, ...]) -> SignedClient:
        return SignedClient(_client(hosts, shared, SPOT_WEIGHT_PER_MINUTE), "/api/v3/time")

    def futures(hosts: tuple[str, ...], weight_limit: int) -> SignedClient:
        return SignedClient(_client(hosts, shared, weight_limit), "/fapi/v1/time")

    return {
        ("mainnet", "spot"): spot(settings.binance_spot_url),
        ("mainnet", "futures"): futures(settings.binance_futures_url, FUTURES_WEIGHT_PER_MINUTE),
        ("spot-testnet", "spot"): spot(settings.binance_spot_testnet_url),
        ("futures-testnet", "futures"): futures(
            settings.binance_futures_testnet_url, TESTNET_FUTURES_WEIGHT_PER_MINUTE
        ),
    }


def _client(hosts: tuple[str, ...], shared: Shared, weight_limit: int) -> BinanceClient:
    policy = RetryPolicy(max_attempts=min(len(hosts), _HOSTS_ASKED_MAX), backoff_base_seconds=0)
    return BinanceClient(hosts, policy, shared.gate, weight_limit)


def _accounts(
    clients: dict[tuple[Slot, Market], SignedClient],
) -> dict[tuple[Slot, Market], AccountCall]:
    ask = {"spot": spot_account, "futures": futures_account}
    return {place: ask[place[1]](client) for place, client in clients.items()}
