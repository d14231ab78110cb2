"""Proof that the stand-in is faithful.

Real clients work against it unmodified, only their URLs changed.

Every test runs with all connections but those to loopback forbidden, so that no client can reach
the real exchange.
"""

import asyncio
import socket
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import ccxt
import pytest
from binance_common.configuration import ConfigurationRestAPI, ConfigurationWebSocketStreams
from binance_common.errors import TooManyRequestsError, UnauthorizedError
from binance_sdk_spot.spot import Spot

from tests.exchange.keys import DOCUMENTED_KEY, DOCUMENTED_SECRET, demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.support.ccxt_client import ccxt_client
from webapp.binance.signing import new_pair

MARKETS = {"spot": "BTC/USDT", "swap": "BTC/USDT:USDT"}


@pytest.fixture
def stand_in(exchange: ExchangeProcess) -> ExchangeProcess:
    return exchange


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail on any connection or name lookup that leaves this machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX or address[0] == "127.0.0.1", address
        connect(self, address)

    def guarded_look_up(host: Any, *details: Any, **more: Any) -> Any:
        assert host in ("127.0.0.1", "localhost", None), host
        return look_up(host, *details, **more)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture(scope="module", params=["spot", "swap"])
def loaded(
    request: pytest.FixtureRequest, exchange_process: ExchangeProcess
) -> Iterator[ccxt.binance]:
    client = ccxt_client(exchange_process, request.param)
    client.load_markets()
    yield client
    client.close()


@pytest.fixture
def trader(loaded: ccxt.binance, stand_in: ExchangeProcess) -> ccxt.binance:
    """A client that knows the markets, of an exchange without faults and counts."""
    return loaded


def pair(client: ccxt.binance) -> str:
    return MARKETS[client.options["defaultType"]]


def test_ccxt_loads_the_markets(trader):
    market = trader.markets[pair(trader)]
    assert (market["base"], market["quote"], market["active"]) == ("BTC", "USDT", True)
    assert market["precision"]["price"] in (0.01, 0.1)
    assert len(trader.markets) > 500
    assert any(not market["active"] for market in trader.markets.values())


def test_ccxt_fetches_a_ticker(trader):
    ticker = trader.fetch_ticker(pair(trader))
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert ticker["quoteVolume"] > 1e8
    assert ticker["percentage"] == pytest.approx(
        (ticker["last"] / ticker["open"] - 1) * 100, abs=0.01
    )


def test_ccxt_fetches_all_tickers(trader):
    tickers = trader.fetch_tickers()
    assert pair(trader) in tickers
    assert len(tickers) > 500


def test_ccxt_fetches_an_order_book(trader):
    book = trader.fetch_order_book(pair(trader), 20)
    assert len(book["bids"]) == len(book["asks"]) == 20
    assert book["bids"][0][0] < book["asks"][0][0]
    assert book["nonce"] > 0


def test_ccxt_fetches_candles(trader):
    candles = trader.fetch_ohlcv(pair(trader), "1h", limit=24)
    assert len(candles) == 24
    assert all(later[0] - earlier[0] == 3_600_000 for earlier, later in pairwise(candles))
    assert all(low <= min(opened, close) <= high for _, opened, high, low, close, _ in candles)


def test_ccxt_fetches_trades(trader):
    trades = trader.fetch_trades(pair(trader), limit=10)
    assert len(trades) == 10
    assert {trade["side"] for trade in trades} <= {"buy", "sell"}


def test_ccxts_own_signing_opens_the_account(trader):
    assert trader.fetch_balance()["USDT"]["total"] == 2514.38


def test_ccxt_understands_the_errors(stand_in, trader):
    with pytest.raises(ccxt.AuthenticationError):
        ccxt_client_with_wrong_secret(stand_in, trader).fetch_balance()
    stand_in.control.fault("status", status=418, retry_after=1, times=1)
    with pytest.raises(ccxt.DDoSProtection):
        trader.fetch_ticker(pair(trader))
    stand_in.control.fault("status", status=502, times=1)
    with pytest.raises(ccxt.OperationFailed):
        trader.fetch_ticker(pair(trader))


def test_ccxts_own_ed25519_signing_opens_the_account(stand_in, trader):
    pair = new_pair()
    stand_in.control.add_key("C" * 64, pair.public_pem, balances={"USDT": ["7.5", "0"]})
    client = ccxt_client_with_wrong_secret(stand_in, trader)
    client.apiKey, client.secret = "C" * 64, pair.private_pem
    assert client.fetch_balance()["USDT"]["total"] == 7.5
    client.secret = new_pair().private_pem
    with pytest.raises(ccxt.AuthenticationError):
        client.fetch_balance()


