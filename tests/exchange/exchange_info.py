"""GET exchangeInfo, spot and futures.

The symbols' text is kept as long as the list does not change.
"""

import json
from collections.abc import Iterable

from tests.exchange.call import Call, symbol_list
from tests.exchange.errors import ApiError
from tests.exchange.instrument import Instrument
from tests.exchange.rows import dump, futures_row, permission_names, permission_sets, spot_row
from tests.exchange.venue import Venue

_FILTERABLE_STATUSES = ("TRADING", "HALT", "BREAK")
_DEFAULT_PERMISSIONS = ("SPOT", "MARGIN", "LEVERAGED")
_FUTURES_ASSETS = [
    {"asset": asset, "marginAvailable": True, "autoAssetExchange": exchange}
    for asset, exchange in {
        "USDT": "-10000",
        "BTC": "-0.10000000",
        "BNB": "0",
        "ETH": "0",
        "USDC": "-10000",
        "FDUSD": "0",
    }.items()
]


def spot_exchange_info(call: Call) -> bytes:
    """Answer with `symbol`, `symbols`, `permissions`, `showPermissionSets` and `symbolStatus`
    obeyed.
    """
    params = call.params
    if ("symbol" in params or "symbols" in params) and (
        "permissions" in params or "symbolStatus" in params
    ):
        raise ApiError(-1128)
    show_sets = _boolean(params.get("showPermissionSets", "true"), "showPermissionSets")
    key = (
        "spot",
        show_sets,
        *(params.get(name) for name in ("symbol", "symbols", "permissions", "symbolStatus")),
    )
    version, symbols = call.caches.get(key, (None, b""))
    if version != call.venue.market.version:
        symbols = _spot_symbols(_chosen(call), show_sets=show_sets).encode()
        call.caches[key] = (call.venue.market.version, symbols)
    head = {
        "timezone": "UTC",
        "serverTime": call.now_ms,
        "rateLimits": _spot_limits(call.venue),
        "exchangeFilters": [],
    }
    return dump(head)[:-1].encode() + b',"symbols":[' + symbols + b"]}"


def futures_exchange_info(call: Call) -> bytes:
    """Answer with all contracts; there are no parameters."""
    version, symbols = call.caches.get("futures", (None, b""))
    if version != call.venue.market.version:
        symbols = ",".join(
            futures_row(instrument) for instrument in call.venue.market.listed()
        ).encode()
        call.caches["futures"] = (call.venue.market.version, symbols)
    limits = [
        {
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": call.venue.limiter.limits.weight_per_minute,
        },
        {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": 1200},
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 300},
    ]
    head = {"timezone": "UTC", "serverTime": call.now_ms, "futuresType": "U_MARGINED",
            "rateLimits": limits,
            "exchangeFilters": [], "assets": _FUTURES_ASSETS}  # fmt: skip
    return dump(head)[:-1].encode() + b',"symbols":[' + symbols + b"]}"


def _chosen(call: Call) -> list[Instrument]:
    chosen = call.chosen()
    if chosen is not None:
        return [state.inst for state in chosen]
    status = call.params.get("symbolStatus")
    if status is not None and status not in _FILTERABLE_STATUSES:
        raise ApiError(-1122)
    wanted = _permissions(call.params.get("permissions"))
    return [
        instrument
        for instrument in call.venue.market.listed()
        if (status is None or instrument.status == status)
        and not wanted.isdisjoint(_names(instrument))
    ]


def _names(instrument: Instrument) -> list[str]:
    if instrument.recorded is None:
        return permission_names(instrument)
    sets = instrument.recorded.get("permissionSets") or []
    return (
        [name for inner in sets for name in inner]
        or instrument.recorded.get("permissions")
        or ["SPOT"]
    )


def _permissions(text: str | None) -> set[str]:
    if text is None:
        return set(_DEFAULT_PERMISSIONS)
    if not text.startswith("["):
        return {text}
    return set(symbol_list(text))


def _spot_symbols(instruments: Iterable[Instrument], *, show_sets: bool) -> str:
    sets: dict[tuple[object, ...], str] = {}
    rows = []
    for instrument in instruments:
        kind = (
            instrument.permission_group,
            instrument.permission_sets,
            instrument.margin_allowed,
            instrument.spot_allowed,
        )
        if show_sets and kind not in sets:
            sets[kind] = dump(permission_sets(instrument))
        rows.append(spot_row(instrument, sets[kind] if show_sets else "[]"))
    return ",".join(rows)


def _boolean(text: str, name: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ApiError(-1130, name)
    return bool(json.loads(text.lower()))


def _spot_limits(venue: Venue) -> list[dict[str, object]]:
    return [
        {
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": venue.limiter.limits.weight_per_minute,
        },
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
        {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200000},
        {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 300000},
    ]
