"""Whatever Binance answers, the outcome is a correct list or one named error."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.binance import a_client
from webapp.binance import client as client_module
from webapp.binance.answers import decimal_or_none, decode_exchange_info, decode_tickers
from webapp.binance.client import RetryPolicy
from webapp.binance.errors import BinanceError
from webapp.binance.refusals import refusal_of
from webapp.symbols.listing import SymbolList
from webapp.symbols.sources import PublicSource

WITHIN = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
ONE_TRY = RetryPolicy(max_attempts=1, backoff_base_seconds=0, deadline_seconds=5)

# --- Strategies: JSON of any shape, and answers that are nearly right ---

_odd_numbers = st.one_of(
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([10**400, -(2**63) - 1, 2**64, 1e308]),
)
any_json = st.recursive(
    st.none() | st.booleans() | _odd_numbers | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)
_names = st.sampled_from(["BTCUSDT", "ETHUSDT", "币安人生USDT", "BNBUSDT", "X" * 5000])
_maybe_odd = st.one_of(any_json, st.just("TRADING"), st.just("USDT"))
symbol_rows = st.fixed_dictionaries(
    {},
    optional={
        "symbol": _names | _maybe_odd,
        "status": st.just("TRADING") | _maybe_odd,
        "contractStatus": st.just("TRADING") | _maybe_odd,
        "baseAsset": st.just("BTC") | _maybe_odd,
        "quoteAsset": st.just("USDT") | _maybe_odd,
        "isSpotTradingAllowed": st.booleans() | any_json,
        "contractType": st.sampled_from(["PERPETUAL", "CURRENT_QUARTER", ""]) | any_json,
        "deliveryDate": st.integers() | any_json,
        "filters": any_json | st.just([{"filterType": "PRICE_FILTER", "tickSize": "0.0100"}]),
        "somethingNew": any_json,
    },
)
ticker_rows = st.fixed_dictionaries(
    {},
    optional={
        "symbol": _names | any_json,
        "lastPrice": st.sampled_from(["1.50", "NaN", "Infinity", "1e999", "-0", ""]) | any_json,
        "quoteVolume": st.sampled_from(["12.5", "NaN", "sNaN", "9" * 5000]) | any_json,
        "priceChangePercent": any_json,
    },
)
exchange_infos = st.one_of(
    any_json,
    st.fixed_dictionaries({"symbols": st.lists(symbol_rows, max_size=8) | any_json}),
)
tickers_answers = st.one_of(any_json, st.lists(ticker_rows, max_size=8))


def encoded(value: Any) -> bytes:
    """As JSON, or as near to it as Python's own NaN and Infinity are."""
    return json.dumps(value).encode()


# --- What Binance may answer ---


class _CannedClient:
    """Answers as told; stands in for Binance at the edge."""

    def __init__(self, exchange_info: bytes, tickers: bytes) -> None:
        self._bodies = {"/info": exchange_info, "/tickers": tickers}

    def get(self, path: str, *_: object) -> bytes:
        return self._bodies[path]

    def busy_seconds(self) -> float:
        return 0


def fetched(exchange_info: bytes, tickers: bytes) -> SymbolList | None:
    """The list that these answers make, or None when they end in one named error."""
    source = PublicSource("spot", _CannedClient(exchange_info, tickers), "/info", "/tickers")  # type: ignore[arg-type]
    try:
        return source.fetch()
    except BinanceError:
        return None


def assert_correct(listing: SymbolList) -> None:
    answer = json.loads(listing.body.content)
    names = [row["symbol"] for row in answer["data"]["symbols"]]
    assert answer["data"]["count"] == len(names) == len(set(names)) > 0
    for row in answer["data"]["symbols"]:
        assert (row["quoteAsset"], row["status"]) == ("USDT", "TRADING")
        assert row["symbol"]
        assert row["baseAsset"]
    for pair in listing.pairs:
        assert decimal_or_none(pair.quote_volume) == pair.quote_volume
        assert decimal_or_none(pair.last_price) == pair.last_price
    stored = SymbolList.from_bytes(listing.to_bytes())
    assert (stored.body.content, stored.pairs) == (listing.body.content, listing.pairs)


@WITHIN
@given(exchange_infos, tickers_answers)
def test_any_json_makes_a_correct_list_or_one_named_error(info: Any, tickers: Any):
    listing = fetched(encoded(info), encoded(tickers))
    if listing:
        assert_correct(listing)


@WITHIN
@given(st.lists(symbol_rows, min_size=1, max_size=6), tickers_answers)
def test_one_good_row_is_listed_whatever_stands_beside_it(rows: list[Any], tickers: Any):
    good = {"symbol": "GOODUSDT", "status": "TRADING", "baseAsset": "GOOD", "quoteAsset": "USDT"}
    listing = fetched(encoded({"symbols": [*rows, good]}), encoded(tickers))
    # JSON has no NaN: an answer that holds one is no JSON at all.
    if listing is None:
        assert any(word in encoded([rows, tickers]) for word in (b"NaN", b"Infinity"))
    else:
        assert "GOODUSDT" in listing.by_symbol
        assert_correct(listing)


@WITHIN
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_bytes_that_are_no_json_end_in_one_named_error(info: bytes, tickers: bytes):
    listing = fetched(info, tickers)
    assert listing is None


