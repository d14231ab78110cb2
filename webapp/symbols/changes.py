"""What changed on the exchange from one list to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from webapp.symbols.listing import Market, Pair, SymbolList


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One change of one USDT pair, as the API tells it.

    ``at`` is milliseconds since 1970, when Binance gave the list that shows it. ``added`` and
    ``removed`` speak of the exchange's whole list, pairs that do not trade included; ``status``
    holds the exchange's own words, and ``tick_size`` the new one.
    """

    at: int
    market: Market = msgspec.field(name="market_type")
    kind: Literal["added", "removed", "status", "tick_size"]
    symbol: str
    base_asset: str = ""
    status: str = ""
    previous_status: str = ""
    tick_size: str = ""
    previous_tick_size: str = ""


class ToldChange(Change, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A change with its id in the log, after which a client can ask for what came next."""

    id: str


def told(entry_id: str, change: Change) -> ToldChange:
    return ToldChange(id=entry_id, **msgspec.structs.asdict(change))


def changes_between(old: SymbolList, new: SymbolList) -> Iterator[Change]:
    """Compare two lists of one market, symbol by symbol in the order of their names."""
    states_before, states = _states(old), _states(new)
    for symbol in sorted(states_before.keys() | states.keys()):
        before, after = states_before.get(symbol, ""), states.get(symbol, "")
        pair_before, pair = old.by_symbol.get(symbol), new.by_symbol.get(symbol)
        change = Change(
            at=round(new.listed_at * 1000),
            market=new.market,
            kind=_kind(before, after),
            symbol=symbol,
            base_asset=_base(pair or pair_before),
            status=after,
        )
        if before != after:
            yield msgspec.structs.replace(change, previous_status=before)
        elif pair and pair_before and _tick_size_changed(pair_before, pair):
            yield msgspec.structs.replace(
                change,
                kind="tick_size",
                tick_size=pair.tick_size,
                previous_tick_size=pair_before.tick_size,
            )


def _kind(before: str, after: str) -> Literal["added", "removed", "status"]:
    if not before:
        return "added"
    return "status" if after else "removed"


def _states(listing: SymbolList) -> dict[str, str]:
    return {**listing.not_trading, **{pair.symbol: pair.status for pair in listing.pairs}}


def _base(pair: Pair | None) -> str:
    return pair.base_asset if pair else ""


def _tick_size_changed(before: Pair, after: Pair) -> bool:
    # A size that could not be read is no news.
    return bool(before.tick_size and after.tick_size) and before.tick_size != after.tick_size
