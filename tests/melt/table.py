"""``python -m tests.melt.table``: how a table of 1,000 rows scrolls, and what its live order costs.

The exchange trades 2,000 times a second while the window scrolls through all the rows of the table,
sorted by where the price stands in its range, the column that changes most.
"""

from __future__ import annotations

import statistics
import sys
import time

from playwright.sync_api import Locator, Page

from tests.browser import marks
from tests.melt import wheel
from tests.melt.desk import LONG_TASK_MS, SETTLING_SECONDS, Desk, chromium, desk, place
from tests.melt.report import FRAME_P95_MS, Line

ROWS = 1_000
MORE_PAIRS = 600  # beside those that the exchange has
WATCHED_SECONDS = 20
SORT_MS = 16  # of a frame
LAYOUT_SHIFT_X1000 = 10  # a tenth of what browsers call good
SCROLL_PX_PER_FRAME = 40
BY_WHEEL_PERCENT = 5  # of the frames, as p95 says of others
POINTING_MS = 1_000
SWAPS = 4
SWAP_MS = 200  # what browsers call a good answer to a person
AFTER_SWAP_MS = 2_000

# The table follows the prices in idle time; its moves are those of its body's children.
PROBE = """(() => {
  const probe = { sorts: [], moves: [], shift: 0 };
  window.tableProbe = probe;
  const whenIdle = window.requestIdleCallback.bind(window);
  window.requestIdleCallback = (run, options) => whenIdle((deadline) => {
    const startMs = performance.now();
    run(deadline);
    probe.sorts.push(performance.now() - startMs);
  }, options);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) probe.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  const isRow = (node) => node instanceof HTMLTableRowElement;
  probe.watch = () => {
    const watch = new MutationObserver((records) => {
      const rows = records.flatMap(({ addedNodes }) => [...addedNodes]).filter(isRow);
      if (rows.length > 0) probe.moves.push(rows.length);
    });
    watch.observe(document.querySelector("#pairs"), { childList: true, subtree: true });
    probe.sorts.length = probe.moves.length = probe.shift = 0;
  };
})()"""
SCROLL_THROUGH = """(step) => new Promise((resolve) => {
  const list = document.querySelector(".table-scroll");
  const end = list.scrollHeight - list.clientHeight;
  const go = () => {
    list.scrollBy(0, step);
    if (list.scrollTop < end - 1) requestAnimationFrame(go);
    else resolve();
  };
  go();
})"""


def main() -> None:
    with place(more_pairs=MORE_PAIRS) as market, chromium() as browser:
        market.storm()
        with desk(browser) as page:
            lines = measured(page, market.url)
    for line in lines:
        print(line)
    sys.exit(0 if all(line.is_kept for line in lines) else 1)


def measured(page: Desk, url: str) -> list[Line]:
    page.page.add_init_script(PROBE)
    page.open(f"{url}?sort=range")
    rows = marks.table_rows(page.page).count()
    page.endure(SETTLING_SECONDS)
    page.page.evaluate("tableProbe.watch()")
    calm = page.endure(WATCHED_SECONDS)
    sorts, moves, shift = page.page.evaluate(
        "[tableProbe.sorts, tableProbe.moves, tableProbe.shift]"
    )
    seconds = scroll_through(page.page)
    frames, tasks = page.page.evaluate(
        "[meltProbe.frames, meltProbe.longTasks.map(({ ms }) => ms)]"
    )
    wheeled = by_wheel(page)
    swap_ms = statistics.median(longest_task_of_a_swap(page) for _ in range(SWAPS))
    print(f"{rows} rows; {len(sorts)} times put in order; scrolled through in {seconds:.1f} s")
    print(
        f"rows moved at a time: median {statistics.median(moves or [0])}, most {max(moves or [0])}"
    )
    return [
        Line("rows short of a thousand", max(0, ROWS - rows), 0),
        Line("putting in order, median", statistics.median(sorts), SORT_MS, "ms"),
        Line("putting in order, longest", max(sorts), LONG_TASK_MS, "ms"),
        Line("layout shift of the moves, x 1000", shift * 1000, LAYOUT_SHIFT_X1000),
        Line("frame while it is followed, p95", calm.frame_p95_ms, FRAME_P95_MS, "ms"),
        Line(
            "frame while scrolling, p95", statistics.quantiles(frames, n=20)[-1], FRAME_P95_MS, "ms"
        ),
        Line("frames dropped, by the wheel", wheeled.dropped_percent, BY_WHEEL_PERCENT, "%"),
        Line("frames with gaps, by the wheel", wheeled.incomplete_percent, BY_WHEEL_PERCENT, "%"),
        Line("all rows swapped in, longest task", swap_ms, SWAP_MS, "ms"),
        Line(f"tasks over {LONG_TASK_MS} ms, both", len(calm.too_long) + len(tasks), 0),
    ]


def scroll_through(page: Page) -> float:
    """By a script, so that each frame needs the page's thread. Seconds from first row to last."""
    point(page)
    page.evaluate("meltProbe.forget()")
    started = time.monotonic()
    page.evaluate(SCROLL_THROUGH, SCROLL_PX_PER_FRAME)
    return time.monotonic() - started


def by_wheel(page: Desk) -> wheel.Scrolled:
    page.page.evaluate("document.querySelector('.table-scroll').scrollTo(0, 0)")
    page.page.wait_for_timeout(POINTING_MS)
    return wheel.scroll(page.devtools, point(page.page))


def longest_task_of_a_swap(page: Desk) -> float:
    """In ms, as the server's table comes in another order in the place of the one there."""
    page.page.evaluate("meltProbe.forget()")
    page.page.locator("#pairs-head [data-sort=change]").click()
    page.page.wait_for_timeout(AFTER_SWAP_MS)
    return max(page.page.evaluate("meltProbe.longTasks.map(({ ms }) => ms)"), default=0)


def point(page: Page) -> Locator:
    """As people do before they scroll."""
    row = marks.table_rows(page).nth(8)
    row.hover()
    page.wait_for_timeout(POINTING_MS)
    return row


if __name__ == "__main__":
    main()
