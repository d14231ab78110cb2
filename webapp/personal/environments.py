"""The exchanges that a key may open: Binance itself and its testnets, with their lists."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from webapp.newest import keep_newest
from webapp.personal.figures import MainnetFigures
from webapp.personal.for_all import ForAll
from webapp.personal.permission_sets import PermissionSets
from webapp.symbols.catalogue import Catalogue, Source
from webapp.symbols.listing import Market, SymbolList

_LISTS_KEPT = 16


@dataclass(frozen=True)
class Environment:
    """One market of one exchange: its list, and on spot who may trade what."""

    source: Source
    listing: Callable[[float], SymbolList]  # waits for so many seconds at most
    listing_at_hand: Callable[[], SymbolList | None]
    start: Callable[[], None]  # what will be needed is fetched in the background
    sets: ForAll[PermissionSets] | None = None
    _made: dict[object, SymbolList] = field(default_factory=dict)
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def list_for(self, permissions: frozenset[str] | None, wait_seconds: float) -> SymbolList:
        """The pairs that an account may trade; else ``BinanceError`` or ``NoSymbolList``."""
        if permissions is None or self.sets is None:
            return self.listing(wait_seconds)
        ends_at = time.monotonic() + wait_seconds
        sets = self.sets.get(wait_seconds)
        listing = self.listing(max(0.0, ends_at - time.monotonic()))
        return self._narrowed(listing, sets, permissions)

    def list_at_hand(self, permissions: frozenset[str] | None) -> SymbolList | None:
        """The same of what is at hand, or None."""
        listing = self.listing_at_hand()
        if listing is None or permissions is None or self.sets is None:
            return listing
        sets = self.sets.at_hand()
        return None if sets is None else self._narrowed(listing, sets, permissions)

    def _narrowed(
        self, listing: SymbolList, sets: PermissionSets, permissions: frozenset[str]
    ) -> SymbolList:
        # Most people may trade the same, so that a few lists and their bytes serve them all.
        name = (listing, sets, permissions)
        made = self._made.get(name)
        if made is None:
            made = _narrowed(listing, sets, permissions)
            with self._mutex:
                keep_newest(self._made, name, made, _LISTS_KEPT)
        return made


def mainnet(
    market: Market, catalogue: Catalogue, sets: ForAll[PermissionSets] | None
) -> Environment:
    """Binance itself: the shared catalogue's pairs, order and figures."""
    return Environment(
        "mainnet-key",
        lambda wait_seconds: catalogue.get(market, wait_seconds).listing,
        lambda: catalogue.known(market),
        sets.start if sets else lambda: None,
        sets,
    )


def testnet(
    lists: ForAll[SymbolList],
    sets: ForAll[PermissionSets] | None,
    mainnet: Callable[[], SymbolList | None],
) -> Environment:
    """A testnet: its own pairs, with the figures of ``mainnet``'s list, which is at hand."""
    figures = MainnetFigures(mainnet)

    def start() -> None:
        lists.start()
        if sets:
            sets.start()

    def at_hand() -> SymbolList | None:
        listing = lists.at_hand()
        return listing and figures.put_on(listing)

    return Environment(
        "testnet-key",
        lambda wait_seconds: figures.put_on(lists.get(wait_seconds)),
        at_hand,
        start,
        sets,
    )


def _narrowed(listing: SymbolList, sets: PermissionSets, permissions: frozenset[str]) -> SymbolList:
    allowed = sets.allowed((pair.symbol for pair in listing.pairs), permissions)
    if len(allowed) == listing.count:
        return listing
    return SymbolList(
        listing.market,
        tuple(pair for pair in listing.pairs if pair.symbol in allowed),
        listing.listed_at,
        listing.tickers_at,
        listing.not_trading,
    )
