"""The signed calls: accounts and what a key may do."""

from tests.exchange.call import Call
from tests.exchange.rows import dump
from tests.exchange.signing import ApiKey, check_signed

_FUTURES_ZEROES = {
    f"total{name}": "0.00000000"
    for name in (
        "InitialMargin",
        "MaintMargin",
        "UnrealizedProfit",
        "PositionInitialMargin",
        "OpenOrderInitialMargin",
        "CrossUnPnl",
    )
}


def spot_account(call: Call) -> str:
    """Answer GET /api/v3/account."""
    key = signed_key(call)
    balances = [
        {"asset": asset, "free": free, "locked": locked}
        for asset, (free, locked) in key.balances.items()
    ]
    if call.params.get("omitZeroBalances", "false") != "true":
        balances.append({"asset": "LTC", "free": "0.00000000", "locked": "0.00000000"})
    return dump(
        {
            "makerCommission": 10,
            "takerCommission": 10,
            "buyerCommission": 0,
            "sellerCommission": 0,
            "commissionRates": {
                "maker": "0.00100000",
                "taker": "0.00100000",
                "buyer": "0.00000000",
                "seller": "0.00000000",
            },
            "canTrade": key.trading,
            "canWithdraw": key.withdrawals,
            "canDeposit": True,
            "brokered": False,
            "requireSelfTradePrevention": False,
            "preventSor": False,
            "updateTime": call.now_ms,
            "accountType": "SPOT",
            "balances": balances,
            "permissions": list(key.permissions),
            "uid": key.uid,
        }
    )


def futures_account(call: Call, version: int) -> str:
    """Answer GET /fapi/v2/account and /fapi/v3/account.

    V2 also tells the fee tier and what the key may do.
    """
    key = signed_key(call)
    free = key.balances.get("USDT", ("0.00000000", "0"))[0]
    totals = dict(_FUTURES_ZEROES) | dict.fromkeys(
        (
            "totalWalletBalance",
            "totalMarginBalance",
            "totalCrossWalletBalance",
            "availableBalance",
            "maxWithdrawAmount",
        ),
        free,
    )
    asset = {
        "asset": "USDT",
        "walletBalance": free,
        "unrealizedProfit": "0.00000000",
        "marginBalance": free,
        "maintMargin": "0.00000000",
        "initialMargin": "0.00000000",
        "positionInitialMargin": "0.00000000",
        "openOrderInitialMargin": "0.00000000",
        "crossWalletBalance": free,
        "crossUnPnl": "0.00000000",
        "availableBalance": free,
        "maxWithdrawAmount": free,
        "updateTime": call.now_ms,
    }
    rights: dict[str, object] = {}
    if version == 2:
        rights = {
            "feeTier": 0,
            "feeBurn": True,
            "canTrade": key.futures,
            "canDeposit": True,
            "canWithdraw": key.withdrawals,
            "updateTime": 0,
            "multiAssetsMargin": False,
            "tradeGroupId": -1,
        }
        asset["marginAvailable"] = True
    return dump({**rights, **totals, "assets": [asset], "positions": []})


def api_restrictions(call: Call) -> str:
    """Answer GET /sapi/v1/account/apiRestrictions: what a key may do (mainnet only)."""
    key = signed_key(call)
    return dump(
        {
            "ipRestrict": key.ip_restricted,
            "createTime": 1698645219000,
            "enableReading": key.reading,
            "enableWithdrawals": key.withdrawals,
            "enableInternalTransfer": False,
            "enableMargin": key.margin,
            "enableFutures": key.futures,
            "permitsUniversalTransfer": False,
            "enableVanillaOptions": False,
            "enableFixApiTrade": False,
            "enableFixReadOnly": False,
            "enableSpotAndMarginTrading": key.trading,
            "enablePortfolioMarginTrading": False,
            **key.more_rights,
        }
    )


def signed_key(call: Call) -> ApiKey:
    """Give the key that signed the call; raises what Binance refuses it with."""
    return check_signed(
        call.venue.keys,
        call.venue.name,
        call.api_key,
        call.query,
        call.body,
        call.params,
        call.ip,
        call.now_ms + call.venue.clock_ahead_ms,
    )
