"""The stand-in's public REST answers.

Shapes, parameters, limits, weights and headers as Binance documents them.
"""

import asyncio
import gzip
import json
from itertools import pairwise
from pathlib import Path
from time import time
from typing import Any

import pytest
import requests
from aiohttp.test_utils import make_mocked_request

from tests.exchange import market_data, venue
from tests.exchange.call import Call
from tests.exchange.faults import Faults
from tests.exchange.market import Market
from tests.exchange.process import ExchangeProcess
from tests.exchange.rest import RestSide
from tests.support.waiting import wait_until

SHARED = Path(__file__).resolve().parents[2] / "shared" / "recorded"
_SPOT_TICKER = """symbol priceChange priceChangePercent weightedAvgPrice prevClosePrice lastPrice
    lastQty bidPrice bidQty askPrice askQty openPrice highPrice lowPrice volume quoteVolume openTime
    closeTime firstId lastId count"""
_MINI = """symbol openPrice highPrice lowPrice lastPrice volume quoteVolume openTime closeTime
    firstId lastId count"""
SPOT_TICKER_FIELDS = _SPOT_TICKER.split()
FUTURES_TICKER_FIELDS = [
    field
    for field in SPOT_TICKER_FIELDS
    if field[:3] not in ("bid", "ask") and field != "prevClosePrice"
]
MINI_FIELDS = _MINI.split()


@pytest.fixture
def stand_in(exchange: ExchangeProcess) -> ExchangeProcess:
    return exchange


def get(base: str, path: str, **params: Any) -> requests.Response:
    return requests.get(base + path, params=params, timeout=30)


def spot(stand_in: ExchangeProcess, name: str, **params: Any) -> Any:
    response = get(stand_in.urls.spot, f"/api/v3/{name}", **params)
    assert response.status_code == 200, response.text
    return response.json()


def futures(stand_in: ExchangeProcess, name: str, **params: Any) -> Any:
    response = get(stand_in.urls.futures, f"/fapi/v1/{name}", **params)
    assert response.status_code == 200, response.text
    return response.json()


def refusal(stand_in: ExchangeProcess, name: str, **params: Any) -> tuple[int, int]:
    response = get(stand_in.urls.spot, f"/api/v3/{name}", **params)
    return response.status_code, response.json()["code"]


def test_ping_and_time_answer(stand_in):
    assert spot(stand_in, "ping") == {}
    assert abs(spot(stand_in, "time")["serverTime"] - time() * 1000) < 2000
    micro = requests.get(
        stand_in.urls.spot + "/api/v3/time", headers={"X-MBX-TIME-UNIT": "MICROSECOND"}, timeout=30
    ).json()["serverTime"]
    assert abs(micro - time() * 1_000_000) < 2_000_000


def test_the_whole_spot_list_with_permission_sets_is_over_ten_megabytes(stand_in):
    response = get(stand_in.urls.spot, "/api/v3/exchangeInfo")
    info = response.json()
    assert len(response.content) > 10_000_000
    assert int(response.headers["Content-Length"]) < 3_000_000  # gzip was asked for
    assert len(info["symbols"]) >= 3000
    bitcoin = next(row for row in info["symbols"] if row["symbol"] == "BTCUSDT")
    assert len(bitcoin["permissionSets"][0]) > 190
    assert bitcoin["permissions"] == []
    limits = {(limit["rateLimitType"], limit["limit"]) for limit in info["rateLimits"]}
    assert ("REQUEST_WEIGHT", 6000) in limits


def test_the_short_list_has_no_permission_sets_and_one_status(stand_in):
    rows = spot(stand_in, "exchangeInfo", showPermissionSets="false", symbolStatus="TRADING")[
        "symbols"
    ]
    assert {row["status"] for row in rows} == {"TRADING"}
    assert all(row["permissionSets"] == [] for row in rows)
    broken = spot(stand_in, "exchangeInfo", symbolStatus="BREAK")["symbols"]
    assert len(broken) > 1000


def test_a_spot_row_has_the_fields_of_a_real_row_of_2026(stand_in):
    row = spot(stand_in, "exchangeInfo", symbol="TSTUSDT")["symbols"][0]
    needed = {
        "symbol",
        "status",
        "baseAsset",
        "quoteAsset",
        "isSpotTradingAllowed",
        "filters",
        "permissionSets",
        "opoAllowed",
    }
    real = SHARED / "rows-2026" / "TSLABUSDT_row_ABRIDGED.json"
    assert set(row) >= (set(json.loads(real.read_text())) if real.is_file() else needed)
    kinds = {item["filterType"] for item in row["filters"]}
    assert {"PRICE_FILTER", "LOT_SIZE", "NOTIONAL"} <= kinds


