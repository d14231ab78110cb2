"""Jobs that keep the symbol lists warm."""

from __future__ import annotations

from functools import cache

from webapp import create_app
from webapp.symbols.catalogue import Catalogue


def warmup_spot_symbols_cache() -> int:
    """Refresh the spot list; returns the number of symbols."""
    return catalogue().refresh("spot").count


def warmup_futures_symbols_cache() -> int:
    """Refresh the futures list; returns the number of symbols."""
    return catalogue().refresh("futures").count


@cache
def catalogue() -> Catalogue:
    """This process's catalogue, built on first use."""
    built: Catalogue = create_app().extensions["catalogue"]
    return built
