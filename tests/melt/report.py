"""The figures beside their limits."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.melt.desk import LONG_TASK_MS, Footprint, Start, Stretch

FIRST_PAINT_MS = 500
FIRST_PRICE_MS = 1000
WEIGHT_KB = 150  # compressed, without the chart
FRAME_P95_MS = 20
HEAP_GROWTH_MB = 5
KEPT_NODES = 20  # the browser's own come and go


@dataclass(frozen=True)
class Line:
    """One figure and the most that it may be."""

    name: str
    figure: float
    limit: float
    unit: str = ""

    @property
    def is_kept(self) -> bool:
        return self.figure <= self.limit

    def __str__(self) -> str:
        mark = "ok" if self.is_kept else "TOO MUCH"
        return f"{self.name:34}{self.figure:9.1f} {self.unit:3}  limit {self.limit:5g}  {mark}"


def report(
    starts: Sequence[Start],
    minute: Stretch,
    early: Footprint,
    late: Footprint,
    writes: dict[str, int],
) -> list[Line]:
    first_paint_ms = statistics.median(start.first_paint_ms for start in starts)
    first_price_ms = statistics.median(start.first_price_ms for start in starts)
    weight_kb = max(start.wire_bytes for start in starts) / 1000
    growth_mb = (late.heap_bytes - early.heap_bytes) / 1e6
    return [
        Line("first contentful paint, median", first_paint_ms, FIRST_PAINT_MS, "ms"),
        Line("first live price, median", first_price_ms, FIRST_PRICE_MS, "ms"),
        Line("page weight, compressed", weight_kb, WEIGHT_KB, "kB"),
        Line(f"tasks over {LONG_TASK_MS} ms in a minute", len(minute.too_long), 0),
        Line("longest task", max(minute.long_tasks, default=0), LONG_TASK_MS, "ms"),
        Line("frame, p95", minute.frame_p95_ms, FRAME_P95_MS, "ms"),
        Line("JS heap, growth", growth_mb, HEAP_GROWTH_MB, "MB"),
        Line("nodes in the page, growth", late.page_nodes - early.page_nodes, 0),
        Line("nodes in memory, growth", late.kept_nodes - early.kept_nodes, KEPT_NODES),
        Line("listeners, growth", late.listeners - early.listeners, 0),
        Line("texts written as they were", writes["same"], 0),
        Line("writes to rows out of sight", writes["unseen"], 0),
        Line("nodes added while it runs", writes["added"], 0),
    ]