def test_symbols_may_be_named_one_by_one_and_in_chinese(stand_in):
    rows = spot(stand_in, "exchangeInfo", symbols='["BTCUSDT","币安人生USDT"]')["symbols"]
    assert [row["symbol"] for row in rows] == ["BTCUSDT", "币安人生USDT"]
    assert spot(stand_in, "ticker/price", symbol="币安人生USDT")["symbol"] == "币安人生USDT"


def test_permissions_pick_symbols(stand_in):
    leveraged = spot(stand_in, "exchangeInfo", permissions="LEVERAGED", showPermissionSets="false")[
        "symbols"
    ]
    assert leveraged
    assert all(row["symbol"][-6:-4] == "UP" or row["symbol"][-8:-4] == "DOWN" for row in leveraged)
    both = spot(
        stand_in, "exchangeInfo", permissions='["MARGIN","LEVERAGED"]', showPermissionSets="false"
    )["symbols"]
    assert len(both) > len(leveraged)


@pytest.mark.parametrize(
    ("name", "params", "code"),
    [
        ("exchangeInfo", {"symbol": "NOPEUSDT"}, -1121),
        ("exchangeInfo", {"symbol": "BTCUSDT", "symbolStatus": "TRADING"}, -1128),
        ("exchangeInfo", {"symbolStatus": "CANCEL_ONLY"}, -1122),
        ("exchangeInfo", {"symbols": '["BTCUSDT","BTCUSDT"]'}, -1151),
        ("exchangeInfo", {"symbols": "BTCUSDT"}, -1100),
        ("exchangeInfo", {"symbol": "btcusdt"}, -1100),
        ("ticker/24hr", {"symbol": "NOPEUSDT"}, -1121),
        ("ticker/24hr", {"type": "TINY"}, -1139),
        ("ticker/24hr", {"symbolStatus": "SLEEPING"}, -1122),
        ("ticker/price", {"symbol": "BTCUSDT", "symbolStatus": "BREAK"}, -1220),
        ("klines", {"symbol": "BTCUSDT"}, -1102),
        ("klines", {"symbol": "BTCUSDT", "interval": "1H"}, -1120),
        ("klines", {"interval": "1h"}, -1102),
        ("klines", {"symbol": "BTCUSDT", "interval": "1h", "limit": "-3"}, -1130),
        ("klines", {"symbol": "BTCUSDT", "interval": "1h", "startTime": "x"}, -1100),
        ("klines", {"symbol": "BTCUSDT", "interval": "1d", "timeZone": "15"}, -1130),
        ("depth", {}, -1102),
        ("depth", {"symbol": "NOPEUSDT"}, -1121),
    ],
)
def test_wrong_parameters_are_refused_with_binances_codes(stand_in, name, params, code):
    assert refusal(stand_in, name, **params) == (400, code)


def test_spot_tickers_have_bid_and_ask_and_dead_rows(stand_in):
    row = spot(stand_in, "ticker/24hr", symbol="BTCUSDT")
    assert list(row) == SPOT_TICKER_FIELDS
    assert float(row["bidPrice"]) < float(row["askPrice"])
    assert float(row["lowPrice"]) <= float(row["lastPrice"]) <= float(row["highPrice"])
    change = float(row["lastPrice"]) - float(row["openPrice"])
    assert float(row["priceChange"]) == pytest.approx(change, abs=0.005)
    everything = spot(stand_in, "ticker/24hr")
    assert len(everything) >= 3000
    dead = [row for row in everything if row["count"] == 0]
    assert len(dead) > 1000
    assert dead[0]["firstId"] == -1
    alive = spot(stand_in, "ticker/24hr", symbolStatus="TRADING")
    assert all(row["count"] for row in alive)
    assert len(alive) < len(everything)


def test_the_mini_form_has_no_changes_and_no_quotes(stand_in):
    row = spot(stand_in, "ticker/24hr", symbol="ETHUSDT", type="MINI")
    assert set(row) == set(MINI_FIELDS)
    rows = spot(stand_in, "ticker/24hr", type="MINI", symbols='["ETHUSDT","SOLUSDT"]')
    assert [row["symbol"] for row in rows] == ["ETHUSDT", "SOLUSDT"]


