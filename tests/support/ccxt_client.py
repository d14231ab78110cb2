"""ccxt's own Binance, led to the stand-in exchange."""

from __future__ import annotations

import ccxt

from tests.exchange.keys import demo_key, demo_secret
from tests.exchange.process import ExchangeProcess

NOWHERE = "http://127.0.0.1:9"


def ccxt_client(stand_in: ExchangeProcess, kind: str, name: str = "trading") -> ccxt.binance:
    """Give ccxt's Binance with its host names replaced; what the stand-in lacks leads nowhere."""
    hosts = {
        "https://api.binance.com": stand_in.urls.spot,
        "https://fapi.binance.com": stand_in.urls.futures,
    }
    types = {"spot": "spot", "swap": "linear"}
    client = ccxt.binance({
        "apiKey": demo_key(name), "secret": demo_secret(name), "timeout": 10_000,
            "enableRateLimit": False,
        "options": {"defaultType": kind, "fetchMarkets": {"types": [types[kind]]},
                    "fetchCurrencies": False, "fetchMargins": False},
    })  # fmt: skip
    client.urls["api"] = {
        api: next(
            (url.replace(host, ours) for host, ours in hosts.items() if url.startswith(host)),
            NOWHERE,
        )
        for api, url in client.urls["api"].items()
    }
    return client
