"""The stand-in's WebSocket side.

Routes, control messages, limits, payloads, and books that can be rebuilt.
"""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
import requests

from tests.exchange.listener import Listener, first_frames
from tests.exchange.local_book import GapError, LocalBook
from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "recorded" / "ws" / "samples"
# The fields of each payload by (market, kind); those found in the recorded samples are checked
# against them too.
FIELDS = {
    ("spot", "24hrMiniTicker"): "e E s c o h l v q",
    ("spot", "24hrTicker"): "e E s p P w x c Q b B a A o h l v q O C F L n",
    ("spot", "bookTicker"): "u s b B a A",
    ("spot", "aggTrade"): "e E s a p q f l T m M",
    ("spot", "trade"): "e E s t p q T m M",
    ("spot", "kline"): "e E s k",
    ("spot", "depthUpdate"): "e E s U u b a",
    ("spot", "partial"): "lastUpdateId bids asks",
    ("futures", "24hrMiniTicker"): "e E s ps c o h l v q st",
    ("futures", "24hrTicker"): "e E s ps p P w c Q o h l v q O C F L n st",
    ("futures", "bookTicker"): "e u s ps b B a A T E st",
    ("futures", "aggTrade"): "e E s a p q nq f l T m st",
    ("futures", "markPriceUpdate"): "e E s p ap P i r T st",
    ("futures", "kline"): "e E s k",
    ("futures", "depthUpdate"): "e E T s ps U u pu b a st",
}
COMPARED = 700  # levels a side
KLINE_FIELDS = "t T s i f L o c h l v n x q V Q B"


@pytest.fixture
def stand_in(exchange: ExchangeProcess) -> ExchangeProcess:
    """The stand-in, with room for tests that talk a lot."""
    exchange.control.limits(messages_per_second=1000)
    return exchange


def spot_ws(stand_in: ExchangeProcess, *streams: str) -> str:
    return (
        f"{stand_in.urls.spot_stream}/ws/{'/'.join(streams)}"
        if streams
        else f"{stand_in.urls.spot_stream}/ws"
    )


def futures_ws(stand_in: ExchangeProcess, route: str, *streams: str) -> str:
    return f"{stand_in.urls.futures_stream}/{route}/stream?streams={'/'.join(streams)}"


async def first_of_each(url: str, *names: str) -> dict[str, Any]:
    """Listen on a combined connection until every stream has spoken.

    Give the first payload of each.
    """
    seen: dict[str, Any] = {}
    async with Listener(url) as listener:
        while len(seen) < len(names):
            frame = await listener.next()
            seen.setdefault(frame["stream"], frame["data"])
    return seen


# --- payloads ---


def test_the_expected_fields_are_those_of_the_recorded_samples():
    for path in sorted(SAMPLES.glob("*.jsonl")) if SAMPLES.is_dir() else []:
        for line in path.read_text().splitlines():
            frame = json.loads(line)
            data = frame.get("data", frame)
            for row in data if isinstance(data, list) else [data]:
                market = "futures" if "futures" in path.name else "spot"
                kind = row.get("e") or ("bookTicker" if "b" in row else "other")
                expected = FIELDS.get((market, kind))
                assert expected is None or set(row) == set(expected.split()), path.name
    assert FIELDS


def test_spot_payloads_have_the_fields_of_2026(stand_in):
    kinds = {
        "btcusdt@miniTicker": "24hrMiniTicker", "btcusdt@ticker": "24hrTicker",
        "btcusdt@bookTicker": "bookTicker",
        "btcusdt@aggTrade": "aggTrade", "btcusdt@trade": "trade", "btcusdt@kline_1m": "kline",
        "btcusdt@depth@100ms": "depthUpdate", "btcusdt@depth20@100ms": "partial",
        "btcusdt@depth5": "partial",
    }  # fmt: skip
    url = f"{stand_in.urls.spot_stream}/stream?streams={'/'.join(kinds)}"
    seen = asyncio.run(first_of_each(url, *kinds))
    assert {name: list(data) for name, data in seen.items()} == {
        name: FIELDS["spot", kind].split() for name, kind in kinds.items()
    }
    assert set(seen["btcusdt@kline_1m"]["k"]) == set(KLINE_FIELDS.split())
    assert [len(seen[f"btcusdt@depth{n}"]["bids"]) for n in ("20@100ms", "5")] == [20, 5]
    assert seen["btcusdt@miniTicker"]["s"] == "BTCUSDT"


