"""What a testnet's pairs cost on Binance itself: the prices that a page shows are those."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from webapp.newest import keep_newest
from webapp.symbols.listing import Pair, SymbolList

# All that a list tells of a pair beside its name and state.
_FIGURES = (
    "rules",
    "last_price",
    "open_price",
    "high_price",
    "low_price",
    "base_volume",
    "quote_volume",
    "change_percent",
)
_LISTS_KEPT = 4


class MainnetFigures:
    """Puts Binance's own figures on a testnet's list; a pair of the testnet alone has none."""

    def __init__(self, mainnet: Callable[[], SymbolList | None]) -> None:
        self._mainnet = mainnet
        self._made: dict[object, SymbolList] = {}
        self._mutex = threading.Lock()

    def put_on(self, listing: SymbolList) -> SymbolList:
        """The same pairs in the same order, made once for each two lists."""
        mainnet = self._mainnet()
        name = (listing, mainnet)
        made = self._made.get(name)
        if made is None:
            made = _with_figures(listing, mainnet)
            with self._mutex:
                keep_newest(self._made, name, made, _LISTS_KEPT)
        return made


def _with_figures(listing: SymbolList, mainnet: SymbolList | None) -> SymbolList:
    known = mainnet.by_symbol if mainnet else {}
    return SymbolList(
        listing.market,
        tuple(_with_figures_of(pair, known.get(pair.symbol)) for pair in listing.pairs),
        listing.listed_at,
        mainnet.tickers_at if mainnet else None,
        listing.not_trading,
        listing.body.content,
    )


def _with_figures_of(pair: Pair, twin: Pair | None) -> Pair:
    source = twin or Pair(symbol="", base_asset="", quote_asset="", status="")
    return msgspec.structs.replace(pair, **{name: getattr(source, name) for name in _FIGURES})
