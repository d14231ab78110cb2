"""The hierarchy: a person's testnet key, then their mainnet key, then the public list."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from functools import cached_property

from webapp.binance.errors import BinanceError, KeyRefused
from webapp.credentials.errors import NoSuchKey
from webapp.credentials.sealing import CannotOpen
from webapp.credentials.vault import UsableKey, Vault
from webapp.database import DatabaseAway
from webapp.personal.accounts import Account, Accounts, NotNow, Place
from webapp.personal.environments import Environment
from webapp.personal.memory import ACCEPTED_SECONDS, KeyMemory
from webapp.symbols.catalogue import Catalogue, ServedList
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.listing import Market, SymbolList

log = logging.getLogger(__name__)

# What the public list may take when the keys have used up the budget, and what a step needs.
_LEAST_SECONDS = 0.25
_STEP_SECONDS = 0.05


class PersonalLists:
    """Gives a person the list of the first environment that accepts a key of theirs."""

    def __init__(
        self,
        vault: Vault,
        accounts: Accounts,
        memory: KeyMemory,
        environments: Mapping[Place, Environment],
        catalogue: Catalogue,
        ttl_seconds: Mapping[Market, int],
        budget_seconds: float,
    ) -> None:
        self._vault = vault
        self._accounts = accounts
        self._memory = memory
        self._environments = environments
        self._catalogue = catalogue
        self._ttl_seconds = ttl_seconds
        self._budget_seconds = budget_seconds

    def get(self, person_id: str, market: Market) -> ServedList | None:
        """The person's list, or None: then theirs is the public one."""
        keys = self.keys(person_id)
        return self.by_keys(person_id, market, keys, self._budget_seconds)

    def catalogue_for(self, person_id: str) -> PersonalCatalogue:
        """What a page asks in place of the catalogue, for the length of one request."""
        return PersonalCatalogue(self, self._catalogue, person_id, self._budget_seconds)

    def keys(self, person_id: str) -> list[UsableKey]:
        """The person's keys that may be asked with; none while the database is away."""
        try:
            return self._vault.usable(person_id)
        except DatabaseAway as error:
            log.warning("a person's keys cannot be read, theirs is the public list: %s", error)
            return []

    def by_keys(
        self, person_id: str, market: Market, keys: Sequence[UsableKey], budget_seconds: float
    ) -> ServedList | None:
        ends_at = time.monotonic() + budget_seconds
        order = self._in_order(person_id, market, keys)
        was_passed_over = False
        for number, key in enumerate(order):
            # Each step may use its share of what is left, so that a later one has time too.
            seconds = (ends_at - time.monotonic()) / (len(order) - number)
            account = self._account(person_id, key, market, seconds)
            if account is None:
                was_passed_over = True
                continue
            seconds = (ends_at - time.monotonic()) / (len(order) - number)
            served = self._listed(key, market, account, seconds)
            if served is None:  # a list on its way: the key is asked with again next time
                return self._next_best(person_id, market, order[number + 1 :], ends_at)
            if len(order) > 1:
                self._note_accepted(person_id, market, key, order, was_passed_over)
            return served
        return None

    def at_hand(
        self, person_id: str, market: Market, keys: Sequence[UsableKey]
    ) -> SymbolList | None:
        """The person's list if all that it is made of is at hand; nobody is asked."""
        for key in self._in_order(person_id, market, keys):
            account = self._accounts.at_hand(person_id, key, market)
            if account:
                return self._environments[key.slot, market].list_at_hand(account.permissions)
        return None

    def _next_best(
        self, person_id: str, market: Market, keys: Sequence[UsableKey], ends_at: float
    ) -> ServedList | None:
        seconds_left = ends_at - time.monotonic()
        return self.by_keys(person_id, market, keys, seconds_left) if keys else None

    def _in_order(
        self, person_id: str, market: Market, keys: Sequence[UsableKey]
    ) -> list[UsableKey]:
        order = [key for key in keys if market in key.markets]
        order.sort(key=lambda key: key.slot == "mainnet")
        if len(order) > 1:
            accepted = self._memory.accepted(person_id, market, _ids(order))
            order.sort(key=lambda key: key.credential_id != accepted)
        return order

    def _note_accepted(
        self,
        person_id: str,
        market: Market,
        key: UsableKey,
        order: list[UsableKey],
        was_passed_over: bool,
    ) -> None:
        # Where an earlier step merely had a bad moment it is tried again after the time to live.
        seconds = self._ttl_seconds[market] if was_passed_over else ACCEPTED_SECONDS
        self._memory.note_accepted(person_id, market, key.credential_id, _ids(order), seconds)

    def _account(
        self, person_id: str, key: UsableKey, market: Market, seconds: float
    ) -> Account | None:
        at_hand = self._accounts.at_hand(person_id, key, market)
        if at_hand:
            return at_hand
        if seconds < _STEP_SECONDS or self._memory.is_paused(key.credential_id, market):
            return None
        try:
            return self._accounts.get(person_id, key, market, seconds)
        except KeyRefused:  # the vault knows it now, and tells it on the person's own page
            self._memory.forget_accepted(person_id, market)
        except (NotNow, NoSuchKey, DatabaseAway) as error:
            log.info("the key %s is not asked with: %s", key.credential_id, error)
        except (BinanceError, TimeoutError, CannotOpen) as error:
            cause = str(error) or "it took too long"
            log.info("the key %s gave no %s account: %s", key.credential_id, market, cause)
            self._memory.pause(key.credential_id, market)
        return None

    def _listed(
        self, key: UsableKey, market: Market, account: Account, seconds: float
    ) -> ServedList | None:
        environment = self._environments[key.slot, market]
        environment.start()
        try:
            listing = environment.list_for(account.permissions, seconds)
        except (BinanceError, NoSymbolList) as error:
            log.info("there is no %s list of %s: %s", market, key.slot, error)
            return None
        return ServedList(listing, environment.source)


class PersonalCatalogue:
    """The catalogue as one person sees it: their own lists where there are any."""

    def __init__(
        self, lists: PersonalLists, catalogue: Catalogue, person_id: str, budget_seconds: float
    ) -> None:
        self._lists = lists
        self._catalogue = catalogue
        self._person_id = person_id
        self._ends_at = time.monotonic() + budget_seconds

    def get(self, market: Market) -> ServedList:
        """The person's list, else the public one; raises ``NoSymbolList``."""
        own = self._lists.by_keys(self._person_id, market, self._keys, self._seconds_left)
        return own or self._catalogue.get(market, max(_LEAST_SECONDS, self._seconds_left))

    def known(self, market: Market) -> SymbolList | None:
        """The list that is at hand; nobody waits for it."""
        own = self._lists.at_hand(self._person_id, market, self._keys)
        return own or self._catalogue.known(market)

    @property
    def has_keys(self) -> bool:
        """Whether there is a key to ask with: the lists may be the person's own."""
        return bool(self._keys)

    @cached_property
    def _keys(self) -> list[UsableKey]:
        return self._lists.keys(self._person_id)

    @property
    def _seconds_left(self) -> float:
        return max(0.0, self._ends_at - time.monotonic())


def _ids(keys: Sequence[UsableKey]) -> list[str]:
    return [key.credential_id for key in keys]
