"""Lists made from Binance's answers: the stand-in's, and every recorded one."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from tests.conftest import RECORDED_DIR
from tests.exchange.process import ExchangeProcess
from tests.support.binance import a_client
from webapp.binance.client import BinanceClient, RetryPolicy
from webapp.binance.errors import BinanceError, MalformedAnswer
from webapp.symbols.listing import SymbolList
from webapp.symbols.sources import PublicSource, futures_source, spot_source

POLICY = RetryPolicy(max_attempts=1)


def spot(exchange: ExchangeProcess) -> PublicSource:
    return spot_source(a_client(exchange.urls.spot, policy=POLICY))


def futures(exchange: ExchangeProcess) -> PublicSource:
    return futures_source(a_client(exchange.urls.futures, policy=POLICY))


def symbols(listing: SymbolList) -> list[str]:
    return [pair.symbol for pair in listing.pairs]


def test_a_fetch_costs_one_call_of_each_kind(exchange: ExchangeProcess):
    spot(exchange).fetch()
    calls = exchange.control.counts("spot")["rest"]
    assert {name: count["total"] for name, count in calls.items()} == {
        "exchangeInfo": 1,
        "ticker/24hr": 1,
    }


def test_a_fetch_holds_binances_answer_once(exchange: ExchangeProcess):
    source = spot(exchange)
    source.fetch()  # what any first question loads
    size = len(source.client.get(source.exchange_info_path, source.exchange_info_params))
    tracemalloc.start()
    source.fetch()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.95 * size, f"{peak / size:.2f} times the answer"


def test_the_spot_list_holds_usdt_pairs_that_trade_majors_first(exchange: ExchangeProcess):
    listing = spot(exchange).fetch()
    assert listing.count >= 400
    assert symbols(listing)[:3] == ["BTCUSDT", "ETHUSDT", "BNBUSDT"]
    assert {(pair.quote_asset, pair.status) for pair in listing.pairs} == {("USDT", "TRADING")}
    assert "1000SATSUSDT" in symbols(listing)
    assert "BTCUPUSDT" not in symbols(listing)  # a leveraged token: TRADING, but not on spot


def test_the_futures_list_holds_every_contract_type(exchange: ExchangeProcess):
    listing = futures(exchange).fetch()
    kinds = {pair.contract_type for pair in listing.pairs}
    assert {"PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER", "TRADIFI_PERPETUAL"} <= kinds
    assert any(not symbol.isascii() for symbol in symbols(listing))
    dated = [pair for pair in listing.pairs if pair.is_dated]
    assert all(pair.delivery_at_ms for pair in dated)


def test_pairs_carry_their_figures_and_sizes(exchange: ExchangeProcess):
    bitcoin = spot(exchange).fetch().by_symbol["BTCUSDT"]
    assert (bitcoin.tick_size, bitcoin.step_size) == ("0.01", "0.00001")
    assert all(
        (bitcoin.last_price, bitcoin.open_price, bitcoin.change_percent, bitcoin.quote_volume)
    )


def test_without_tickers_there_is_still_a_list(exchange: ExchangeProcess):
    exchange.control.fault("status", venue="spot", endpoint="ticker/24hr", status=503)
    listing = spot(exchange).fetch()
    assert listing.count >= 400
    assert listing.tickers_at is None
    assert symbols(listing)[:2] == ["BTCUSDT", "ETHUSDT"]
    others = symbols(listing)[20:]
    assert others == sorted(others)


@pytest.mark.parametrize("kind", ["malformed", "html", "empty", "truncated", "reset"])
def test_a_useless_answer_is_a_failure_not_an_empty_list(exchange: ExchangeProcess, kind: str):
    exchange.control.fault(kind, venue="spot", endpoint="exchangeInfo")
    with pytest.raises(BinanceError):
        spot(exchange).fetch()


class RecordedClient(BinanceClient):
    """Answers from files."""

    def __init__(self, exchange_info: Path, tickers: Path | None) -> None:
        self._files = {"exchangeInfo": exchange_info, "24hr": tickers}

    def get(self, path: str, params: object = None, on_failed_attempt: object = None) -> bytes:
        recorded = self._files[path.rsplit("/", 1)[1]]
        return recorded.read_bytes() if recorded else b"[]"


RECORDINGS = sorted(RECORDED_DIR.glob("spot/*.json")) + sorted(RECORDED_DIR.glob("futures*/*.json"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_answer_gives_just_its_usdt_pairs_that_trade(path: Path):
    expected = {
        row["symbol"]
        for row in json.loads(path.read_bytes())["symbols"]
        if row["quoteAsset"] == "USDT"
        and row["status"] == "TRADING"
        and row.get("isSpotTradingAllowed", True)
    }
    source = spot_source if path.parent.name == "spot" else futures_source
    listing = source(RecordedClient(path, None)).fetch()
    assert set(symbols(listing)) == expected
    assert symbols(listing)[0] == "BTCUSDT"
    assert all(pair.tick_size and pair.step_size for pair in listing.pairs)


@pytest.mark.parametrize(
    ("info", "tickers"),
    [
        (info, tickers)
        for info in RECORDED_DIR.glob("spot/2023*.json")
        for tickers in RECORDED_DIR.glob("ticker24hr/spot*.json")
    ],
)
def test_recorded_tickers_rank_and_fill_the_list(info: Path, tickers: Path):
    listing = spot_source(RecordedClient(info, tickers)).fetch()
    volumes = [float(pair.quote_volume) for pair in listing.pairs[16:] if pair.quote_volume]
    assert len(volumes) > 200
    assert volumes == sorted(volumes, reverse=True)


def test_a_list_with_no_usdt_pair_that_trades_is_a_failure(tmp_path: Path):
    info = tmp_path / "info.json"
    info.write_text('{"symbols": [{"symbol": "ETHBTC", "status": "TRADING", "quoteAsset": "BTC"}]}')
    with pytest.raises(MalformedAnswer, match="no USDT pair"):
        spot_source(RecordedClient(info, None)).fetch()