@pytest.mark.parametrize("name", ["testnet", "wrongip", "nobody's"])
def test_a_key_that_has_no_business_there_is_refused_to_ccxt(stand_in, trader, name):
    client = ccxt_client_with_wrong_secret(stand_in, trader)
    client.apiKey, client.secret = demo_key(name.rstrip("'s")), demo_secret(name.rstrip("'s"))
    with pytest.raises(ccxt.AuthenticationError):
        client.fetch_balance()


def test_ccxt_is_told_that_its_clock_is_wrong(stand_in, trader):
    stand_in.control.clock(90_000)
    with pytest.raises(ccxt.InvalidNonce):
        trader.fetch_balance()
    trader.load_time_difference()
    trader.options["adjustForTimeDifference"] = True
    try:
        assert trader.fetch_balance()["USDT"]["total"] == 2514.38
    finally:
        trader.options["adjustForTimeDifference"] = False
        trader.options["timeDifference"] = 0


def test_ccxt_reads_what_a_key_may_do(trader):
    rights = trader.sapiGetAccountApiRestrictions()
    assert (rights["enableReading"], rights["enableSpotAndMarginTrading"]) == (True, True)
    assert rights["enableWithdrawals"] is False


def ccxt_client_with_wrong_secret(stand_in: ExchangeProcess, like: ccxt.binance) -> ccxt.binance:
    client = ccxt_client(stand_in, like.options["defaultType"])
    client.set_markets(like.markets)
    client.secret = "wrong"
    return client


def sdk(stand_in: ExchangeProcess, secret: str = DOCUMENTED_SECRET) -> Any:
    """Give Binance's own SDK, pointed at the stand-in by its settings."""
    rest = ConfigurationRestAPI(
        DOCUMENTED_KEY, secret, base_path=stand_in.urls.spot, timeout=10_000, retries=0
    )
    streams = ConfigurationWebSocketStreams(
        stream_url=stand_in.urls.spot_stream, reconnect_delay=50
    )
    return Spot(config_rest_api=rest, config_ws_streams=streams)


def test_binances_sdk_reads_the_exchange_info(stand_in):
    info = sdk(stand_in).rest_api.exchange_info(symbols=["BTCUSDT", "币安人生USDT"]).data()
    assert [row.symbol for row in info.symbols] == ["BTCUSDT", "币安人生USDT"]
    assert info.symbols[0].status == "TRADING"
    assert info.symbols[0].permission_sets[0][0] == "SPOT"


def test_binances_sdk_opens_the_account_and_reads_the_used_weight(stand_in):
    answer = sdk(stand_in).rest_api.get_account(omit_zero_balances=True)
    account = answer.data()
    assert account.permissions == ["SPOT"]
    assert {balance.asset: balance.free for balance in account.balances}["BTC"] == "0.18420000"
    limit = answer.rate_limits[0]
    assert (limit.rateLimitType, limit.interval, limit.count) == ("REQUEST_WEIGHT", "MINUTE", 20)


def test_binances_sdk_reads_candles_and_books(stand_in):
    api = sdk(stand_in).rest_api
    assert len(api.klines(symbol="ETHUSDT", interval="1m", limit=3).data()) == 3
    assert len(api.depth(symbol="ETHUSDT", limit=5).data().bids) == 5


def test_binances_sdk_understands_the_errors(stand_in):
    wrong = ConfigurationRestAPI("Z" * 64, "s", base_path=stand_in.urls.spot, retries=0)
    with pytest.raises(UnauthorizedError):
        Spot(config_rest_api=wrong).rest_api.get_account()
    stand_in.control.fault("status", status=429, retry_after=1, times=1)
    with pytest.raises(TooManyRequestsError):
        sdk(stand_in).rest_api.ping()


def test_binances_sdk_hears_its_streams(stand_in):
    async def listen() -> list[Any]:
        heard: asyncio.Queue[Any] = asyncio.Queue()
        connection = await sdk(stand_in).websocket_streams.create_connection()
        try:
            (await connection.mini_ticker(symbol="btcusdt")).on("message", heard.put_nowait)
            (await connection.book_ticker(symbol="ethusdt")).on("message", heard.put_nowait)
            messages: dict[str, Any] = {}
            while len(messages) < 2:
                message = await asyncio.wait_for(heard.get(), 8)
                messages[message.s] = message
            return [messages["BTCUSDT"], messages["ETHUSDT"]]
        finally:
            await connection.close_connection(close_session=True)

    ticker, quote = asyncio.run(listen())
    assert float(ticker.l) <= float(ticker.c) <= float(ticker.h)
    assert float(quote.b) < float(quote.a)
