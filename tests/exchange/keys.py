"""The keys known from the start, for demos and tests. They open nothing but this stand-in."""

from typing import Any

from tests.exchange.signing import ApiKey

# The pair printed in Binance's own documentation for its HMAC example.
DOCUMENTED_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
DOCUMENTED_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"

_BALANCES = {
    "USDT": ("2514.38000000", "0.00000000"),
    "BTC": ("0.18420000", "0.00500000"),
    "ETH": ("1.27000000", "0.00000000"),
    "BNB": ("3.10400000", "0.00000000"),
    "币安人生": ("150.00000000", "0.00000000"),
}


def _pad(name: str) -> str:
    """Give a name the 64 letters and digits a Binance key has."""
    return (name + "StandInExchangeKeyOpensNothingElse0123456789abcdefghijklmnopqrstuvwxyz")[:64]


def demo_keys() -> dict[str, ApiKey]:
    """Give the keys known from the start, by their public part."""
    keys = [
        ApiKey(DOCUMENTED_KEY, DOCUMENTED_SECRET, balances=dict(_BALANCES)),
        _demo("readonly"),
        _demo("trading", trading=True, futures=True),
        _demo("withdrawals", trading=True, withdrawals=True),
        _demo("iprestricted", ip_restricted=True, allowed_ips=("127.0.0.1", "::1")),
        _demo("wrongip", ip_restricted=True, allowed_ips=("203.0.113.7",)),
        _demo("tradegroup", permissions=("SPOT", "TRD_GRP_004")),
        _demo("testnet", venues=("spot_testnet", "futures_testnet"), trading=True),
        _demo("spottestnet", venues=("spot_testnet",), trading=True),
        _demo("futurestestnet", venues=("futures_testnet",), trading=True, futures=True),
    ]
    return {key.key: key for key in keys}


def demo_key(name: str) -> str:
    """Give the public part of a demo key: readonly, trading, withdrawals, tradegroup, testnet …"""
    return _pad(name)


def demo_secret(name: str) -> str:
    """Give the HMAC secret of a demo key."""
    return _pad(name)[::-1]


def _demo(name: str, **rights: Any) -> ApiKey:
    return ApiKey(demo_key(name), demo_secret(name), balances=dict(_BALANCES), **rights)
