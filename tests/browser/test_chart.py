"""The chart of the chosen pair: its candles beside the exchange's, and what people do with it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, Request, WebSocket, expect

from tests.browser import marks
from tests.browser.conftest import Visitor, capture
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site
from tests.support.waiting import wait_until

# The page's own candles: what keeps them tells of changes, and so can be met by who listens. It is
# known by what it has, as its class has no name any more in the joined scripts.
MEET_CANDLES = """
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (...about) {
    if ("rows" in this && "hasGap" in this) window.liveCandles = this;
    return listen.apply(this, about);
  };
"""
CANDLES = """() => liveCandles.rows.map((row) =>
  [row.openMs, row.open, row.high, row.low, row.close, row.volume, row.closeMs])"""
# The colour of the canvas's corner.
GROUND = """() => {
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  copy.drawImage(document.querySelector("[data-chart-host] canvas"), 2, 2, 1, 1, 0, 0, 1, 1);
  return [...copy.getImageData(0, 0, 1, 1).data].join();
}"""


def chart(page: Page) -> Locator:
    return page.locator("[data-panel=chart]")


def expect_live(page: Page) -> None:
    expect(chart(page)).to_have_attribute("data-freshness", "live")


def toggle(page: Page) -> Locator:
    return chart(page).get_by_role("button", name="Chart")


def choose_interval(page: Page, name: str) -> None:
    chart(page).locator(f'input[value="{name}"]').check()


def expect_joined(page: Page, interval: str) -> None:
    """The candles of this interval are there, and the stream goes on from them."""
    is_joined = "(interval) => liveCandles.pair?.interval === interval && liveCandles.isLive"
    marks.wait_for(page, is_joined, arg=interval)
    expect_live(page)


def candles(page: Page) -> list[list[Any]]:
    rows: list[list[Any]] = page.evaluate(CANDLES)
    return rows


def expect_to_move(page: Page) -> None:
    """The stream has told of the last candle, and so will tell how it ends."""
    newest = candles(page)[-1]
    wait_until(lambda: candles(page)[-1] != newest, "the last candle moves")


def true_candles(
    exchange: ExchangeProcess, interval: str, symbol: str = "BTCUSDT", market: str = "spot"
) -> list[list[Any]]:
    host, path = {
        "spot": (exchange.urls.spot, "api/v3"),
        "futures": (exchange.urls.futures, "fapi/v1"),
    }[market]
    params = {"symbol": symbol, "interval": interval, "limit": "600"}
    rows = requests.get(f"{host}/{path}/klines", params=params, timeout=30).json()
    return [row[:7] for row in rows]


def expect_true_candles(page: Page, exchange: ExchangeProcess, interval: str, **pair: str) -> None:
    """The page's closed candles are the exchange's, and the open one began as that did."""

    def is_true() -> bool:
        ours = candles(page)
        theirs = true_candles(exchange, interval, **pair)[-len(ours) :]
        last, true_last = ours[-1], theirs[-1]
        assert [row[0] for row in ours] == sorted({row[0] for row in ours}), "none is there twice"
        return len(ours) > 400 and ours[:-1] == theirs[:-1] and last[:2] == true_last[:2]

    wait_until(is_true, "the candles are the exchange's", within_seconds=10)


def subscribed(exchange: ExchangeProcess) -> set[str]:
    """The streams of candles that somebody listens to."""
    counts = exchange.control.counts()
    streams = [name for venue in counts.values() for name in venue["ws"]["subscriptions"]]
    return {name for name in streams if "kline" in name}


def counts(page: Page) -> dict[str, float]:
    """Nodes and listeners that the page holds, once what is unused has been collected."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return {metric["name"]: metric["value"] for metric in metrics}


def watch_requests(page: Page) -> list[str]:
    paths: list[str] = []

    def note(request: Request) -> None:
        paths.append(request.url)

    page.on("request", note)
    return paths


@pytest.fixture
def page(visitor: Visitor, url: str) -> Page:
    visitor.context.add_init_script(MEET_CANDLES)
    page = visitor.open(f"{url}?pair=BTCUSDT")
    expect_live(page)
    return page


OF_THE_CHART = "/later/chart/|lightweight-charts|/klines/"


