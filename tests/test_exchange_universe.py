"""The stand-in's symbols and their prices.

Many, varied, repeatable, and candles that agree with trades.
"""

import json
from collections import Counter
from pathlib import Path
from time import time
from typing import Any

import pytest

from tests.exchange.faults import Faults
from tests.exchange.flow import LEVELS, STEP_MS, Flow
from tests.exchange.instrument import Instrument
from tests.exchange.klines import candle_at, next_open, open_time
from tests.exchange.market import Market
from tests.exchange.price_path import PricePath
from tests.exchange.recorded import use_recorded
from tests.exchange.scale import Scale
from tests.exchange.state import State
from tests.exchange.tickers import full_row
from tests.exchange.universe_futures import (
    futures_testnet_universe,
    futures_universe,
    quarter_days,
)
from tests.exchange.universe_spot import spot_testnet_universe, spot_universe
from tests.exchange.venue import Venue

NOW_MS = 1795359000000  # 2026-11-22
SHARED_RECORDED = Path(__file__).resolve().parents[2] / "shared" / "recorded"
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def spot() -> list[Instrument]:
    return spot_universe(7)


@pytest.fixture(scope="module")
def futures() -> list[Instrument]:
    return futures_universe(7, NOW_MS)


def test_spot_has_thousands_of_symbols_and_hundreds_that_are_usdt_and_trading(spot):
    usdt = [i for i in spot if i.quote == "USDT" and i.trading and i.spot_allowed]
    assert len(spot) >= 3000
    assert 400 <= len(usdt) <= 460
    assert len({i.symbol for i in spot}) == len(spot)


def test_spot_has_every_status_and_many_quotes(spot):
    statuses = Counter(i.status for i in spot)
    assert set(statuses) == {"TRADING", "BREAK", "HALT", "END_OF_DAY", "CANCEL_ONLY"}
    assert statuses["BREAK"] > 1000
    assert {"BTC", "ETH", "BNB", "USDC", "FDUSD", "TRY", "EUR"} <= {i.quote for i in spot}


def test_spot_has_the_names_that_break_careless_code(spot):
    names = {i.symbol for i in spot}
    assert {"BTCUSDT", "1000SATSUSDT", "1INCHUSDT", "币安人生USDT", "龙虾USDT"} <= names
    assert {"سوقUSDT", "שקלUSDT", "रुपयाUSDT", "Q\u0307BITUSDT"} <= names


def test_leveraged_tokens_are_trading_but_not_allowed_on_spot(spot):
    tokens = [i for i in spot if not i.spot_allowed and i.trading]
    assert {"BTCUPUSDT", "BTCDOWNUSDT"} <= {i.symbol for i in tokens}


def test_futures_have_every_status_and_contract_type(futures):
    usdm = [i for i in futures if i.margin_kind == 1]
    assert len(usdm) >= 500
    assert sum(i.quote == "USDT" and i.trading for i in usdm) >= 480
    assert {i.contract_type for i in usdm} == {
        "PERPETUAL", "TRADIFI_PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER",
        "CURRENT_QUARTER DELIVERING", "",
    }  # fmt: skip
    assert {i.status for i in usdm} == {
        "TRADING", "PENDING_TRADING", "PRE_DELIVERING", "DELIVERING", "DELIVERED", "PRE_SETTLE",
        "SETTLING", "CLOSE", "TRADING_HALT", "TRADING_CANCEL_ONLY",
    }  # fmt: skip
    assert [i.status for i in usdm if not i.contract_type] == ["PENDING_TRADING"]
    assert {i.underlying for i in usdm} >= {"COIN", "INDEX", "PREMARKET", "COMMODITY", "EQUITY",
                                            "KR_EQUITY", "HK_EQUITY", "CN_EQUITY",
                                            "FX"}  # fmt: skip


def test_dated_contracts_carry_the_last_friday_of_their_quarter(futures):
    dated = {i.symbol: i for i in futures if "_" in i.symbol and i.margin_kind == 1}
    assert [f"{day:%y%m%d}" for day in quarter_days(NOW_MS)] == ["260925", "261225", "270326"]
    assert dated["BTCUSDT_261225"].contract_type == "CURRENT_QUARTER"
    assert dated["BTCUSDT_261225"].pair == "BTCUSDT"


