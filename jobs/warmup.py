"""Jobs that keep the symbol lists warm."""

from __future__ import annotations

from jobs.product import product
from webapp.symbols.catalogue import Catalogue


def warmup_spot_symbols_cache() -> int:
    """Refresh the spot list; returns the number of symbols."""
    return catalogue().refresh("spot").count


def warmup_futures_symbols_cache() -> int:
    """Refresh the futures list; returns the number of symbols."""
    return catalogue().refresh("futures").count


def catalogue() -> Catalogue:
    """This process's catalogue."""
    built: Catalogue = product()["catalogue"]
    return built
