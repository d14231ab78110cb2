"""The list as its contenders fetch it: Binance's answer, filtered as the product filters it."""

import os
from typing import Any

import requests

PATH = "/api/v1/symbols/spot"
TTL_SECONDS = 3600
HELLO = b"hello"  # of those that have no list
KEYS = ("symbol", "baseAsset", "quoteAsset", "status")


def fetched() -> dict[str, Any]:
    answer = requests.get(f"{os.environ['BINANCE_SPOT_URL']}/api/v3/exchangeInfo", timeout=30)
    answer.raise_for_status()
    rows = [{key: row[key] for key in KEYS} for row in answer.json()["symbols"] if is_listed(row)]
    data = {"market_type": "spot", "symbols": rows, "count": len(rows)}
    return {"status": "success", "data": data}


def is_listed(row: dict[str, Any]) -> bool:
    trades = row["status"] == "TRADING" and row["isSpotTradingAllowed"] is True
    return trades and row["quoteAsset"] == "USDT"