@pytest.mark.with_worker
def test_it_is_loaded_only_when_it_is_shown(visitor: Visitor, url: str, exchange: ExchangeProcess):
    page = visitor.open("about:blank")
    page.set_viewport_size({"width": 1100, "height": 800})
    paths = watch_requests(page)
    page.goto(f"{url}?pair=BTCUSDT")
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    expect(toggle(page)).to_have_attribute("aria-expanded", "false")
    page.evaluate("navigator.serviceWorker.ready")

    def of_the_chart() -> list[str]:
        return [path for path in paths if re.search(OF_THE_CHART, path)]

    assert of_the_chart() == []
    assert subscribed(exchange) == set()
    toggle(page).click()
    expect_live(page)
    assert sum("/klines/" in path for path in of_the_chart()) == 1
    assert sum("lightweight-charts" in path for path in of_the_chart()) == 1
    wait_until(lambda: subscribed(exchange) == {"btcusdt@kline_1h"}, "the stream is subscribed")
    toggle(page).click()
    expect(page.locator("[data-chart-host] canvas")).to_have_count(0)
    wait_until(lambda: subscribed(exchange) == set(), "the stream is left")


def test_it_comes_after_the_first_price(visitor: Visitor, url: str):
    page = visitor.open("about:blank")
    paths = watch_requests(page)
    before_prices: list[int] = []

    def opened(socket: WebSocket) -> None:
        socket.on("framereceived", lambda _: before_prices.append(len(paths)))

    page.on("websocket", opened)
    page.goto(url)
    expect_live(page)
    assert not [path for path in paths[: before_prices[0]] if "/later/" in path]


@pytest.mark.parametrize("interval", ["1h", "1d", "5m"])
def test_history_and_stream_are_the_exchanges_candles(
    page: Page, exchange: ExchangeProcess, interval: str
):
    choose_interval(page, interval)
    expect_joined(page, interval)
    expect_true_candles(page, exchange, interval)
    expect_to_move(page)
    expect_true_candles(page, exchange, interval)


@pytest.mark.timeout(150)
def test_a_minutes_end_leaves_no_gap_and_no_double_candle(page: Page, exchange: ExchangeProcess):
    choose_interval(page, "1m")
    expect_joined(page, "1m")
    # Before that, a minute that ends is told by no stream yet, and history is asked for once more.
    expect_to_move(page)
    count, asked = len(candles(page)), exchange.control.calls("spot", "klines")
    wait_until(lambda: len(candles(page)) > count, "a minute ends", within_seconds=75)
    assert exchange.control.calls("spot", "klines") == asked, "the stream tells all of it"
    expect_true_candles(page, exchange, "1m")
    expect_live(page)


@pytest.mark.timeout(180)
def test_a_stream_that_drops_over_a_minutes_end_is_joined_by_history(
    page: Page, exchange: ExchangeProcess
):
    choose_interval(page, "1m")
    expect_joined(page, "1m")
    wait_until(lambda: time.time() % 60 > 50, "the minute is nearly over", within_seconds=55)
    asked = exchange.control.calls("spot", "klines")
    exchange.control.fault("silent", stream="btcusdt@kline*")
    wait_until(lambda: 1 < time.time() % 60 < 30, "another has begun", within_seconds=15)
    exchange.control.clear()
    exchange.control.drop("spot")
    wait_until(lambda: exchange.control.calls("spot", "klines") > asked, "history is asked for", 30)
    expect_live(page)
    expect_true_candles(page, exchange, "1m")


def test_it_follows_pair_market_and_interval_and_stays_the_same_chart(
    page: Page, exchange: ExchangeProcess
):
    canvas = page.locator("[data-chart-host] canvas").first
    canvas.evaluate("(canvas) => { canvas.isTheFirst = true; }")
    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect(chart(page)).to_contain_text("ETH/USDT")
    expect_live(page)
    expect_true_candles(page, exchange, "1h", symbol="ETHUSDT")
    choose_interval(page, "15m")
    expect_joined(page, "15m")
    expect_true_candles(page, exchange, "15m", symbol="ETHUSDT")
    page.locator("[data-market-tab=futures]").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    expect_live(page)
    symbol = str(marks.pair_panel(page).get_attribute("data-symbol"))
    expect_true_candles(page, exchange, "15m", symbol=symbol, market="futures")
    assert subscribed(exchange) == {f"{symbol.lower()}@kline_15m"}
    page.go_back()
    expect(chart(page)).to_contain_text("ETH/USDT")
    expect_live(page)
    expect_true_candles(page, exchange, "15m", symbol="ETHUSDT")
    page.go_forward()
    expect(marks.pair_panel(page)).to_have_attribute("data-market", "futures")
    expect_live(page)
    assert canvas.evaluate("(canvas) => canvas.isTheFirst === true")
    assert page.locator("#chart").count() == 1