def test_futures_payloads_have_the_fields_of_2026_on_their_routes(stand_in):
    public = {
        "btcusdt@bookTicker": "bookTicker",
        "btcusdt@depth@100ms": "depthUpdate",
        "btcusdt@depth10@500ms": "depthUpdate",
    }
    market = {"btcusdt@miniTicker": "24hrMiniTicker", "btcusdt@ticker": "24hrTicker",
              "btcusdt@aggTrade": "aggTrade",
              "btcusdt@markPrice@1s": "markPriceUpdate", "btcusdt@kline_1m": "kline"}  # fmt: skip
    for route, kinds in (("public", public), ("market", market)):
        seen = asyncio.run(first_of_each(futures_ws(stand_in, route, *kinds), *kinds))
        for name, kind in kinds.items():
            assert set(seen[name]) == set(FIELDS["futures", kind].split()), name
        assert all(data.get("st", 1) == 1 for data in seen.values())


def test_the_all_market_stream_carries_changed_symbols_once_a_second(stand_in):
    async def listen() -> list[list[dict[str, Any]]]:
        return await first_frames(spot_ws(stand_in, "!miniTicker@arr"), 3)

    frames = asyncio.run(listen())
    assert all(300 < len(frame) < 1795 for frame in frames[1:])
    assert {row["s"] for row in frames[1]} != {row["s"] for row in frames[2]}
    assert 900 <= frames[2][0]["E"] - frames[1][0]["E"] <= 1100
    assert any(row["s"] == "币安人生USDT" for row in frames[1])


def test_futures_all_market_streams_mix_in_coin_margined_rows(stand_in):
    frame = asyncio.run(first_frames(futures_ws(stand_in, "market", "!miniTicker@arr"), 1))[0]
    kinds = {row["st"] for row in frame["data"]}
    assert kinds == {1, 2}
    coin = next(row for row in frame["data"] if row["st"] == 2)
    assert coin["s"] == coin["ps"] + "_PERP"


def test_mark_prices_of_all_come_with_tradfi_in_a_message_of_its_own(stand_in):
    frames = asyncio.run(first_frames(futures_ws(stand_in, "market", "!markPrice@arr@1s"), 2))
    names = [{row["s"] for row in frame["data"]} for frame in frames]
    assert any("XAUUSDT" in some for some in names)
    assert not any({"XAUUSDT", "BTCUSDT"} <= some for some in names)


def test_trading_sessions_are_told_each_second_one_market_a_message(stand_in):
    stand_in.control.session("COMMODITY", "NO_TRADING", "REGULAR", seconds=600)
    frames = asyncio.run(first_frames(futures_ws(stand_in, "market", "tradingSession"), 6))
    events = [frame["data"] for frame in frames]
    assert all(list(event) == ["e", "E", "t", "T", "S"] for event in events)
    kinds = {"EquityUpdate", "CommodityUpdate", "KR_EquityUpdate"}
    assert {event["e"] for event in events[:3]} == {event["e"] for event in events[3:]} == kinds
    assert all(event["t"] <= event["E"] < event["T"] for event in events)
    commodity = next(event for event in events if event["e"] == "CommodityUpdate")
    assert commodity["S"] == "NO_TRADING"


def test_futures_still_have_all_tickers_and_all_book_tickers(stand_in):
    async def listen() -> Any:
        urls = [
            futures_ws(stand_in, "market", "!ticker@arr"),
            futures_ws(stand_in, "public", "!bookTicker"),
        ]
        return await asyncio.gather(*(first_frames(url, 1) for url in urls))

    (tickers,), (quote_frame,) = asyncio.run(listen())
    assert set(tickers["data"][0]) == set(FIELDS["futures", "24hrTicker"].split())
    assert set(quote_frame["data"]) == set(FIELDS["futures", "bookTicker"].split())