def test_futures_tickers_have_neither_bid_nor_ask_and_no_coin_margined_rows(stand_in):
    row = futures(stand_in, "ticker/24hr", symbol="BTCUSDT")
    assert list(row) == FUTURES_TICKER_FIELDS
    names = {row["symbol"] for row in futures(stand_in, "ticker/24hr")}
    assert "BTCUSDT_261225" in names or any("_" in name for name in names)
    assert not any(name.endswith("_PERP") for name in names)


def test_futures_exchange_info_has_the_shape_of_a_real_one(stand_in):
    info = futures(stand_in, "exchangeInfo")
    assert set(info) == {
        "timezone",
        "serverTime",
        "futuresType",
        "rateLimits",
        "exchangeFilters",
        "assets",
        "symbols",
    }
    row = next(row for row in info["symbols"] if row["symbol"] == "XAUUSDT")
    real = SHARED / "rows-2026" / "XAUUSDT_TRADIFI_PERPETUAL_row.json"
    assert not real.is_file() or set(row) == set(json.loads(real.read_text()))
    assert (row["contractType"], row["underlyingType"]) == ("TRADIFI_PERPETUAL", "COMMODITY")
    assert not any(row["symbol"].endswith("_PERP") for row in info["symbols"])


def test_the_last_candle_closes_at_the_current_price(stand_in):
    symbol = "ADAUSDT"
    for interval in ("1s", "1m", "1h", "1d", "1M"):
        before = spot(stand_in, "ticker/price", symbol=symbol)["price"]
        candles = spot(stand_in, "klines", symbol=symbol, interval=interval, limit=2)
        after = spot(stand_in, "ticker/price", symbol=symbol)["price"]
        assert candles[-1][4] in (before, after)
        assert candles[-2][4] == candles[-1][1]
        assert candles[-1][0] == candles[-2][6] + 1


def test_a_closed_candle_asked_twice_is_equal_and_chart_candles_are_the_same(stand_in):
    params = {
        "symbol": "BTCUSDT",
        "interval": "1m",
        "endTime": int(time() * 1000) - 120_000,
        "limit": 50,
    }
    first = spot(stand_in, "klines", **params)
    assert len(first) == 50
    assert first == spot(stand_in, "klines", **params) == spot(stand_in, "uiKlines", **params)
    assert all(len(candle) == 12 for candle in first)
    assert all(float(c[3]) <= min(float(c[1]), float(c[4])) <= float(c[2]) for c in first)