@WITHIN
@given(st.integers(min_value=1, max_value=60))
def test_an_answer_cut_anywhere_ends_in_one_named_error(length: int):
    whole = encoded({"symbols": [{"symbol": "BTCUSDT", "status": "TRADING"}]})
    assert fetched(whole[: min(length, len(whole) - 1)], b"[]") is None


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_ends_in_one_named_error(depth: int, opens: str, closes: str):
    deep = (opens * depth + "1" + closes * depth).encode()
    for info in (deep, b'{"symbols": ' + deep + b"}", b'{"symbols": [], "x": ' + deep + b"}"):
        assert fetched(info, deep) is None
    row = b'{"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT", '
    hidden = fetched(b'{"symbols": [' + row + b'"filters": ' + deep + b"}]}", b"[]")
    if hidden:
        assert_correct(hidden)


def test_a_symbol_that_is_listed_twice_counts_once():
    row = {"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT"}
    listing = fetched(encoded({"symbols": [row, row, row]}), b"[]")
    assert listing
    assert listing.count == 1


@WITHIN
@given(
    st.sampled_from([300, 400, 401, 403, 404, 418, 429, 451, 500, 503, 599, 999]),
    st.dictionaries(
        st.sampled_from(["Retry-After", "Content-Type"]),
        st.sampled_from(["5", "-1", "1e9", "nan", "٣", "9" * 400, "Wed, 21 Oct 2026 07:28:00 GMT"]),
    ),
    st.binary(max_size=100) | any_json.map(encoded),
)
def test_any_error_answer_is_one_named_error(status: int, headers: dict[str, str], body: bytes):
    error = refusal_of(status, headers, body)
    assert isinstance(error, BinanceError)
    assert len(str(error)) < 500
    wait_seconds = error.retry_after_seconds
    assert wait_seconds is None or 0 <= wait_seconds < 10**10


@WITHIN
@given(st.integers(min_value=0, max_value=10**13 - 1))
def test_a_ban_until_any_time_is_understood(until_ms: int):
    body = encoded({"code": -1003, "msg": f"IP banned until {until_ms:013d}."})
    error = refusal_of(418, {}, body)
    assert error is not None
    assert (error.retry_after_seconds or 0) >= 0


# --- What Binance may answer, over a real socket ---


class _Answer:
    """What the server below answers next."""

    headers: dict[str, str]
    body: bytes


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(answer.body)
        except OSError:  # the client has had enough
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, _Answer]]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        answer = _Answer()
        running.answer = answer  # type: ignore[attr-defined]
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}", answer
        running.shutdown()
        thread.join()


def source_at(url: str) -> PublicSource:
    return PublicSource("spot", a_client(url, policy=ONE_TRY), "/info", "/tickers")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br"},
        {"Content-Encoding": "zstd"},
        {"Content-Encoding": "nonsense"},
        {"Content-Length": "5"},
        {"Content-Length": "999999999"},
        {"Content-Length": "many"},
        {"Transfer-Encoding": "chunked"},
        {"X-MBX-USED-WEIGHT-1M": "9" * 5000},
    ],
    ids=str,
)
@pytest.mark.parametrize("body", [b"<html>no</html>", b"\xff\xfe{}", gzip.compress(b"{}", mtime=0)])
def test_wrong_types_and_encodings_end_in_one_named_error(
    server: tuple[str, _Answer], headers: dict[str, str], body: bytes
):
    url, answer = server
    answer.headers, answer.body = headers, body
    with pytest.raises(BinanceError):
        source_at(url).fetch()


def test_a_right_list_of_the_wrong_content_type_is_a_list(server: tuple[str, _Answer]):
    url, answer = server
    row = {"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT"}
    answer.headers, answer.body = {"Content-Type": "text/plain"}, encoded({"symbols": [row]})
    assert source_at(url).fetch().count == 1


def test_fifty_megabytes_of_rows_are_read_in_bounded_memory(server: tuple[str, _Answer]):
    url, answer = server
    good = encoded(
        {"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT"}
    )
    filler = b',{"symbol": "X", "junk": "' + b"x" * 1_000_000 + b'"}'
    answer.headers = {}
    answer.body = b'{"symbols": [' + good + filler * 50 + b"]}"
    tracemalloc.start()
    listing = source_at(url).fetch()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert listing.count == 1
    assert peak < 4 * len(answer.body), f"{peak >> 20} MB"


def test_a_small_answer_that_swells_is_refused_in_bounded_memory(
    server: tuple[str, _Answer], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(client_module, "ANSWER_MAX_BYTES", 4_000_000)
    url, answer = server
    answer.headers = {"Content-Encoding": "gzip"}
    answer.body = gzip.compress(b" " * 200_000_000, compresslevel=1, mtime=0)
    tracemalloc.start()
    with pytest.raises(BinanceError, match="is over 3 MB"):
        source_at(url).fetch()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000, f"{peak >> 20} MB"


def test_decoders_refuse_what_is_no_answer_of_theirs():
    for body in (b"", b"null", b"[]", b"3", b'"symbols"', b'{"symbols": null}', b"\x00"):
        with pytest.raises(BinanceError):
            decode_exchange_info(body)
    for body in (b"", b"null", b"{}", b"3", b"\xff"):
        with pytest.raises(BinanceError):
            decode_tickers(body)