def test_prices_move(stand_in):
    async def prices() -> set[str]:
        async with Listener(spot_ws(stand_in, "btcusdt@aggTrade")) as listener:
            return {(await listener.next())["p"] for _ in range(12)}

    assert len(asyncio.run(prices())) > 1


def test_the_current_candle_grows_and_agrees_with_rest(stand_in):
    async def listen() -> Any:
        async with Listener(spot_ws(stand_in, "ethusdt@kline_1m")) as listener:
            return (await listener.next())["k"]

    k = asyncio.run(listen())
    params = {"symbol": "ETHUSDT", "interval": "1m", "startTime": k["t"], "limit": 1}
    row = requests.get(stand_in.urls.spot + "/api/v3/klines", params=params, timeout=30).json()[0]
    assert (row[0], row[1], row[6]) == (k["t"], k["o"], k["T"])
    assert float(row[2]) >= float(k["h"])
    assert float(row[3]) <= float(k["l"])


def test_a_candle_that_ends_is_told_as_closed_and_as_rest_tells_it(stand_in):
    async def listen() -> list[Any]:
        async with Listener(spot_ws(stand_in, "ethusdt@kline_1s")) as listener:
            return [(await listener.next())["k"] for _ in range(6)]

    candles = asyncio.run(listen())
    closed = [k for k in candles if k["x"]]
    assert closed
    assert all(k["t"] <= after["t"] for k, after in pairwise(candles))
    params = {"symbol": "ETHUSDT", "interval": "1s", "startTime": closed[0]["t"], "limit": 1}
    row = requests.get(stand_in.urls.spot + "/api/v3/klines", params=params, timeout=30).json()[0]
    assert row[:7] == [closed[0][name] for name in "tohlcvT"]


def test_names_beyond_ascii_may_be_percent_encoded_in_the_url(stand_in):
    frame = asyncio.run(first_frames(spot_ws(stand_in, quote("币安人生usdt@bookTicker")), 1))[0]
    assert frame["s"] == "币安人生USDT"


def test_times_come_in_microseconds_on_request(stand_in):
    frame = asyncio.run(
        first_frames(spot_ws(stand_in, "btcusdt@aggTrade") + "?timeUnit=MICROSECOND", 1)
    )[0]
    assert len(str(frame["E"])) == len(str(frame["T"])) == 16
    assert len(str(frame["a"])) < 13


# --- control messages ---


def test_subscribe_list_and_unsubscribe(stand_in):
    async def talk() -> None:
        async with Listener(spot_ws(stand_in)) as listener:
            assert await listener.ask("SUBSCRIBE", "btcusdt@bookTicker", "ethusdt@bookTicker") == {
                "result": None,
                "id": 1,
            }
            assert (await listener.next())["s"] in ("BTCUSDT", "ETHUSDT")
            await listener.ask("UNSUBSCRIBE", "btcusdt@bookTicker", message_id="second")
            listed = await listener.ask("LIST_SUBSCRIPTIONS", message_id=None)
            assert listed == {"result": ["ethusdt@bookTicker"], "id": None}
            assert [(await listener.next())["s"] for _ in range(4)] == ["ETHUSDT"] * 4

    asyncio.run(talk())


