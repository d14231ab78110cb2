"""The data of each answer: what the views fill in is what ``/openapi.json`` describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from webapp.market_data.contracts import SessionRow
from webapp.market_data.klines import Candle
from webapp.symbols.changes import ToldChange
from webapp.symbols.listing import Market

_HEARTBEAT = {"type": "object", "properties": {"at": {"type": "integer"}}, "required": ["at"]}


class CcxtMarkets(msgspec.Struct):
    """Market structures of ccxt, in the order of the list."""

    market_type: Market
    markets: Sequence[dict[str, Any]]


class Changes(msgspec.Struct):
    """Changes, oldest first, and the id to go on from."""

    changes: Sequence[ToldChange]
    next_since: str
    has_more: bool
    is_complete: bool


def _json_text(schema: dict[str, Any]) -> msgspec.Meta:
    """Marks a text that is itself JSON, of this schema."""
    return msgspec.Meta(
        extra_json_schema={"contentMediaType": "application/json", "contentSchema": schema}
    )


class ChangeEvent(msgspec.Struct, tag_field="event", tag="change"):
    """A change as it happens; its id says where to go on."""

    id: str
    data: Annotated[str, _json_text({"$ref": "#/components/schemas/ToldChange"})]


class HeartbeatEvent(msgspec.Struct, tag_field="event", tag="heartbeat"):
    """A sign of life, with this server's clock in ms since 1970."""

    data: Annotated[str, _json_text(_HEARTBEAT)]


class Candles(msgspec.Struct):
    """Candles, oldest first: open time, open, high, low, close, volume, close time, quote volume.

    Those that began before ``closed_before`` (ms since 1970) change no more.
    """

    market_type: Market
    symbol: str
    interval: str
    closed_before: int
    candles: Sequence[Candle]


class ContractFacts(msgspec.Struct, rename="camel", kw_only=True):
    """What only REST tells of a contract; null is what it has none of, or what is not to be had."""

    symbol: str
    open_interest: str | None
    open_interest_time: int | None
    funding_interval_hours: int | None
    funding_rate_cap: str | None
    funding_rate_floor: str | None
    sessions: Sequence[SessionRow] | None


class Clocks(msgspec.Struct, rename="camel"):
    """This server's clock (ms since 1970), and how many ms each exchange's clock is ahead of it."""

    now: float
    exchange_offset: dict[Market, int | None]


class LookedFor(msgspec.Struct, kw_only=True):
    """The list is being looked at again, or was a moment ago."""

    status: Literal["success"] = "success"


class ListedPair(msgspec.Struct):
    """A pair of a watchlist; it may not be listed any more."""

    market_type: Market
    symbol: str


class NamedList(msgspec.Struct):
    """A watchlist, its pairs in the person's order."""

    name: str
    pairs: Sequence[ListedPair]


class Watchlists(msgspec.Struct):
    """A person's watchlists in their order; the version grows with every change."""

    version: int
    lists: Sequence[NamedList]
