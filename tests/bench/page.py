"""The page in Chromium: the figures of ``tests.melt``, and a page that polls, for contrast."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Request

from tests.bench.figures import Goal, Part, Row, Table
from tests.bench.line_up import gunicorn
from tests.bench.surroundings import Surroundings, surroundings
from tests.melt import picker, table
from tests.melt.__main__ import measured
from tests.melt.desk import MESSAGE_EVERY_MS, UPDATES_PER_SECOND, Desk, chromium, desk, place
from tests.melt.report import Line
from tests.support.waiting import wait_until

MINUTES = 2
_WATCHED_SECONDS = 20
_COUNTED_SECONDS = 5
polling = gunicorn("poll_page:app", "-k", "gthread", "-w", "2", "--threads", "8")


def run(_rounds: int, _seconds: float) -> Part:
    lines = measured(MINUTES, is_calm=False)
    with place() as market, chromium() as browser:
        lines += picker.report(picker.measure(browser, market))
    with place(more_pairs=table.MORE_PAIRS) as market, chromium() as browser:
        market.storm()
        with desk(browser) as page:
            lines += table.measured(page, market.url)
    return Part([_contrast()], [_goal(line) for line in lines])


def _goal(line: Line) -> Goal:
    return Goal(line.name, "at most", line.limit, line.figure, note=line.unit)


@dataclass
class Traffic:
    """What a page has asked of its own server."""

    address: str
    requests: list[Request] = field(default_factory=list)

    def note(self, request: Request) -> None:
        if request.url.startswith(self.address):
            self.requests.append(request)

    @property
    def wire_bytes(self) -> int:
        return sum(request.sizes()["responseBodySize"] for request in self.requests)


def _contrast() -> Table:
    with surroundings() as surrounding, chromium() as browser:
        exchange = surrounding.exchange
        with surrounding.site() as site:
            wait_until(site.is_warm, "both lists are cached", 30)
            exchange.control.rate(UPDATES_PER_SECOND, mini_ticker_period_ms=MESSAGE_EVERY_MS)
            own = _watched("**ours: prices by Binance's streams**", browser, site.url)
        peer = _polled(browser, surrounding)
    title = (
        f"The page at {UPDATES_PER_SECOND:,} updates a second, {_WATCHED_SECONDS} s in Chromium:"
        " what it costs to follow the prices"
    )
    return Table(title, [own, peer])


def _polled(browser: Browser, surrounding: Surroundings) -> Row:
    with polling(surrounding) as server:
        return _watched("a peer: htmx polls the whole table every second", browser, server.url)


def _watched(name: str, browser: Browser, url: str) -> Row:
    with desk(browser) as watched:
        watched.page.goto(f"{url}/markets")
        watched.page.locator("[data-row]").first.wait_for()
        watched.endure(_COUNTED_SECONDS)  # it has come up
        return _figures(name, watched, Traffic(url))


def _figures(name: str, watched: Desk, traffic: Traffic) -> Row:
    watched.page.on("requestfinished", traffic.note)
    stretch = watched.endure(_WATCHED_SECONDS)
    asked, wire_bytes = len(traffic.requests), traffic.wire_bytes
    writes = watched.writes(_COUNTED_SECONDS)
    return {
        "page": name,
        "tasks over 50 ms": len(stretch.too_long),
        "longest task ms": max(stretch.long_tasks, default=0),
        "frame p95 ms": stretch.frame_p95_ms,
        "nodes added/s": writes["added"] / _COUNTED_SECONDS,
        "writes/s": writes["all"] / _COUNTED_SECONDS,
        "requests to its server/min": asked * 60 / _WATCHED_SECONDS,
        "kB from its server/min": wire_bytes / 1000 * 60 / _WATCHED_SECONDS,
    }