def test_the_combined_property_says_and_sets_the_form(stand_in):
    async def talk() -> None:
        async with Listener(spot_ws(stand_in, "btcusdt@bookTicker")) as listener:
            assert (await listener.ask("GET_PROPERTY", "combined"))["result"] is False
            assert (await listener.ask("SET_PROPERTY", "combined", True))["result"] is None
            assert (await listener.next())["stream"] == "btcusdt@bookTicker"
        async with Listener(stand_in.urls.spot_stream + "/stream") as listener:
            assert (await listener.ask("GET_PROPERTY", "combined"))["result"] is True

    asyncio.run(talk())


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"method":"GET_PROPERTY","params":["color"],"id":7}', {"code": 0,
            "msg": "Unknown property", "id": 7}),
        ('{"method":"SET_PROPERTY","params":["combined","yes"],"id":7}',
         {"code": 1, "msg": "Invalid value type: expected Boolean"}),
        ('{"method":"GET_PROPERTY","params":[5],"id":7}',
         {"code": 2, "msg": "Invalid request: property name must be a string"}),
        ('{"method":"SUBSCRIBE","params":["a@trade"],"id":1.5}',
         {"code": 2, "msg": "Invalid request: request ID must be an unsigned integer"}),
        ('{"method":"SET_PROPERTY","params":["combined",true,1],"id":7}',
         {"code": 2, "msg": "Invalid request: too many parameters"}),
    ],
)  # fmt: skip
def test_wrong_messages_get_the_documented_errors(stand_in, text, answer):
    async def talk() -> Any:
        async with Listener(spot_ws(stand_in)) as listener:
            return await listener.send(text)

    assert asyncio.run(talk()) == answer


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("not json", 3, "Invalid JSON: expected value at line 1 column"),
        ('{"id":1}', 2, "missing field `method`"),
        (
            '{"method":"SUBSCRIB","params":[],"id":1}',
            2,
            "unknown variant SUBSCRIB, expected one of `SUBSCRIBE`",
        ),
    ],
)
def test_unreadable_messages_are_told_why(stand_in, text, code, words):
    async def talk() -> Any:
        async with Listener(spot_ws(stand_in)) as listener:
            return await listener.send(text)

    answer = asyncio.run(talk())
    assert answer["code"] == code
    assert words in answer["msg"]


async def _silent(stand_in: ExchangeProcess, url: str, stream: str) -> bool:
    """Subscribe to a stream.

    Say whether it is acknowledged and silent while a witness elsewhere speaks.
    """
    witness = f"{stand_in.urls.spot_stream}/ws/ethusdt@bookTicker"
    async with Listener(url) as listener, Listener(witness) as other:
        if (await listener.ask("SUBSCRIBE", stream))["result"] is not None:
            return False
        for _ in range(5):
            await other.next()
        try:
            await listener.next(within_s=0.3)
        except TimeoutError:
            return True
        return False


def _each_silent(
    stand_in: ExchangeProcess, subscriptions: list[tuple[str, str]]
) -> dict[str, bool]:
    async def ask_all() -> list[bool]:
        return await asyncio.gather(
            *(_silent(stand_in, url, stream) for url, stream in subscriptions)
        )

    names = [
        f"{url.partition('//')[2].partition('/')[2]} {stream}" for url, stream in subscriptions
    ]
    return dict(zip(names, asyncio.run(ask_all()), strict=True))


def test_old_and_wrong_futures_routes_acknowledge_and_stay_silent(stand_in):
    base = stand_in.urls.futures_stream
    heard = _each_silent(stand_in, [
        (base + "/ws", "btcusdt@aggTrade"), (base + "/ws", "btcusdt@bookTicker"),
        (base + "/stream", "btcusdt@aggTrade"),
        (base + "/public/ws", "btcusdt@aggTrade"), (base + "/market/ws", "btcusdt@bookTicker"),
        (base + "/private/ws", "btcusdt@bookTicker"),
    ])  # fmt: skip
    assert heard == dict.fromkeys(heard, True)
    right = _each_silent(
        stand_in,
        [(base + "/market/ws", "btcusdt@aggTrade"), (base + "/public/ws", "btcusdt@bookTicker")],
    )
    assert right == dict.fromkeys(right, False)


def test_spot_streams_that_do_not_exist_are_acknowledged_and_silent(stand_in):
    names = [
        "!ticker@arr",
        "!bookTicker",
        "nosuchusdt@trade",
        "BTCUSDT@trade",
        "btcusdt@depth7",
        "btcusdt@depth@250ms",
    ]
    heard = _each_silent(stand_in, [(spot_ws(stand_in), name) for name in names])
    assert heard == dict.fromkeys(heard, True)


def test_the_futures_testnet_still_takes_the_old_path(stand_in):
    url = stand_in.urls.futures_testnet_stream + "/ws/btcusdt@bookTicker"
    assert asyncio.run(first_frames(url, 1))[0]["s"] == "BTCUSDT"


# --- limits and the end of connections ---


