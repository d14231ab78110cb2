"""What a mainnet key may be allowed: to read. Everything else is refused, known or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

READING = "enableReading"
_ALLOWED = frozenset({READING, "enableFixReadOnly"})
# What the answer holds beside permissions.
_NO_RIGHTS = frozenset({"ipRestrict", "createTime", "tradingAuthorityExpirationTime"})

# What Binance's page calls the box of each permission.
LABELS = {
    READING: "Enable Reading",
    "enableFixReadOnly": "Enable FIX Read Only",
    "enableSpotAndMarginTrading": "Enable Spot & Margin Trading",
    "enableMargin": "Enable Margin Loan, Repay & Transfer",
    "enableFutures": "Enable Futures",
    "enableWithdrawals": "Enable Withdrawals",
    "enableInternalTransfer": "Enable Internal Transfer",
    "permitsUniversalTransfer": "Permits Universal Transfer",
    "enableVanillaOptions": "Enable European Options",
    "enablePortfolioMarginTrading": "Enable Portfolio Margin Trading",
    "enableFixApiTrade": "Enable FIX API Trading",
}


def label(flag: str) -> str:
    """The box's name; a permission that is newer than this table has Binance's own name for it."""
    return LABELS.get(flag, flag)


def wrong_rights(restrictions: Mapping[str, Any]) -> tuple[str, ...]:
    """The flags that stand otherwise than they must: empty for a key that may read and no more.

    ``enableReading`` among them is a box to tick, every other one a box to untick.
    """
    must_be_on = [] if restrictions.get(READING) is True else [READING]
    must_be_off = sorted(
        name
        for name, value in restrictions.items()
        if _is_a_right(name) and _may_be_on(name, value)
    )
    return (*must_be_on, *must_be_off)


def _is_a_right(name: str) -> bool:
    return name not in _ALLOWED and name not in _NO_RIGHTS


def _may_be_on(name: str, value: Any) -> bool:
    # Of what is new, a time or a text is no permission, but nothing passes that is named like one.
    is_named_so = name.startswith(("enable", "permit", "allow", "can"))
    return value is True or (is_named_so and value is not False)
