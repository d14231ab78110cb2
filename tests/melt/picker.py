"""``python -m tests.melt.picker``: how soon the picker's options are painted, with 4,000 symbols.

Real keys are pressed while prices move: a keystroke's time runs from the key's own timestamp to the
end of the frame that shows its options, the wait for that frame included. Then they are pressed on
a page at rest, and the time is taken that its main thread works until that frame is done: that
depends less on what else the machine does. What the same keys take on a plain page, with a field
and one line of text, is printed beside them: the browser's and the machine's own part.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from tests.browser import marks
from tests.melt.desk import Place, chromium, place
from tests.melt.report import Line

PROBE = (Path(__file__).parent / "keystrokes.js").read_text()
PAINTED = """(count) => meltKeystrokes.length === count ||
    new Promise((done) => addEventListener("melt-painted", done, { once: true }))"""
SYMBOLS = 4_000
BEST_KNOWN = ("BTC", "ETH", "SOL", "XRP", "DOGE", "1000PEPE", "币安人生")
PLAIN_URL = "http://plain.invalid/"  # answered by the test
PLAIN_PAGE = """<input autofocus><p>–</p><script>
  document.querySelector("input").addEventListener("input", ({ target }) => {
    document.querySelector("p").textContent = target.value;
  });
</script>"""
FRAME_MS = 1000 / 60
WORK_MS = 16
TYPED = ("btc", "sol", "dgoe", "1000pe", "a1b", "usdt", "eth perp", "qzx")
ROUNDS = 5
BETWEEN_KEYS_MS = 90  # a fast typist's
BETWEEN_WORDS_MS = 1_000  # the table is filtered meanwhile


@dataclass(frozen=True)
class Times:
    """Of all keystrokes, in milliseconds."""

    painted: list[float]  # from the key to the end of its frame
    script: list[float]  # of the page's scripts
    thread: list[float]  # the main thread's work, style, layout and paint included


def measure_plain_page(browser: Browser) -> list[float]:
    """Take the time of the same keys where there is nothing to find, from key to painted."""
    page = browser.new_page()
    page.add_init_script(PROBE)
    page.route(PLAIN_URL, lambda route: route.fulfill(content_type="text/html", body=PLAIN_PAGE))
    page.goto(PLAIN_URL)
    page.focus("input")
    for text in TYPED * ROUNDS:
        page.keyboard.type(text, delay=BETWEEN_KEYS_MS)
    keystrokes = page.evaluate("meltKeystrokes")
    page.close()
    return [keystroke["paintedMs"] for keystroke in keystrokes]


def measure(browser: Browser, market: Place) -> Times:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(PROBE)
    for name in ("spot", "futures"):
        page.route(f"**/api/v1/symbols/{name}", answer_with(name))
    page.goto(market.url)
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    page.wait_for_timeout(BETWEEN_WORDS_MS)
    for text in TYPED * ROUNDS:
        page.keyboard.press("Control+k")
        page.keyboard.type(text, delay=BETWEEN_KEYS_MS)
        page.wait_for_timeout(BETWEEN_WORDS_MS)
    keystrokes = page.evaluate("meltKeystrokes")
    market.exchange.control.freeze()
    page.wait_for_timeout(BETWEEN_WORDS_MS)
    thread = thread_times(page)
    page.context.close()
    return Times(
        painted=[keystroke["paintedMs"] for keystroke in keystrokes],
        script=[keystroke["scriptMs"] for keystroke in keystrokes],
        thread=thread,
    )


def thread_times(page: Page) -> list[float]:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    times: list[float] = []
    painted = page.evaluate("meltKeystrokes.length")
    for text in TYPED * ROUNDS:
        page.keyboard.press("Control+k")
        page.wait_for_timeout(BETWEEN_WORDS_MS)
        for letter in text:
            before = thread_ms(devtools)
            page.keyboard.press(letter)
            painted += 1
            page.evaluate(PAINTED, painted)
            times.append(thread_ms(devtools) - before)
    return times


def thread_ms(devtools: CDPSession) -> float:
    """What the page's main thread has worked since it was made."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration")) * 1000


def answer_with(market: str) -> Callable[[Route], None]:
    """A handler that answers the market's list with half of the symbols."""
    bases = [*BEST_KNOWN, *made_up_bases(SYMBOLS // 2 - len(BEST_KNOWN))]
    rows = [
        {"symbol": f"{base}USDT", "baseAsset": base, "quoteAsset": "USDT", "status": "TRADING"}
        for base in bases
    ]
    data = {"market_type": market, "count": len(rows), "symbols": rows}
    body = json.dumps({"status": "success", "data": data})

    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=body)

    return answer


def made_up_bases(count: int) -> Iterator[str]:
    """Names of letters in no order, with a number so that each is another."""
    for number in range(count):
        scrambled, letters = number * 7919 + 104_729, ""
        for _ in range(3 + number % 3):
            scrambled, letter = divmod(scrambled * 31 + 17, 26)
            scrambled %= 1_000_003
            letters += chr(ord("A") + letter)
        yield f"{letters}{number}"


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def report(times: Times) -> list[Line]:
    one_frame_later = WORK_MS + FRAME_MS
    return [
        Line("picker, key to painted: p50", statistics.median(times.painted), WORK_MS, "ms"),
        Line("picker, key to painted: p95", p95(times.painted), one_frame_later, "ms"),
        Line("picker, key to painted: max", max(times.painted), one_frame_later, "ms"),
        Line("picker, scripts: p95", p95(times.script), WORK_MS / 2, "ms"),
        Line("picker, work of a keystroke: p50", statistics.median(times.thread), WORK_MS, "ms"),
        Line("picker, work of a keystroke: p95", p95(times.thread), WORK_MS, "ms"),
    ]


def main() -> None:
    with place() as market, chromium() as browser:
        plain = measure_plain_page(browser)
        lines = report(measure(browser, market))
    print(f"plain page, key to painted: {statistics.median(plain):.1f} ms, p95 {p95(plain):.1f}")
    for line in lines:
        print(line)
    sys.exit(0 if all(line.is_kept for line in lines) else 1)


if __name__ == "__main__":
    main()