@pytest.mark.parametrize(("venue", "limit"), [("spot", 5), ("futures", 10)])
def test_too_many_messages_a_second_end_the_connection(stand_in, venue, limit):
    stand_in.control.limits(venue, messages_per_second=limit)
    url = spot_ws(stand_in) if venue == "spot" else stand_in.urls.futures_stream + "/market/ws"

    async def talk() -> tuple[int, int | None]:
        async with Listener(url) as listener:
            for number in range(limit):
                await listener.ask("LIST_SUBSCRIPTIONS", message_id=number)
            await listener.socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 99})
            return limit, await listener.closed()

    assert asyncio.run(talk()) == (limit, 1008)


def test_more_than_1024_streams_end_the_connection(stand_in):
    async def talk() -> int | None:
        async with Listener(spot_ws(stand_in)) as listener:
            await listener.ask("SUBSCRIBE", *[f"a{n}usdt@trade" for n in range(1024)])
            await listener.socket.send_json(
                {"method": "SUBSCRIBE", "params": ["btcusdt@depth"], "id": 2}
            )
            return await listener.closed()

    assert asyncio.run(talk()) == 1008


def test_too_many_connections_in_five_minutes_are_refused(stand_in):
    stand_in.control.limits("spot", connections_per_5_minutes=2)

    async def connect() -> int:
        for _ in range(2):
            async with Listener(spot_ws(stand_in)):
                pass
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            async with Listener(spot_ws(stand_in)):
                pass
        return caught.value.status

    assert asyncio.run(connect()) == 429
    assert stand_in.control.counts("spot")["ws"]["attempts"] == 3


def test_the_server_pings_and_closes_when_no_pong_comes(stand_in):
    stand_in.control.limits("spot", ping_seconds=0.1, pong_within_seconds=0.3)

    async def talk(answer_pings: bool) -> int | None:
        async with Listener(spot_ws(stand_in), answer_pings=answer_pings) as listener:
            try:
                return await listener.closed(within_s=0.9)
            except TimeoutError:
                return None

    assert asyncio.run(talk(answer_pings=False)) == 1008
    assert asyncio.run(talk(answer_pings=True)) is None


def test_server_shutdown_is_announced_in_both_forms_and_then_closes(stand_in):
    async def talk() -> tuple[Any, Any, int | None]:
        async with (
            Listener(spot_ws(stand_in)) as raw,
            Listener(stand_in.urls.spot_stream + "/stream") as combined,
        ):
            await raw.ask("LIST_SUBSCRIPTIONS")
            await combined.ask("LIST_SUBSCRIPTIONS")
            await asyncio.to_thread(stand_in.control.server_shutdown, "spot", 0.1)
            return await raw.next(), await combined.next(), await raw.closed()

    raw, combined, code = asyncio.run(talk())
    assert raw["e"] == "serverShutdown"
    assert raw["E"] > 1_700_000_000_000
    assert combined["stream"] == "!serverShutdown"
    assert combined["data"]["e"] == "serverShutdown"
    assert code == 1001


def test_a_changed_contract_is_told_on_contract_info(stand_in):
    async def talk() -> Any:
        async with Listener(futures_ws(stand_in, "market", "!contractInfo")) as listener:
            await listener.ask("LIST_SUBSCRIPTIONS")
            await asyncio.to_thread(stand_in.control.set_symbol, "ADAUSDT", "SETTLING", "futures")
            return await listener.next()

    event = asyncio.run(talk())["data"]
    assert (event["e"], event["s"], event["ct"], event["cs"]) == (
        "contractInfo",
        "ADAUSDT",
        "PERPETUAL",
        "SETTLING",
    )
    assert {"E", "dt", "ot", "st"} <= set(event)


def test_a_halted_symbol_falls_silent(stand_in):
    async def talk() -> None:
        async with Listener(spot_ws(stand_in, "solusdt@bookTicker")) as listener:
            await listener.next()
            await asyncio.to_thread(stand_in.control.set_symbol, "SOLUSDT", "HALT")
            while True:  # what was on its way may still come
                await listener.next(within_s=0.4)

    with pytest.raises(TimeoutError):
        asyncio.run(talk())


