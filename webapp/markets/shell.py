"""The page for the time in which no server answers: no list, no watchlist, nothing personal."""

from __future__ import annotations

from webapp.markets.desk import Desk
from webapp.markets.query import MarketsQuery
from webapp.markets.watchlist import Watchlist
from webapp.symbols.catalogue import ServedList
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.listing import Market, SymbolList


def shell_desk() -> Desk:
    """A desk with nothing on it; the browser fills it from what it knows."""
    return Desk(_NoCatalogue(), MarketsQuery(), Watchlist())


class _NoCatalogue:
    def get(self, market: Market) -> ServedList:
        raise NoSymbolList("This server does not answer.", 0)

    def known(self, market: Market) -> SymbolList | None:
        return None
