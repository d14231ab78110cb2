"""Which pairs belong together."""

from __future__ import annotations

import time

import pytest

from webapp.symbols.listing import Market, Pair, SymbolList
from webapp.symbols.related import related_pairs, unit_of


def pair(base: str, contract_type: str = "", delivery_at_ms: int | None = None) -> Pair:
    return Pair(
        symbol=f"{base}USDT" + (f"_{delivery_at_ms}" if delivery_at_ms else ""),
        base_asset=base,
        quote_asset="USDT",
        status="TRADING",
        contract_type=contract_type,
        delivery_at_ms=delivery_at_ms,
    )


def listing(market: Market, *pairs: Pair) -> SymbolList:
    return SymbolList(market, pairs, time.time(), None)


@pytest.mark.parametrize(
    ("base", "asset", "multiple"),
    [
        ("BTC", "BTC", 1),
        ("1000PEPE", "PEPE", 1000),
        ("1000000MOG", "MOG", 1_000_000),
        ("1MBABYDOGE", "BABYDOGE", 1_000_000),
        ("1INCH", "1INCH", 1),
        ("1000", "1000", 1),
        ("1M", "1M", 1),
        ("币安人生", "币安人生", 1),
    ],
)
def test_a_base_asset_is_so_many_of_an_asset(base: str, asset: str, multiple: int):
    assert unit_of(base) == (asset, multiple)


def test_spot_perpetual_and_dated_futures_of_one_asset_belong_together():
    spot = listing("spot", pair("ETH"), pair("BTC"))
    futures = listing(
        "futures",
        pair("BTC", "NEXT_QUARTER", 300),
        pair("BTC", "PERPETUAL"),
        pair("BTC", "CURRENT_QUARTER", 200),
        pair("ETH", "PERPETUAL"),
    )
    related = related_pairs("BTC", spot, futures)
    assert related.spot == pair("BTC")
    assert related.perpetual == pair("BTC", "PERPETUAL")
    assert [dated.delivery_at_ms for dated in related.dated] == [200, 300]


def test_multiples_of_an_asset_are_found_from_either_side():
    spot, futures = listing("spot", pair("PEPE")), listing("futures", pair("1000PEPE", "PERPETUAL"))
    for base in ("PEPE", "1000PEPE"):
        related = related_pairs(base, spot, futures)
        assert (related.spot, related.perpetual) == (pair("PEPE"), futures.pairs[0])


def test_of_several_multiples_the_base_itself_comes_first():
    spot = listing("spot", pair("CAT"), pair("1000CAT"))
    futures = listing("futures", pair("1000CAT", "PERPETUAL"), pair("CAT", "PERPETUAL"))
    for base in ("CAT", "1000CAT"):
        related = related_pairs(base, spot, futures)
        assert related.spot
        assert related.perpetual
        assert (related.spot.base_asset, related.perpetual.base_asset) == (base, base)


def test_a_market_that_does_not_have_it_or_is_not_known_has_none():
    spot = listing("spot", pair("BTC"))
    assert related_pairs("BTC", spot, None) == (pair("BTC"), None, ())
    assert related_pairs("XAU", spot, listing("futures", pair("BTC", "PERPETUAL"))) == (
        None,
        None,
        (),
    )