def test_candles_start_at_start_time_and_never_before_the_listing(stand_in):
    hour = int(time() // 3600 * 3_600_000)
    candles = spot(
        stand_in, "klines", symbol="BTCUSDT", interval="1h", startTime=hour - 7_200_000 + 1
    )
    assert [candle[0] for candle in candles] == [hour - 3_600_000, hour]
    oldest = spot(stand_in, "klines", symbol="BTCUSDT", interval="1M", startTime=0)
    assert oldest[0][0] >= 1_498_867_200_000
    assert len(spot(stand_in, "klines", symbol="BTCUSDT", interval="1m", limit=5000)) == 1000


def test_days_follow_the_time_zone(stand_in):
    shifted = spot(stand_in, "klines", symbol="BTCUSDT", interval="1d", timeZone="8", limit=1)[0]
    assert shifted[0] % 86_400_000 == 16 * 3_600_000


def test_a_depth_snapshot_is_sorted_uncrossed_and_as_long_as_asked(stand_in):
    for limit, expected in ((5, 5), (100, 100), (5000, 1000)):
        book = spot(stand_in, "depth", symbol="BTCUSDT", limit=limit)
        bids, asks = ([float(price) for price, _ in book[side]] for side in ("bids", "asks"))
        assert len(bids) >= min(limit, expected) * 0.9
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert bids[0] < asks[0]
    assert len(spot(stand_in, "depth", symbol="BTCUSDT")["bids"]) == 100


def test_bid_and_ask_are_next_to_the_last_price(stand_in):
    book = spot(stand_in, "depth", symbol="ETHUSDT", limit=5)
    quote = spot(stand_in, "ticker/bookTicker", symbol="ETHUSDT")
    last = float(spot(stand_in, "ticker/price", symbol="ETHUSDT")["price"])
    assert float(quote["bidPrice"]) == pytest.approx(last, rel=0.001)
    assert float(book["bids"][0][0]) == pytest.approx(float(quote["bidPrice"]), rel=0.001)


def test_futures_depth_takes_only_the_listed_limits(stand_in):
    book = futures(stand_in, "depth", symbol="BTCUSDT", limit=20)
    assert {"lastUpdateId", "E", "T", "bids", "asks"} == set(book)
    response = get(stand_in.urls.futures, "/fapi/v1/depth", symbol="BTCUSDT", limit=21)
    assert (response.status_code, response.json()["code"]) == (400, -4021)
    assert (
        get(stand_in.urls.futures, "/fapi/v1/klines", symbol="BTCUSDT", interval="1s").json()[
            "code"
        ]
        == -1120
    )


def test_trades_are_in_order_and_end_at_the_last_price(stand_in):
    trades = spot(stand_in, "trades", symbol="SOLUSDT", limit=50)
    assert len(trades) == 50
    ids = [trade["id"] for trade in trades]
    assert ids == sorted(set(ids))
    aggregated = spot(stand_in, "aggTrades", symbol="SOLUSDT", limit=10)
    assert [trade["a"] for trade in aggregated] == sorted(trade["a"] for trade in aggregated)
    assert float(aggregated[-1]["p"]) == pytest.approx(float(trades[-1]["price"]), rel=0.01)


def test_a_symbol_that_does_not_trade_has_an_empty_book(stand_in):
    broken = spot(stand_in, "exchangeInfo", symbolStatus="BREAK", showPermissionSets="false")[
        "symbols"
    ][0]["symbol"]
    assert spot(stand_in, "depth", symbol=broken)["bids"] == []
    assert spot(stand_in, "trades", symbol=broken) == []


def test_futures_extras_answer(stand_in):
    premium = futures(stand_in, "premiumIndex", symbol="BTCUSDT")
    assert set(premium) == {"symbol", "markPrice", "indexPrice", "estimatedSettlePrice",
                            "lastFundingRate",
                            "interestRate", "nextFundingTime", "time"}  # fmt: skip
    assert len(futures(stand_in, "premiumIndex")) > 500
    assert futures(stand_in, "fundingInfo")[0]["fundingIntervalHours"] == 4
    assert float(futures(stand_in, "openInterest", symbol="BTCUSDT")["openInterest"]) > 0
    newer = get(stand_in.urls.futures, "/fapi/v2/ticker/price", symbol="BTCUSDT").json()
    assert newer["symbol"] == "BTCUSDT"


def test_the_trading_schedule_has_no_holes_and_is_as_documented(stand_in):
    schedule = futures(stand_in, "tradingSchedule")
    assert set(schedule) == {"updateTime", "marketSchedules"}
    assert set(schedule["marketSchedules"]) == {"EQUITY", "COMMODITY", "KR_EQUITY", "CN_EQUITY"}
    day_ms, now_ms = 86_400_000, time() * 1000
    for market in schedule["marketSchedules"].values():
        sessions = market["sessions"]
        assert all(set(session) == {"startTime", "endTime", "type"} for session in sessions)
        assert all(a["endTime"] == b["startTime"] for a, b in pairwise(sessions))
        assert sessions[0]["startTime"] <= now_ms - 7 * day_ms
        assert sessions[-1]["endTime"] >= now_ms + 5 * day_ms
        assert {"NO_TRADING", "REGULAR"} <= {session["type"] for session in sessions}


def test_a_session_is_what_a_test_wants_until_the_reset(stand_in):
    stand_in.control.session("COMMODITY", "NO_TRADING", "REGULAR", seconds=600)
    sessions = futures(stand_in, "tradingSchedule")["marketSchedules"]["COMMODITY"]["sessions"]
    assert all(a["endTime"] == b["startTime"] for a, b in pairwise(sessions))
    now_ms = time() * 1000
    at = next(i for i, s in enumerate(sessions) if s["startTime"] <= now_ms < s["endTime"])
    assert [s["type"] for s in sessions[at : at + 2]] == ["NO_TRADING", "REGULAR"]
    assert 590_000 < sessions[at]["endTime"] - now_ms < 600_000
    usual = futures(stand_in, "tradingSchedule")["marketSchedules"]["EQUITY"]
    stand_in.control.reset()
    assert futures(stand_in, "tradingSchedule")["marketSchedules"]["EQUITY"] == usual


@pytest.mark.parametrize(
    ("name", "path", "weight"),
    [
        ("spot", "/api/v3/exchangeInfo?symbol=BTCUSDT", 20),
        ("spot", "/api/v3/ticker/24hr?symbol=BTCUSDT", 2),
        ("spot", "/api/v3/ticker/24hr", 80),
        ("spot", '/api/v3/ticker/24hr?symbols=["BTCUSDT"]', 2),
        ("spot", "/api/v3/ticker/price", 4),
        ("spot", "/api/v3/depth?symbol=BTCUSDT&limit=100", 5),
        ("spot", "/api/v3/depth?symbol=BTCUSDT&limit=1000", 50),
        ("spot", "/api/v3/depth?symbol=BTCUSDT&limit=5000", 250),
        ("spot", "/api/v3/klines?symbol=BTCUSDT&interval=1h", 2),
        ("spot", "/api/v3/trades?symbol=BTCUSDT", 25),
        ("futures", "/fapi/v1/exchangeInfo", 1),
        ("futures", "/fapi/v1/ticker/24hr", 40),
        ("futures", "/fapi/v1/depth?symbol=BTCUSDT&limit=50", 2),
        ("futures", "/fapi/v1/depth?symbol=BTCUSDT&limit=1000", 20),
        ("futures", "/fapi/v1/klines?symbol=BTCUSDT&interval=1h&limit=1500", 10),
        ("futures", "/fapi/v1/premiumIndex", 10),
        ("futures", "/fapi/v1/tradingSchedule", 5),
    ],
)
def test_every_call_adds_its_weight_to_the_announced_one(stand_in, name, path, weight):
    base = getattr(stand_in.urls, name)
    ping = "/api/v3/ping" if name == "spot" else "/fapi/v1/ping"
    before = int(get(base, ping).headers["X-MBX-USED-WEIGHT-1M"])
    after = int(requests.get(base + path, timeout=30).headers["X-MBX-USED-WEIGHT-1M"])
    assert weight in (after - before, after)  # a new minute may have begun in between


def test_an_answer_announces_the_weight_of_the_minute_it_was_charged_in(monkeypatch):
    clock = [59.9]
    monkeypatch.setattr(venue, "time", lambda: clock[0])

    def slow_answer(_call: Call) -> str:
        clock[0] = 60.1
        return "{}"

    monkeypatch.setattr(market_data, "ping", slow_answer)
    rest = RestSide(venue.Venue("spot", Market([], 59), Faults(), {}))
    answer = asyncio.run(rest.answer(make_mocked_request("GET", "/api/v3/ping")))
    assert answer.headers["X-MBX-USED-WEIGHT-1M"] == "1"


def test_answers_carry_cors_and_no_caching_and_gzip_only_on_request(stand_in):
    url = stand_in.urls.spot + "/api/v3/exchangeInfo?symbol=BTCUSDT"
    plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=30)
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Encoding" not in plain.headers
    zipped = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=30, stream=True)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(zipped.raw.read()))["symbols"][0]["symbol"] == "BTCUSDT"
    head = requests.head(url, timeout=30)
    assert head.status_code == 200


