"""What is told of the difference between two lists, and how it is kept."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis

from tests.support.fleet import Process
from tests.support.source import ScriptedSource
from webapp.binance.errors import BinanceError
from webapp.symbols.change_log import STREAM
from webapp.symbols.changes import Change, changes_between
from webapp.symbols.listing import Pair, SymbolList
from webapp.symbols.rules import TradingRules


def pair(symbol: str, tick_size: str = "0.01") -> Pair:
    base = symbol.removesuffix("USDT")
    return Pair(
        symbol=symbol,
        base_asset=base,
        quote_asset="USDT",
        status="TRADING",
        rules=TradingRules(tick_size=tick_size),
    )


def a_list(*pairs: Pair, at: float = 1.0, **not_trading: str) -> SymbolList:
    return SymbolList("spot", pairs, at, None, not_trading)


def told(old: SymbolList, new: SymbolList) -> list[dict[str, object]]:
    return [msgspec.to_builtins(change) for change in changes_between(old, new)]


def test_nothing_is_told_of_a_list_that_is_the_same():
    old = a_list(pair("AUSDT"), pair("BUSDT"), XUSDT="BREAK")
    assert told(old, a_list(pair("BUSDT"), pair("AUSDT"), XUSDT="BREAK", at=2)) == []


def test_a_listing_and_a_delisting():
    changes = told(a_list(pair("AUSDT"), pair("BUSDT")), a_list(pair("AUSDT"), pair("CUSDT"), at=2))
    common = {"at": 2000, "market_type": "spot"}
    assert changes == [
        {
            **common,
            "kind": "removed",
            "symbol": "BUSDT",
            "baseAsset": "B",
            "previousStatus": "TRADING",
        },
        {**common, "kind": "added", "symbol": "CUSDT", "baseAsset": "C", "status": "TRADING"},
    ]


def test_every_turn_of_a_pairs_state():
    states = ["TRADING", "CANCEL_ONLY", "HALT", "BREAK", "TRADING"]
    lists = [
        a_list(pair("AUSDT"), pair("BUSDT"))
        if state == "TRADING"
        else a_list(pair("AUSDT"), BUSDT=state)
        for state in states
    ]
    changes = [change for old, new in pairwise(lists) for change in changes_between(old, new)]
    assert [(change.kind, change.symbol) for change in changes] == [("status", "BUSDT")] * 4
    assert [change.previous_status for change in changes] == states[:-1]
    assert [change.status for change in changes] == states[1:]


def test_a_pair_that_is_announced_before_it_trades():
    (change,) = changes_between(a_list(pair("AUSDT")), a_list(pair("AUSDT"), NEW="PENDING_TRADING"))
    assert (change.kind, change.status) == ("added", "PENDING_TRADING")


def test_a_new_tick_size_is_told_and_an_unreadable_one_is_not():
    old = a_list(pair("AUSDT", "0.01"), pair("BUSDT", "0.1"))
    new = a_list(pair("AUSDT", "0.001"), pair("BUSDT", ""))
    (change,) = changes_between(old, new)
    assert (change.kind, change.symbol) == ("tick_size", "AUSDT")
    assert (change.previous_tick_size, change.tick_size) == ("0.01", "0.001")


def kept(client: redis.Redis) -> list[tuple[str, str]]:
    entries: Any = client.xrange(STREAM)
    changes = [msgspec.json.decode(fields[b"change"], type=Change) for _, fields in entries]
    return [(change.kind, change.symbol) for change in changes]


def test_each_change_is_kept_once_by_whoever_fetched_it(
    redis_url: str, redis_client: redis.Redis, tmp_path: Path
):
    source = ScriptedSource("AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT", "FUSDT")
    fleet = [Process(redis_url, tmp_path / str(number)).catalogue(source) for number in range(2)]
    fleet[0].refresh("spot")
    assert kept(redis_client) == []  # a first list has nothing to be compared with
    source.symbols = (*source.symbols, "NEWUSDT")
    fleet[1].refresh("spot")
    fleet[0].refresh("spot")
    assert kept(redis_client) == [("added", "NEWUSDT")]


def test_a_list_that_is_held_back_tells_nothing(
    redis_url: str, redis_client: redis.Redis, tmp_path: Path
):
    source = ScriptedSource(*(f"{letter}USDT" for letter in "ABCDEFGH"))
    Process(redis_url, tmp_path).catalogue(source).refresh("spot")
    source.symbols = source.symbols[:4]
    for _ in range(2):
        with pytest.raises(BinanceError, match="held back"):
            Process(redis_url, tmp_path).catalogue(source).refresh("spot")
        assert kept(redis_client) == []
    Process(redis_url, tmp_path).catalogue(source).refresh("spot")
    assert [symbol for _, symbol in kept(redis_client)] == ["EUSDT", "FUSDT", "GUSDT", "HUSDT"]
