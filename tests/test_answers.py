"""Binance's answers, decoded."""

import json

import pytest

from webapp.binance.answers import (
    decimal_or_none,
    decode_exchange_info,
    decode_tickers,
    without_trailing_zeros,
)
from webapp.binance.errors import MalformedAnswer


def body(*symbols: object) -> bytes:
    return json.dumps({"timezone": "UTC", "symbols": symbols}).encode()


def test_reads_the_needed_fields_and_ignores_the_rest():
    row = {
        "symbol": "BTCUSDT",
        "status": "TRADING",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "a_field_of_2030": {"deep": [1, 2]},
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": "0.01000000"},
            {"filterType": "SOMETHING_NEW", "level": 3},
        ],
    }
    [decoded] = decode_exchange_info(body(row))
    assert (decoded.symbol, decoded.baseAsset) == ("BTCUSDT", "BTC")
    assert decoded.rules()["PRICE_FILTER"].tickSize == "0.01000000"


def test_leaves_out_only_the_row_that_cannot_be_understood(caplog: pytest.LogCaptureFixture):
    rows = decode_exchange_info(
        body({"symbol": "AUSDT"}, {"symbol": 7}, "junk", {"symbol": "BUSDT"})
    )
    assert [row.symbol for row in rows] == ["AUSDT", "BUSDT"]
    assert caplog.text.count("left out a row") == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>403</html>",
        b'{"symbols": [',
        b"\xff\xfe",
        b'{"x": ' + b"[" * 100_000,
        b'{"symbols": NaN}',
    ],
)
def test_what_is_not_json_is_a_malformed_answer(answer: bytes):
    with pytest.raises(MalformedAnswer, match="not JSON"):
        decode_exchange_info(answer)


@pytest.mark.parametrize("answer", [b"[]", b"{}", b'{"symbols": {}}', b'{"symbols": null}', b"7"])
def test_json_of_another_shape_is_a_malformed_answer(answer: bytes):
    with pytest.raises(MalformedAnswer, match="another shape"):
        decode_exchange_info(answer)


def test_tickers_come_by_symbol_and_may_lack_fields():
    tickers = decode_tickers(
        b'[{"symbol":"AUSDT","lastPrice":"1.5"},{"symbol":null},{"symbol":"B"}]'
    )
    assert tickers["AUSDT"].lastPrice == "1.5"
    assert tickers["B"].quoteVolume is None


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e5", "", " 1", "1.", "٣", "9" * 40, None])
def test_what_is_no_plain_decimal_is_none(text: str | None):
    assert decimal_or_none(text) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [("0.01000000", "0.01"), ("1.00000000", "1"), ("100", "100"), ("0.5", "0.5"), ("abc", "")],
)
def test_trailing_zeros_go(text: str, plain: str):
    assert without_trailing_zeros(text) == plain
