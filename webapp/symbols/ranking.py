"""The order in which pairs are served: the popular ones first."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from webapp.symbols.listing import Pair

# The assets that people look for first, whatever today's volume says.
MAJOR_ASSETS = (
    "BTC", "ETH", "BNB", "SOL", "XRP", "DOGE", "ADA", "TRX",
    "AVAX", "LINK", "DOT", "LTC", "BCH", "XLM", "UNI", "ATOM",
)  # fmt: skip

_MAJOR_RANK = {asset: rank for rank, asset in enumerate(MAJOR_ASSETS)}


def by_popularity(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Majors in the order of the table, perpetual before dated, then by volume, then by name."""
    return tuple(sorted(pairs, key=_popularity))


def _popularity(pair: Pair) -> tuple[int, bool, Decimal, str]:
    rank = _MAJOR_RANK.get(pair.base_asset, len(MAJOR_ASSETS))
    return rank, pair.is_dated, -Decimal(pair.quote_volume or 0), pair.symbol