def test_what_was_chosen_is_remembered_and_there_at_the_first_paint(page: Page):
    choose_interval(page, "4h")
    page.reload(wait_until="commit")
    expect(chart(page).locator('input[value="4h"]')).to_be_checked()
    expect_live(page)
    toggle(page).click()
    page.reload()
    expect(chart(page)).to_have_attribute("data-shown", "no")
    expect(toggle(page)).to_have_attribute("aria-expanded", "false")
    marks.expect_live(page)
    assert page.locator("[data-chart-host] canvas").count() == 0


@pytest.mark.timeout(240)
def test_pairs_that_come_and_go_leave_nothing_behind(page: Page):
    symbols = ["ETHUSDT", "BTCUSDT"]

    def go_round(times: int) -> None:
        for number in range(times):
            symbol = symbols[number % 2]
            marks.row(page, symbol).get_by_role("link").click()
            expect(marks.pair_panel(page)).to_have_attribute("data-symbol", symbol)
            expect(chart(page)).to_contain_text(symbol[:3])
            expect_live(page)

    go_round(2)
    before = counts(page)
    go_round(20)
    toggle(page).click()
    toggle(page).click()
    expect_live(page)
    after = counts(page)
    # Charts left behind would be some 60 nodes and 20 listeners each, 1,200 and 400 in all; the
    # page's own vary a little.
    assert after["Nodes"] <= before["Nodes"] + 400
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 40


def test_it_says_when_binance_gives_no_history_and_goes_on_with_what_the_stream_tells(
    troubled_visitor: Visitor, own_site: Site, exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="spot", endpoint="klines", status=503)
    troubled_visitor.context.add_init_script(MEET_CANDLES)
    page = troubled_visitor.open(f"{own_site.url}/markets?pair=ATOMUSDT")
    note = chart(page).locator("[data-chart-note]")
    expect(note).to_contain_text("Binance gives this server no candles of ATOM/USDT for now")
    expect(marks.field(chart(page), "close")).not_to_have_text("–")
    expect_live(page)
    assert page.evaluate("liveCandles.rows.length") <= 2, "no history"
    exchange.control.clear()
    expect(note).to_be_hidden(timeout=30_000)
    expect_live(page)
    assert page.evaluate("liveCandles.rows.length") > 400