def test_traffic_and_live_subscriptions_are_counted(stand_in):
    async def talk() -> dict[str, Any]:
        async with Listener(spot_ws(stand_in, "btcusdt@bookTicker")) as listener:
            await listener.ask("SUBSCRIBE", "nosuch@trade")
            await listener.next()
            return await asyncio.to_thread(stand_in.control.counts, "spot")

    open_before = stand_in.control.counts("spot")["ws"]["open"]
    counts = asyncio.run(talk())["ws"]
    assert counts["subscriptions"] == {"btcusdt@bookTicker": 1, "nosuch@trade": 1}
    assert counts["open"] == open_before + 1
    assert counts["messages_in"] == 1
    assert counts["messages_out"] >= 2


# --- books ---


async def _until_frozen(listener: Listener, book: LocalBook, stand_in: ExchangeProcess) -> None:
    """Freeze the exchange and apply what it still has to tell."""
    await asyncio.to_thread(stand_in.control.freeze)
    final = (await asyncio.to_thread(stand_in.control.book, "BTCUSDT", _venue(book)))[
        "lastUpdateId"
    ]
    while book.update_id < final:
        book.apply((await listener.next())["data"])


def _venue(book: LocalBook) -> str:
    return "futures" if book.futures else "spot"


def _diff_url(stand_in: ExchangeProcess, name: str, *, futures: bool) -> str:
    if futures:
        return futures_ws(stand_in, "public", name)
    return f"{stand_in.urls.spot_stream}/stream?streams={name}"


async def _follow(listener: Listener, stand_in: ExchangeProcess, *, futures: bool) -> LocalBook:
    """Build a local book by Binance's published procedure: buffer, snapshot, drop, apply."""
    rest = (
        stand_in.urls.futures + "/fapi/v1/depth"
        if futures
        else stand_in.urls.spot + "/api/v3/depth"
    )
    params = {"symbol": "BTCUSDT", "limit": 1000 if futures else 5000}
    buffered = [(await listener.next())["data"]]
    snapshot = {"lastUpdateId": 0}
    while snapshot["lastUpdateId"] < buffered[0]["U"]:
        answer = await asyncio.to_thread(requests.get, rest, params=params, timeout=30)
        snapshot = answer.json()
    while buffered[-1]["u"] < snapshot["lastUpdateId"]:
        buffered.append((await listener.next())["data"])
    book = LocalBook(snapshot, futures=futures)
    book.apply_all(buffered)
    return book


@pytest.mark.parametrize(
    ("futures", "speed", "events"),
    [(False, "@100ms", 15), (False, "", 0), (True, "@100ms", 15), (True, "", 4)],
)
def test_a_local_book_built_by_the_published_rule_equals_the_exchanges(
    stand_in, futures, speed, events
):
    async def rebuild() -> LocalBook:
        url = _diff_url(stand_in, f"btcusdt@depth{speed}", futures=futures)
        async with Listener(url) as listener:
            book = await _follow(listener, stand_in, futures=futures)
            for _ in range(events):
                book.apply((await listener.next())["data"])
            await _until_frozen(listener, book, stand_in)
            return book

    book = asyncio.run(rebuild())
    true = stand_in.control.book("BTCUSDT", _venue(book))
    bids, asks = book.levels()
    assert book.update_id == true["lastUpdateId"]
    # A futures snapshot ends at 1,000 levels; what lies behind them its owner cannot know.
    assert [list(level) for level in bids[:COMPARED]] == true["bids"][:COMPARED]
    assert [list(level) for level in asks[:COMPARED]] == true["asks"][:COMPARED]
    assert len(bids) > COMPARED
    assert float(bids[0][0]) < float(asks[0][0])


def test_spot_diffs_follow_each_other_without_a_gap(stand_in):
    frames = asyncio.run(first_frames(spot_ws(stand_in, "ethusdt@depth@100ms"), 10))
    assert all(after["U"] == before["u"] + 1 for before, after in pairwise(frames))


