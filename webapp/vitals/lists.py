"""The lists: whether there are any, how old they are, and whether their refresh fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from webapp.symbols.catalogue import Catalogue
from webapp.symbols.listing import MARKETS, Market, SymbolList
from webapp.symbols.pause import Failure


class ListState(NamedTuple):
    """The list that a market has at hand, of whatever age, or None."""

    market: Market
    listing: SymbolList | None
    ttl_seconds: int
    failure: Failure | None  # the last refresh's, when it failed

    @property
    def age_seconds(self) -> float:
        """How old the list is; only of a market that has one."""
        return max(0.0, time.time() - self.listing.listed_at) if self.listing else 0.0

    @property
    def is_fresh(self) -> bool:
        return self.listing is not None and self.age_seconds < self.ttl_seconds


def list_states(
    catalogue: Catalogue,
    ttl_seconds: Mapping[Market, int],
    last_failure: Callable[[Market], Failure | None],
) -> tuple[ListState, ...]:
    """All lists; nothing is fetched for it, and a Redis that hangs is not waited for."""

    def state(market: Market) -> ListState:
        listing, failure = catalogue.known(market), last_failure(market)
        if listing and failure and failure.at < listing.listed_at:  # it has been refreshed since
            failure = None
        return ListState(market, listing, ttl_seconds[market], failure)

    return tuple(map(state, MARKETS))