def test_testnets_have_other_symbols_and_other_prices(spot, futures):
    test_spot = {i.symbol: i for i in spot_testnet_universe(7)}
    assert "这是测试币456" in test_spot
    assert len(test_spot) < len(spot)
    main = next(i for i in spot if i.symbol == "BTCUSDT")
    assert abs(test_spot["BTCUSDT"].reference / main.reference - 1) > 0.001
    assert len(futures_testnet_universe(7, NOW_MS)) < len(futures)


def test_the_same_seed_gives_the_same_symbols_and_prices_and_another_seed_does_not(spot):
    def prices(seed: int) -> dict[str, int]:
        market = Market(spot_universe(seed)[:400], NOW_MS // 1000)
        return {symbol: state.last for symbol, state in market.states.items()}

    assert prices(7) == prices(7)
    assert prices(7) != prices(8)


def test_prices_of_the_great_coins_are_believable(spot):
    market = Market(spot, NOW_MS // 1000)
    bitcoin = market.states["BTCUSDT"]
    assert 70_000 < bitcoin.last * bitcoin.inst.price.size < 105_000
    assert bitcoin.inst.price.text(1) == "0.01000000"
    assert market.states["PEPEUSDT"].inst.price.text(1) == "0.00000001"


@pytest.mark.parametrize("hold", [1, 2, 4, 6, 12, 20])
def test_a_minute_and_an_hour_touch_exactly_the_extremes_their_candles_tell(hold):
    path = PricePath(key=hold * 7919, reference=123.45, sigma=0.03, tick=0.01, hold=hold)
    minute = NOW_MS // MINUTE_MS - 100
    prices = [path.ticks(minute * 60 + second) for second in range(60)]
    opened, high, low, close = path.candle_ticks(path.minute(minute))
    assert (max([opened, *prices]), min([opened, *prices]), prices[-1]) == (high, low, close)
    hour = minute // 60
    minutes = [path.candle_ticks(path.minute(hour * 60 + part)) for part in range(60)]
    opened, high, low, close = path.candle_ticks(path.hour(hour))
    assert (minutes[0][0], minutes[-1][3]) == (opened, close)
    assert (max(part[1] for part in minutes), min(part[2] for part in minutes)) == (high, low)


def test_candles_of_every_length_join_and_are_made_of_their_minutes(spot):
    market = Market([i for i in spot if i.symbol == "SOLUSDT"], NOW_MS // 1000)
    state = market.states["SOLUSDT"]
    for interval in ("5m", "1h", "4h", "1d", "1w", "1M"):
        last = open_time(interval, NOW_MS)
        previous = open_time(interval, last - 1)
        assert next_open(interval, previous) == last
        before, after = (candle_at(state, interval, at, NOW_MS) for at in (previous, last))
        assert before.close == after.open
        assert after.close == state.last
        assert (
            after.low <= min(after.open, after.close) <= max(after.open, after.close) <= after.high
        )
        assert before == candle_at(state, interval, previous, NOW_MS + 5)
    hour = open_time("1h", NOW_MS - 7_200_000)
    minutes = [candle_at(state, "1m", hour + n * MINUTE_MS, NOW_MS) for n in range(60)]
    whole = candle_at(state, "1h", hour, NOW_MS)
    assert (whole.high, whole.low) == (max(m.high for m in minutes), min(m.low for m in minutes))


def test_a_book_stays_deep_when_a_price_falls_after_minutes_of_calm(spot):
    bitcoin = next(instrument for instrument in spot if instrument.symbol == "BTCUSDT")
    calm_from, fall_over = 1795822260, 1795822505  # within a dollar, then 100 dollars in 3 s
    flow = Flow(State(bitcoin, calm_from), calm_from * 1000, futures=False)
    depths = []
    for now_ms in range(calm_from * 1000, fall_over * 1000, STEP_MS):
        flow.step(now_ms)
        depths.append(min(len(flow.book.bids), len(flow.book.asks)))
    assert min(depths) > LEVELS * 0.8


def test_weeks_begin_on_monday_and_months_on_the_first():
    assert open_time("1w", NOW_MS) == 1794787200000  # Monday 2026-11-16
    assert open_time("1M", NOW_MS) == 1793491200000  # 2026-11-01
    assert open_time("1d", NOW_MS, zone_ms=8 * 3_600_000) % 86_400_000 == 16 * 3_600_000


@pytest.mark.parametrize(
    ("step", "decimals", "steps", "text"),
    [
        ("0.01000000", 8, 8600012, "86000.12000000"),
        ("0.0100", 4, 13241, "132.4100"),
        ("0.10", 2, 860000, "86000.00"),
        ("1", 0, 12, "12"),
        ("0.00000001", 8, 462, "0.00000462"),
        ("0.01", 2, -5, "-0.05"),
    ],
)
def test_steps_are_written_with_binances_decimals(step, decimals, steps, text):
    scale = Scale.of(step, decimals)
    assert scale.text(steps) == text
    assert scale.steps(text) == steps


def _recording(folder: Path) -> Path:
    """Write a small recording in the shape of 2021: no permissionSets,
    futures rows without pair."""
    (folder / "spot").mkdir()
    (folder / "futures").mkdir()
    (folder / "ticker24hr").mkdir()
    old = {"symbol": "OLDUSDT", "status": "TRADING", "baseAsset": "OLD", "quoteAsset": "USDT",
           "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0.00010000"},
                       {"filterType": "LOT_SIZE", "stepSize": "1.00000000"}],
                       "permissions": ["SPOT"]}  # fmt: skip
    _write(
        folder / "spot" / "2020-01-01_a_full.json", {"symbols": [{**old, "symbol": "OLDERUSDT"}]}
    )
    _write(
        folder / "spot" / "2021-08-26_b_full.json",
        {"symbols": [old, {**old, "symbol": "BROKEUSDT", "status": "BREAK"}]},
    )
    contract = {
        "symbol": "OLDUSDT",
        "contractStatus": "TRADING",
        "baseAsset": "OLD",
        "quoteAsset": "USDT",
        "pricePrecision": 4,
    }
    _write(folder / "futures" / "2021-07-22_c.json", {"symbols": [contract]})
    ticker = {
        "symbol": "OLDUSDT",
        "openPrice": "1.2",
        "lowPrice": "1.2",
        "highPrice": "1.5",
        "lastPrice": "1.23450000",
        "quoteVolume": "5000000.0",
        "volume": "4000000.0",
        "count": 9,
    }
    _write(folder / "ticker24hr" / "spot_2024-01-05.json", [ticker])
    return folder


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))