def test_futures_diffs_point_back_with_pu(stand_in):
    frames = [
        frame["data"]
        for frame in asyncio.run(
            first_frames(futures_ws(stand_in, "public", "ethusdt@depth@100ms"), 10)
        )
    ]
    assert all(after["pu"] == before["u"] for before, after in pairwise(frames))
    assert any(after["U"] > before["u"] + 1 for before, after in pairwise(frames))


def test_best_quotes_partial_books_and_diffs_tell_the_same_book(stand_in):
    names = ["btcusdt@bookTicker", "btcusdt@depth5@100ms"]

    async def listen() -> list[tuple[Any, Any]]:
        quotes: dict[int, Any] = {}
        agreeing: list[tuple[Any, Any]] = []
        async with Listener(
            f"{stand_in.urls.spot_stream}/stream?streams={'/'.join(names)}"
        ) as listener:
            while len(agreeing) < 3:
                frame = await listener.next()
                data = frame["data"]
                if "u" in data:
                    quotes[data["u"]] = ([data["b"], data["B"]], [data["a"], data["A"]])
                elif data["lastUpdateId"] in quotes:
                    agreeing.append(
                        (quotes[data["lastUpdateId"]], (data["bids"][0], data["asks"][0]))
                    )
        return agreeing

    assert all(quoted == shown for quoted, shown in asyncio.run(listen()))


def test_trades_print_at_the_best_bid_or_ask_and_move_the_last_price(stand_in):
    names = ["btcusdt@aggTrade", "btcusdt@bookTicker"]

    async def listen() -> list[tuple[Any, Any]]:
        pairs: list[tuple[Any, Any]] = []
        trade = None
        async with Listener(
            f"{stand_in.urls.spot_stream}/stream?streams={'/'.join(names)}"
        ) as listener:
            while len(pairs) < 10:
                frame = await listener.next()
                if frame["stream"].endswith("aggTrade"):
                    trade = frame["data"]
                elif trade is not None:
                    pairs.append((trade, frame["data"]))
                    trade = None
        return pairs

    for trade, book in asyncio.run(listen()):
        side = book["b"] if trade["m"] else book["a"]
        assert float(trade["p"]) == pytest.approx(float(side), rel=2e-4)
        assert float(book["b"]) < float(book["a"])


# --- faults ---


def test_a_silent_stream_is_acknowledged_and_says_nothing_while_others_go_on(stand_in):
    stand_in.control.fault("silent", venue="spot", stream="btcusdt@*")
    assert _each_silent(stand_in, [(spot_ws(stand_in), "btcusdt@bookTicker")]) == {
        "ws btcusdt@bookTicker": True
    }
    stand_in.control.clear()
    assert asyncio.run(first_frames(spot_ws(stand_in, "btcusdt@bookTicker"), 1))


def test_connections_of_one_stream_can_be_dropped(stand_in):
    async def talk() -> tuple[int, int | None, Any]:
        async with (
            Listener(spot_ws(stand_in, "btcusdt@trade")) as hit,
            Listener(spot_ws(stand_in, "ethusdt@bookTicker")) as other,
        ):
            await hit.next()
            await other.next()
            dropped = await asyncio.to_thread(stand_in.control.drop, "spot", "btcusdt@*")
            return dropped, await hit.closed(), await other.next()

    dropped, code, frame = asyncio.run(talk())
    assert (dropped, code, frame["s"]) == (1, 1006, "ETHUSDT")


def test_handshakes_can_be_refused(stand_in):
    stand_in.control.fault("refuse", venue="spot", status=503, times=1)

    async def connect() -> int:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            async with Listener(spot_ws(stand_in)):
                pass
        return caught.value.status

    assert asyncio.run(connect()) == 503
    assert asyncio.run(first_frames(spot_ws(stand_in, "btcusdt@bookTicker"), 1))


def test_a_reset_forgets_no_socket_that_closes_later(stand_in):
    async def reset_while_connected() -> None:
        async with Listener(spot_ws(stand_in, "btcusdt@bookTicker")) as listener:
            await listener.next()
            stand_in.control.reset()

    wait_until(lambda: stand_in.control.counts("spot")["ws"]["open"] == 0, "nobody is connected")
    asyncio.run(reset_while_connected())
    wait_until(lambda: stand_in.control.counts("spot")["ws"]["open"] == 0, "nobody is connected")


