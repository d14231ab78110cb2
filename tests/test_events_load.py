"""Two thousand event streams a worker, and what the API feels of them."""

from __future__ import annotations

import statistics

import pytest

from tests.events_load import (
    ROUNDS,
    STREAMS_A_WORKER,
    WORKERS,
    as_shipped,
    measure,
    surroundings,
)

pytestmark = [pytest.mark.measured, pytest.mark.timeout(400)]


def test_the_api_is_as_quick_with_two_thousand_idle_streams_a_worker():
    with surroundings() as (env, client):
        rounds = [
            measure(as_shipped, env, client, STREAMS_A_WORKER * WORKERS) for _ in range(ROUNDS)
        ]
    for one in rounds:
        print(one)
    assert statistics.median(one.crowded_p99 / one.idle_p99 for one in rounds) <= 2
    assert {one.subscriptions for one in rounds} == {WORKERS}
    assert statistics.median(one.lag_p99 for one in rounds) < 1000