def _venue(name: str, instruments: list[Instrument]) -> Venue:
    return Venue(name, Market(instruments, int(time())), Faults(), {})


def test_a_recording_replaces_the_made_symbols_and_starts_from_its_last_prices(
    tmp_path, spot, futures
):
    folder = _recording(tmp_path)
    venue = _venue("spot", spot)
    use_recorded(venue, folder)
    state = venue.market.states["OLDUSDT"]
    assert sorted(venue.market.instruments) == ["BROKEUSDT", "OLDUSDT"]
    assert state.inst.price.text(state.last) == "1.23450000"
    row = json.loads(full_row(venue, state))
    assert (row["openPrice"], row["lowPrice"], row["count"]) == ("1.20000000", "1.20000000", 9)
    assert venue.market.states["BROKEUSDT"].inst.trading is False
    futures_venue = _venue("futures", futures)
    use_recorded(futures_venue, folder)
    assert [i.symbol for i in futures_venue.market.listed()] == ["OLDUSDT"]


def test_every_recording_of_the_shared_folder_can_be_served(spot, futures):
    venues = {
        "spot": spot,
        "futures": futures,
        "futures_testnet": futures_testnet_universe(7, NOW_MS),
    }
    counts: dict[str, int] = {}
    for name, instruments in venues.items():
        venue = _venue(name, instruments)
        use_recorded(venue, SHARED_RECORDED)
        counts[name] = len([i for i in venue.market.listed() if i.trading and i.quote == "USDT"])
    expected: dict[str, Any] = {"spot": 350, "futures": 473, "futures_testnet": 521}
    made = {"spot": 452, "futures": 516, "futures_testnet": counts["futures_testnet"]}
    assert counts == (expected if SHARED_RECORDED.is_dir() else made)