def test_it_says_when_the_server_does_not_answer(
    troubled_visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = troubled_visitor.open(f"{url}?pair=BTCUSDT")
    expect_live(page)
    page.route("**/api/v1/klines/**", lambda route: route.abort())
    choose_interval(page, "5m")
    note = chart(page).locator("[data-chart-note]")
    expect(note).to_contain_text("This server does not answer, so these are only the live candles")
    capture(page, "chart-away")
    page.unroute_all()
    expect(note).to_be_hidden(timeout=30_000)
    expect_live(page)


def test_a_pair_that_was_just_listed_says_that_it_has_no_candles_yet(
    visitor: Visitor, url: str, exchange: ExchangeProcess
):
    exchange.control.fault("silent", stream="*@kline_*")
    page = visitor.open("about:blank")
    nothing = {"status": "success", "data": {"closed_before": 0, "candles": []}}
    page.route("**/api/v1/klines/**", lambda route: route.fulfill(json=nothing))
    page.goto(f"{url}?pair=LTCUSDT")
    expect(chart(page)).to_contain_text("LTC/USDT has no candles yet")
    exchange.control.clear()
    expect_live(page)


def test_a_module_that_does_not_load_is_no_end(troubled_visitor: Visitor, url: str):
    troubled_visitor.context.route("**/lightweight-charts.js", lambda route: route.abort())
    page = troubled_visitor.open(url)
    expect(chart(page)).to_contain_text("The chart could not be loaded")
    marks.expect_live(page)


def test_a_pair_that_does_not_trade_keeps_its_candles_and_says_so(visitor: Visitor, url: str):
    page = visitor.open(f"{url}?pair=ADAUSDT")
    expect_live(page)
    # As the server's panel of a pair that is halted has it.
    page.evaluate("""() => {
      const state = document.createElement("p");
      state.dataset.pairState = "";
      document.querySelector("#pair").append(state);
    }""")
    choose_interval(page, "4h")
    expect(chart(page)).to_contain_text("ADA/USDT does not trade now")
    expect_live(page)


def test_keys_move_and_zoom_and_the_picture_is_told_in_words(page: Page):
    picture = chart(page).get_by_role("img")
    said = re.compile(
        r"BTC/USDT, candles of 1 hour from .+ to .+: open [\d,.]+, high .+, change [+−]?\d"
    )
    expect(picture).to_have_attribute("aria-label", said)
    for key in ("ArrowLeft", "ArrowUp", "Home", "ArrowDown", "End"):
        before = str(picture.get_attribute("aria-label"))
        chart(page).locator("[data-chart-keys]").press(key)
        expect(picture).not_to_have_attribute("aria-label", before)
    assert page.evaluate("scrollY") == 0


def test_the_candle_that_is_pointed_at_is_told_in_exact_figures(page: Page):
    box = marks.box(page.locator("[data-chart-host]"))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    rows = {tuple(row[1:5]) for row in candles(page)[:-1]}

    def told() -> tuple[str, ...]:
        names = ("open", "high", "low", "close")
        texts = [marks.field(chart(page), name).inner_text() for name in names]
        return tuple(f"{text.replace(',', '')}000000" for text in texts)

    wait_until(lambda: told() in rows, "the legend tells one of the candles")
    page.mouse.move(0, 0)


def test_the_crosshair_has_its_canvas_while_somebody_points(page: Page):
    crosshair = page.locator("[data-chart-host] canvas + canvas").first
    expect(crosshair).to_be_hidden()
    page.locator("[data-chart-host]").hover()
    expect(crosshair).to_be_visible()
    page.mouse.move(0, 0)
    expect(crosshair).to_be_hidden()


def test_the_figures_stay_within_the_chart(page: Page):
    usual = page.viewport_size
    assert usual
    for width in (1160, 1200, 1280, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        beside = "(list) => list.scrollWidth - list.clientWidth"
        assert chart(page).locator("dl").evaluate(beside) <= 0, width
    page.set_viewport_size(usual)


def test_it_has_the_attribution_that_its_licence_asks_for(page: Page):
    link = chart(page).get_by_role("link", name="Charts by TradingView (lightweight-charts)")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", "https://www.tradingview.com/")


@pytest.mark.timeout(120)
def test_a_hidden_tab_asks_for_nothing_and_leaves_the_stream(page: Page, exchange: ExchangeProcess):
    paths = watch_requests(page)
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    wait_until(lambda: subscribed(exchange) == set(), "the stream is left", within_seconds=40)
    assert not [path for path in paths if "/klines/" in path]
    page.evaluate("""() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect_live(page)
    expect_true_candles(page, exchange, "1h")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_looks_right(visitor: Visitor, url: str, scheme: Any):
    page = visitor.open("about:blank")
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{url}?pair=BTCUSDT")
    expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    capture(page, f"chart-desktop-{scheme}")
    other: Any = "dark" if scheme == "light" else "light"
    before = page.evaluate(GROUND)
    page.emulate_media(color_scheme=other)
    wait_until(lambda: page.evaluate(GROUND) != before, "the canvas follows the colours")


@pytest.mark.parametrize("width", [360, 800])
def test_it_fits_where_there_is_little_room(browser: Browser, url: str, width: int):
    context = browser.new_context(
        viewport={"width": width, "height": 760},
        has_touch=True,
        color_scheme="dark",
        service_workers="block",
    )
    page = context.new_page()
    page.goto(f"{url}?pair=BTCUSDT")
    marks.expect_live(page)
    assert page.locator("[data-chart-host] canvas").count() == 0
    toggle(page).click()
    expect_live(page)
    chart(page).scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    capture(page, f"chart-{width}")
    for target in chart(page).locator("button, label").all():
        box = marks.box(target)
        assert min(box["width"], box["height"]) >= 24
    context.close()
