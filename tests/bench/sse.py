"""Thousands of open event streams beside the API, as ``python -m tests.events_load`` has them."""

from __future__ import annotations

import statistics

from tests.bench.figures import Goal, Part, Row, Spread, Table
from tests.events_load import (
    STREAMS_A_WORKER,
    WORKERS,
    Figures,
    a_thread_a_stream,
    as_shipped,
    measure,
    surroundings,
)

ROUNDS_MAX = 3
P99_RATIO_MAX, LAG_MS_MAX = 2, 1_000
WAYS = {
    "**ours, as shipped**": as_shipped,
    "gunicorn gthread, a thread a stream": a_thread_a_stream,
}


def run(rounds: int, _seconds: float) -> Part:
    streams = STREAMS_A_WORKER * WORKERS
    seen: dict[str, list[Figures]] = {name: [] for name in WAYS}
    with surroundings() as (env, client):
        for _ in range(min(rounds, ROUNDS_MAX)):
            for name, way in WAYS.items():
                seen[name].append(measure(way, env, client, streams))
    table = Table(
        f"Event streams: {streams:,} open over two workers",
        [_row(name, figures) for name, figures in seen.items()],
    )
    own = seen[next(iter(WAYS))]
    crowded = Spread.of_ratios([it.crowded_p99 for it in own], [it.idle_p99 for it in own])
    lag = Spread.of([it.lag_p99 for it in own])
    return Part(
        [table],
        [
            Goal(
                "sse: API p99 with idle streams × without",
                *("at most", P99_RATIO_MAX, crowded.middle, str(crowded)),
            ),
            Goal("sse: p99 lag of an event, ms", "at most", LAG_MS_MAX, lag.middle, str(lag)),
        ],
    )


def _row(name: str, figures: list[Figures]) -> Row:
    middle = Figures(*map(statistics.median, zip(*figures, strict=True)))
    return {
        "served": name,
        "API p99 ms alone": middle.idle_p99,
        "with idle streams": middle.crowded_p99,
        "with an event a second": middle.told_p99,
        "lag p50 ms": middle.lag_p50,
        "lag p99 ms": middle.lag_p99,
        "kB a stream": middle.kb_a_stream,
        "Redis connections": middle.subscriptions,
    }
