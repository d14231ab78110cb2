"""Which pairs are of one asset: its spot pair, its perpetual, its dated futures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from webapp.symbols.listing import Pair, SymbolList

# What costs little is traded by the thousand: 1000PEPE, 1000000MOG, 1MBABYDOGE. The longest first.
_MULTIPLES = (("1000000", 1_000_000), ("1000", 1_000), ("1M", 1_000_000))

_made: WeakKeyDictionary[SymbolList, Mapping[str, tuple[Pair, ...]]] = WeakKeyDictionary()


class Unit(NamedTuple):
    """What one unit of a pair's base asset is: so many of an asset."""

    asset: str
    multiple: int


class RelatedPairs(NamedTuple):
    """All pairs of one asset; None is what no list holds."""

    spot: Pair | None
    perpetual: Pair | None
    dated: tuple[Pair, ...]  # the next to be delivered first


def unit_of(base_asset: str) -> Unit:
    """``1000PEPE`` is 1,000 PEPE, and ``BTC`` is one BTC."""
    for prefix, multiple in _MULTIPLES:
        name = base_asset.removeprefix(prefix)
        if name and name != base_asset:
            return Unit(name, multiple)
    return Unit(base_asset, 1)


def related_pairs(
    base_asset: str, spot: SymbolList | None, futures: SymbolList | None
) -> RelatedPairs:
    """The pairs of this base asset's asset; where there are several, those of the base itself."""
    contracts = _of_asset(base_asset, futures)
    dated = [pair for pair in contracts if pair.is_dated]
    return RelatedPairs(
        _nearest(base_asset, _of_asset(base_asset, spot)),
        _nearest(base_asset, (pair for pair in contracts if not pair.is_dated)),
        tuple(sorted(dated, key=lambda pair: (pair.delivery_at_ms or 0, pair.symbol))),
    )


def _nearest(base_asset: str, pairs: Iterable[Pair]) -> Pair | None:
    return min(pairs, key=lambda pair: pair.base_asset != base_asset, default=None)


def _of_asset(base_asset: str, listing: SymbolList | None) -> tuple[Pair, ...]:
    return _by_asset(listing).get(unit_of(base_asset).asset, ()) if listing else ()


def _by_asset(listing: SymbolList) -> Mapping[str, tuple[Pair, ...]]:
    by_asset = _made.get(listing)
    if by_asset is None:
        groups: dict[str, list[Pair]] = {}
        for pair in listing.pairs:
            groups.setdefault(unit_of(pair.base_asset).asset, []).append(pair)
        by_asset = _made[listing] = {asset: tuple(pairs) for asset, pairs in groups.items()}
    return by_asset