@pytest.mark.parametrize("futures", [False, True])
def test_a_gap_in_a_books_sequence_is_seen_by_the_published_rule(stand_in, futures):
    async def follow_into_the_gap() -> None:
        async with Listener(
            _diff_url(stand_in, "btcusdt@depth@100ms", futures=futures)
        ) as listener:
            book = await _follow(listener, stand_in, futures=futures)
            book.apply((await listener.next())["data"])
            await asyncio.to_thread(stand_in.control.fault, "gap", stream="btcusdt@depth*", times=1)
            for _ in range(10):
                book.apply((await listener.next())["data"])

    with pytest.raises(GapError):
        asyncio.run(follow_into_the_gap())


def test_a_crossed_book_can_be_sent(stand_in):
    async def listen() -> bool:
        async with Listener(spot_ws(stand_in, "btcusdt@depth5@100ms")) as listener:
            await listener.next()
            await asyncio.to_thread(
                stand_in.control.fault, "crossed", stream="btcusdt@depth5*", times=1
            )
            frame = await listener.until(lambda f: float(f["bids"][0][0]) >= float(f["asks"][0][0]))
            after = await listener.next()
            return bool(frame) and float(after["bids"][0][0]) < float(after["asks"][0][0])

    assert asyncio.run(listen())


def test_frames_can_come_late_twice_and_out_of_order(stand_in):
    async def ids(kind: str, **details: Any) -> list[int]:
        async with Listener(spot_ws(stand_in, "btcusdt@aggTrade")) as listener:
            await listener.next()
            await asyncio.to_thread(
                stand_in.control.fault, kind, stream="btcusdt@aggTrade", times=1, **details
            )
            return [(await listener.next())["a"] for _ in range(12)]

    doubled = asyncio.run(ids("duplicate"))
    assert len(set(doubled)) == len(doubled) - 1
    for kind, details in (("reorder", {}), ("delay", {"ms": 250})):
        mixed = asyncio.run(ids(kind, **details))
        assert mixed != sorted(mixed)
        assert len(set(mixed)) == len(mixed)


# --- load ---


def test_the_rate_can_be_raised_to_two_thousand_updates_a_second(stand_in):
    async def rows_in_one_second() -> tuple[int, int]:
        async with Listener(futures_ws(stand_in, "market", "!miniTicker@arr")) as listener:
            await listener.next()
            first, rows, frame = await listener.next(), 0, None
            while frame is None or frame["data"][0]["E"] < first["data"][0]["E"] + 900:
                frame = await listener.next()
                rows += len(frame["data"])
            return rows, frame["data"][0]["E"] - first["data"][0]["E"]

    stand_in.control.rate(2000, mini_ticker_period_ms=250)
    rows, elapsed_ms = asyncio.run(rows_in_one_second())
    assert rows / elapsed_ms * 1000 > 1700
    stand_in.control.rate(None)
    rows, elapsed_ms = asyncio.run(rows_in_one_second())
    assert rows / elapsed_ms * 1000 < 700


def test_eight_hundred_watched_symbols_can_share_two_thousand_quotes_a_second(stand_in):
    symbols = requests.get(stand_in.urls.spot + SHORT_INFO, timeout=30).json()["symbols"]
    names = [row["symbol"].lower() + "@bookTicker" for row in symbols][:800]
    stand_in.control.rate(2000)

    async def listen() -> tuple[float, int]:
        async with Listener(stand_in.urls.spot_stream + "/ws") as listener:
            await listener.ask("SUBSCRIBE", *names)
            heard = {(await listener.next())["s"] for _ in range(2000)}
            loop = asyncio.get_running_loop()
            started = loop.time()
            for _ in range(1000):
                await listener.next()
            return 1000 / (loop.time() - started), len(heard)

    frames_a_second, symbols_heard = asyncio.run(listen())
    assert frames_a_second > 600  # 2,000 and more on a machine that has time
    assert symbols_heard > 700


SHORT_INFO = "/api/v3/exchangeInfo?showPermissionSets=false&symbolStatus=TRADING"
