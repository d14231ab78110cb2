"""Which accounts may trade which spot symbol: public data, kept small."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from webapp.binance.answers import PermissionsRow, decode_permission_sets
from webapp.binance.client import BinanceClient
from webapp.binance.errors import MalformedAnswer
from webapp.symbols.sources import QUOTE_ASSET, TRADING

EXCHANGE_INFO_WEIGHT = 20

# Of each inner list an account needs one name; no list, or an empty one, asks for nothing.
Sets = tuple[frozenset[str], ...]


class _Stored(msgspec.Struct):
    """A real answer has two hundred names a symbol, but few different lists of them."""

    distinct: list[list[list[str]]]
    index_by_symbol: dict[str, int]


class PermissionSets:
    """The permission sets of one exchange's USDT pairs that trade."""

    def __init__(self, sets_by_symbol: dict[str, Sets]) -> None:
        self._sets_by_symbol = sets_by_symbol

    def allowed(self, symbols: Iterable[str], permissions: frozenset[str]) -> set[str]:
        """Those of the symbols that an account with these permissions may trade.

        A symbol that is newer than these sets is restricted by none.
        """
        return {
            symbol
            for symbol in symbols
            if may_trade(self._sets_by_symbol.get(symbol, ()), permissions)
        }

    def of(self, symbol: str) -> list[list[str]]:
        """The symbol's sets, each in the order of the alphabet."""
        return [sorted(names) for names in self._sets_by_symbol.get(symbol, ())]

    @classmethod
    def from_bytes(cls, stored: bytes) -> PermissionSets:
        record = msgspec.json.decode(stored, type=_Stored)
        distinct = [tuple(frozenset(inner) for inner in sets) for sets in record.distinct]
        return cls({symbol: distinct[index] for symbol, index in record.index_by_symbol.items()})


def may_trade(sets: Sets, permissions: frozenset[str]) -> bool:
    """Whether each inner list that names anything shares a name with the permissions."""
    return all(not inner or inner & permissions for inner in sets)


def fetch_permission_sets(client: BinanceClient) -> bytes:
    """Ask for the sets, weight 20; what ``PermissionSets.from_bytes`` reads."""
    params = {"showPermissionSets": "true", "symbolStatus": TRADING}
    return compact(decode_permission_sets(client.get("/api/v3/exchangeInfo", params)))


def compact(rows: Iterable[PermissionsRow]) -> bytes:
    """The rows' sets, each different one written once; ``MalformedAnswer`` when there is no row."""
    indexes: dict[tuple[tuple[str, ...], ...], int] = {}
    index_by_symbol = {}
    for row in rows:
        if row.quoteAsset == QUOTE_ASSET:
            sets = tuple(tuple(inner) for inner in row.permissionSets or ())
            index_by_symbol[row.symbol] = indexes.setdefault(sets, len(indexes))
    if not index_by_symbol:
        raise MalformedAnswer("Binance's list of permissions holds no USDT pair")
    distinct = [[list(inner) for inner in sets] for sets in indexes]
    return msgspec.json.encode(_Stored(distinct, index_by_symbol))
