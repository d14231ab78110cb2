"""The exchange's words for the state of a pair, in ours."""

from __future__ import annotations

# They follow "is": "ADA/USDT is halted". Spot's enum, then what futures has besides.
STATE_WORDS = {
    "HALT": "halted",
    "BREAK": "on a break",
    "CANCEL_ONLY": "cancel-only: open orders can only be cancelled",
    "END_OF_DAY": "closed for the day",
    "PENDING_TRADING": "not trading yet",
    "PRE_DELIVERING": "about to be delivered",
    "DELIVERING": "being delivered",
    "DELIVERED": "delivered",
    "PRE_SETTLE": "about to be settled",
    "SETTLING": "being settled",
    "CLOSE": "closed",
    "TRADING_HALT": "halted",
    "TRADING_CANCEL_ONLY": "cancel-only: open orders can only be cancelled",
}
NOT_LISTED = "not listed"


def state_words(status: str) -> str:
    """The state in words; a state that Binance has invented since is shown as it is named."""
    return STATE_WORDS.get(status, status.replace("_", " ").lower())
