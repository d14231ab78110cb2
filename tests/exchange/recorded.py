"""Serve recorded exchangeInfo and tickers (newest of each kind) in place of the made ones."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.exchange.hashing import fraction, key_of
from tests.exchange.instrument import PERPETUAL_DELIVERY_MS, Instrument
from tests.exchange.market import Market
from tests.exchange.scale import Scale
from tests.exchange.state import State
from tests.exchange.venue import Venue

_FOLDERS = {"spot": "spot", "futures": "futures", "futures_testnet": "futures-testnet"}
_TICKERS = {"spot": "spot_*.json", "futures": "futures_*.json", "futures_testnet": "futures_*.json"}
_MIN_PRICE = 1e-8


def use_recorded(venue: Venue, folder: Path) -> None:
    """Replace a venue's symbols by recorded ones, its prices by recorded last prices.

    A venue without files stays made.
    """
    info_file = _newest(folder / _FOLDERS.get(venue.name, "-"), "*.json")
    if info_file is None:
        return
    rows = json.loads(info_file.read_bytes())["symbols"]
    ticker_file = _newest(folder / "ticker24hr", _TICKERS[venue.name])
    tickers = (
        {row["symbol"]: row for row in json.loads(ticker_file.read_bytes())} if ticker_file else {}
    )
    made = venue.market
    instruments = [
        _instrument(venue, row, tickers.get(row["symbol"], {}), made) for row in _distinct(rows)
    ]
    coin_margined = [inst for inst in made.instruments.values() if inst.margin_kind == 2]
    venue.market = Market([*instruments, *coin_margined], made.second)
    venue.recorded_tickers = {
        symbol: row for symbol, row in tickers.items() if symbol in venue.market.states
    }
    for symbol, row in venue.recorded_tickers.items():
        _continue(venue.market.states[symbol], row, made.second)


def _newest(folder: Path, pattern: str) -> Path | None:
    """Give the file whose name has the latest date (names are like 2023-04-14_… or
    spot_2024-01-05…).
    """
    files = sorted(
        folder.glob(pattern),
        key=lambda path: "".join(c for c in path.name if c.isdigit() or c == "-").strip("-"),
    )
    return files[-1] if files else None


def _distinct(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return {row["symbol"]: row for row in rows}.values()


def _instrument(
    venue: Venue, row: dict[str, Any], ticker: dict[str, Any], made: Market
) -> Instrument:
    """Read a recorded row; fields that older recordings lack get the usual value."""
    symbol = row["symbol"]
    filters = {item["filterType"]: item for item in row.get("filters", [])}
    tick = _step(filters.get("PRICE_FILTER", {}).get("tickSize"), row.get("pricePrecision", 6))
    step = _step(filters.get("LOT_SIZE", {}).get("stepSize"), row.get("quantityPrecision", 0))
    like = made.instruments.get(symbol)
    key = key_of("recorded", venue.name, symbol)
    last = float(ticker.get("lastPrice", 0)) or (
        like.reference if like else 10 ** (-2 + 3 * fraction(key))
    )
    turnover = float(ticker.get("quoteVolume", 0)) or (like.turnover if like else 150_000.0)
    return Instrument(
        symbol=symbol, base=row["baseAsset"], quote=row["quoteAsset"],
        status=row.get("status") or row.get("contractStatus") or "TRADING",
        price=Scale.of(tick, row.get("pricePrecision", 8)), lot=Scale.of(step,
            row.get("quantityPrecision", 8)),
        reference=max(last, _MIN_PRICE), turnover=turnover, sigma=0.03,
        hold=1 if turnover > 5e6 else 2 if turnover > 1e6 else 4 if turnover > 1e5 else 12,
        onboard_ms=row.get("onboardDate", 1_500_000_000_000), path_key=key,
        spot_allowed=row.get("isSpotTradingAllowed", True), contract_type=row.get("contractType",
                                                                                  ""),
        pair=row.get("pair", symbol), underlying=row.get("underlyingType", "COIN"),
        delivery_ms=row.get("deliveryDate", PERPETUAL_DELIVERY_MS), recorded=row,
    )  # fmt: skip


def _step(size: str | None, decimals: int) -> str:
    """Give a usable step: testnet rows may say 0, old rows nothing."""
    return size if size and float(size) else f"{10**-decimals:.8f}"


def _continue(state: State, row: dict[str, Any], second: int) -> None:
    """Let a symbol go on from its recorded ticker."""
    last = float(row.get("lastPrice", 0))
    if not state.inst.trading or not last:
        return
    state.path.pin(last, second)
    state.last = state.path.ticks(second)
    price = state.inst.price
    state.open, state.high, state.low = (
        max(1, price.steps(row.get(name, row["lastPrice"])))
        for name in ("openPrice", "highPrice", "lowPrice")
    )
    state.window_recorded = True
    state.count = int(row.get("count", 0)) or state.count
    state.volume = state.day_volume = max(1, state.inst.lot.steps(row.get("volume", "0")))