def test_unknown_and_retired_paths_are_not_found(stand_in):
    assert get(stand_in.urls.spot, "/api/v1/ping").status_code == 404
    assert get(stand_in.urls.spot, "/fapi/v1/ping").status_code == 404
    assert get(stand_in.urls.spot_testnet, "/sapi/v1/account/apiRestrictions").status_code == 404


def test_testnets_answer_with_their_own_lists(stand_in):
    rows = get(stand_in.urls.spot_testnet, "/api/v3/exchangeInfo").json()["symbols"]
    assert "这是测试币456" in {row["symbol"] for row in rows}
    assert len(get(stand_in.urls.futures_testnet, "/fapi/v1/exchangeInfo").json()["symbols"]) < 600


def test_a_price_that_is_set_is_traded_at_and_goes_back_with_a_reset(stand_in):
    def last() -> float:
        return float(spot(stand_in, "ticker/price", symbol="ADAUSDT")["price"])

    before = last()
    stand_in.control.set_price("ADAUSDT", before * 2)
    wait_until(lambda: last() > before * 1.9, "it trades at the new price", within_seconds=25)
    candle = spot(stand_in, "klines", symbol="ADAUSDT", interval="1m", limit=1)[0]
    assert float(candle[4]) > before * 1.9
    stand_in.control.reset()
    wait_until(lambda: last() < before * 1.1, "it trades at the old one", within_seconds=25)
