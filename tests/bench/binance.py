"""A Binance at rest: the stand-in's answers, sent by nginx, so that making them costs no time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.bench.nginx import static_nginx
from tests.exchange.process import Urls

INFO, TICKERS = "/api/v3/exchangeInfo", "/api/v3/ticker/24hr"


def spot_answers(urls: Urls) -> dict[str, bytes]:
    """What spot says of all its symbols, permission sets included, by path."""
    return {path: requests.get(urls.spot + path, timeout=60).content for path in (INFO, TICKERS)}


def of_size(answers: Mapping[str, bytes], symbols: int) -> dict[str, bytes]:
    """The same for just so many USDT pairs that trade, all like BTCUSDT."""
    info = json.loads(answers[INFO])
    pattern = next(row for row in info["symbols"] if row["symbol"] == "BTCUSDT")
    ticker = next(row for row in json.loads(answers[TICKERS]) if row["symbol"] == "BTCUSDT")
    bases = [f"G{number:05}" for number in range(symbols)]
    info["symbols"] = [_named(pattern, base) | {"baseAsset": base} for base in bases]
    tickers = [_named(ticker, base) for base in bases]
    return {INFO: json.dumps(info).encode(), TICKERS: json.dumps(tickers).encode()}


@contextmanager
def binance_at_rest(folder: Path, answers: Mapping[str, bytes]) -> Iterator[str]:
    """Its URL; it compresses as Binance does, and asks no weight."""
    packed = {f"{path}.gz": gzip.compress(body, compresslevel=6) for path, body in answers.items()}
    with static_nginx(folder, {**answers, **packed}) as server:
        yield server.url


def _named(row: dict[str, Any], base: str) -> dict[str, Any]:
    return {**row, "symbol": f"{base}USDT"}
