"""The rows of exchangeInfo as text, so that an answer of 15 MB is joined and not encoded anew."""

import json
from functools import cache

from tests.exchange.filters import futures_filters, spot_filters
from tests.exchange.hashing import mix
from tests.exchange.instrument import Instrument

# A real answer of 2025-08 has up to 235 permission names a symbol; names beyond TRD_GRP_237 exist
# since.
_GROUP_NAMES = [f"TRD_GRP_{number:03d}" for number in range(2, 262)]
_SELF_TRADE_MODES = ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
_FUTURES_ORDER_TYPES = [
    "LIMIT",
    "MARKET",
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
]


def dump(value: object) -> str:
    """Encode as Binance does: no spaces, UTF-8 names as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def permission_sets(instrument: Instrument) -> list[list[str]]:
    """Give a spot symbol's permission lists: of each one an account needs one name."""
    if instrument.permission_sets is not None:
        return [list(inner) for inner in instrument.permission_sets]
    return [_own_names(instrument)]


def permission_names(instrument: Instrument) -> list[str]:
    """Give every name in a spot symbol's permission lists."""
    return [name for inner in permission_sets(instrument) for name in inner]


def _own_names(instrument: Instrument) -> list[str]:
    return (
        _names(instrument.permission_group, margin=instrument.margin_allowed)
        if instrument.spot_allowed
        else ["LEVERAGED"]
    )


@cache
def _names(group: int, *, margin: bool) -> list[str]:
    names = [name for index, name in enumerate(_GROUP_NAMES) if index < 4 or mix(group, index) % 17]
    return ["SPOT", *(["MARGIN"] if margin else []), *names[: 200 + 4 * group]]


def spot_row(instrument: Instrument, permission_sets: str) -> str:
    """Write one spot symbol; `permission_sets` is JSON text, `[]` when nobody asked for them."""
    if instrument.recorded is not None:
        return dump(instrument.recorded)
    margin = instrument.margin_allowed
    head = {
        "symbol": instrument.symbol,
        "status": instrument.status,
        "baseAsset": instrument.base,
        "baseAssetPrecision": 8,
        "quoteAsset": instrument.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": [
            "LIMIT",
            "LIMIT_MAKER",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
        ],
        "icebergAllowed": True,
        "ocoAllowed": True,
        "otoAllowed": True,
        "opoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "pegInstructionsAllowed": True,
        "isSpotTradingAllowed": instrument.spot_allowed,
        "isMarginTradingAllowed": margin,
        "filters": spot_filters(instrument),
        "permissions": [],
    }
    tail = {
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": _SELF_TRADE_MODES,
    }
    return f'{dump(head)[:-1]},"permissionSets":{permission_sets},{dump(tail)[1:]}'


def futures_row(instrument: Instrument) -> str:
    """Write one USD-M contract."""
    if instrument.recorded is not None:
        return dump(instrument.recorded)
    sub_types = {"COIN": ["Layer-1"], "INDEX": ["INDEX"], "PREMARKET": ["Pre-Market"]}.get(
        instrument.underlying, ["TradFi"]
    )
    return dump(
        {
            "symbol": instrument.symbol,
            "pair": instrument.pair,
            "contractType": instrument.contract_type,
            "deliveryDate": instrument.delivery_ms,
            "onboardDate": instrument.onboard_ms,
            "status": instrument.status,
            "maintMarginPercent": "2.5000",
            "requiredMarginPercent": "5.0000",
            "baseAsset": instrument.base,
            "quoteAsset": instrument.quote,
            "marginAsset": instrument.quote,
            "pricePrecision": instrument.price.decimals,
            "quantityPrecision": instrument.lot.decimals,
            "baseAssetPrecision": 8,
            "quotePrecision": 8,
            "underlyingType": instrument.underlying,
            "underlyingSubType": sub_types,
            "triggerProtect": "0.0500",
            "liquidationFee": "0.012500",
            "marketTakeBound": "0.05",
            "maxMoveOrderLimit": 10000,
            "filters": futures_filters(instrument),
            "orderTypes": _FUTURES_ORDER_TYPES,
            "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
            "permissionSets": ["GRID", "COPY", "RPI", "DCA", "PSB"],
        }
    )
