"""The list and its bytes."""

import gzip
import json

import brotli
import pytest
import zstandard

from webapp.symbols.listing import Pair, SymbolList
from webapp.symbols.rules import TradingRules

PAIRS = (
    Pair(
        symbol="BTCUSDT",
        base_asset="BTC",
        quote_asset="USDT",
        status="TRADING",
        rules=TradingRules(tick_size="0.01"),
    ),
    Pair(symbol="币安人生USDT", base_asset="币安人生", quote_asset="USDT", status="TRADING"),
)


def test_the_body_is_what_the_contract_says():
    assert json.loads(SymbolList("spot", PAIRS, 1.0, None).body.content) == {
        "status": "success",
        "data": {
            "market_type": "spot",
            "symbols": [
                {
                    "symbol": "BTCUSDT",
                    "baseAsset": "BTC",
                    "quoteAsset": "USDT",
                    "status": "TRADING",
                },
                {
                    "symbol": "币安人生USDT",
                    "baseAsset": "币安人生",
                    "quoteAsset": "USDT",
                    "status": "TRADING",
                },
            ],
            "count": 2,
        },
    }


def test_a_stored_list_comes_back_whole_with_the_same_bytes():
    listing = SymbolList("futures", PAIRS, 1795358671.5, 1795358672.25)
    again = SymbolList.from_bytes(listing.to_bytes())
    assert again.body.content == listing.body.content
    assert again.pairs == listing.pairs
    assert (again.market, again.listed_at, again.tickers_at) == (
        "futures",
        1795358671.5,
        1795358672.25,
    )


@pytest.mark.parametrize(
    "stored", [b"", b"\x80\x04K\x01.", b"{}", b"null", SymbolList("spot", (), 1.0, None).to_bytes()]
)
def test_what_is_no_stored_list_is_refused(stored: bytes):
    with pytest.raises(ValueError):
        SymbolList.from_bytes(stored)


def test_equal_lists_have_one_digest_whenever_they_were_made():
    earlier, later = SymbolList("spot", PAIRS, 1.0, None), SymbolList("spot", PAIRS, 99.0, 99.0)
    other = SymbolList("spot", PAIRS[:1], 1.0, None)
    assert earlier.body.digest == later.body.digest != other.body.digest


def test_each_coding_is_made_once_and_decodes_to_the_body():
    listing = SymbolList("spot", PAIRS, 1.0, None)
    assert gzip.decompress(listing.body.encoded("gzip")) == listing.body.content
    assert brotli.decompress(listing.body.encoded("br")) == listing.body.content
    assert zstandard.decompress(listing.body.encoded("zstd")) == listing.body.content
    assert listing.body.encoded("br") is listing.body.encoded("br")
