"""Mark price, index price and funding of a perpetual, derived from its last price."""

from tests.exchange.hashing import mix, signed
from tests.exchange.state import State

_FUNDING_PERIOD_MS = 8 * 3_600_000


def premium_row(state: State, now_ms: int) -> dict[str, object]:
    """Give a row of premiumIndex."""
    mark, index, rate = _prices(state, now_ms)
    return {
        "symbol": state.inst.symbol,
        "markPrice": f"{mark:.8f}",
        "indexPrice": f"{index:.8f}",
        "estimatedSettlePrice": f"{index * 1.0001:.8f}",
        "lastFundingRate": f"{rate:.8f}",
        "interestRate": "0.00010000",
        "nextFundingTime": _next_funding(now_ms),
        "time": now_ms // 1000 * 1000,
    }


def mark_event(state: State, now_ms: int) -> dict[str, object]:
    """Give a markPriceUpdate event (`ap`, the average mark price, exists since 2026-03-26)."""
    mark, index, rate = _prices(state, now_ms)
    return {
        "e": "markPriceUpdate",
        "E": now_ms // 1000 * 1000,
        "s": state.inst.symbol,
        "p": f"{mark:.8f}",
        "ap": f"{mark:.8f}",
        "P": f"{index * 1.0001:.8f}",
        "i": f"{index:.8f}",
        "r": f"{rate:.8f}",
        "T": _next_funding(now_ms),
        "st": state.inst.margin_kind,
    }


def _prices(state: State, now_ms: int) -> tuple[float, float, float]:
    rate = signed(mix(state.salt, now_ms // _FUNDING_PERIOD_MS)) * 0.00015 + 0.00005
    last = state.last * state.inst.price.size
    return last * (1 + rate * 0.1), last * (1 - rate), rate


def _next_funding(now_ms: int) -> int:
    return (now_ms // _FUNDING_PERIOD_MS + 1) * _FUNDING_PERIOD_MS
