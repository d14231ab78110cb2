"""Events that are counted together."""

from __future__ import annotations

import threading

import pytest

from tests.support.waiting import wait_until
from webapp.metrics.batch import KEPT_SECONDS, Batch
from webapp.metrics.counted import REQUEST_SECONDS, _observe_all


def test_an_event_is_counted_although_no_other_follows():
    counted: list[str] = []
    batch = Batch(counted.extend)
    batch.add("only")
    assert counted == []
    wait_until(lambda: counted == ["only"], "it is counted", KEPT_SECONDS + 2)


def test_no_event_of_many_threads_is_lost_or_counted_twice():
    counted: list[int] = []
    batch = Batch(counted.extend)

    def add_from(first: int) -> None:
        for number in range(first, first + 5_000):
            batch.add(number)

    threads = [threading.Thread(target=add_from, args=(n * 5_000,)) for n in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        batch.count()
    batch.count()
    assert sorted(counted) == list(range(20_000))


def test_what_was_added_is_passed_on_together():
    passed: list[int] = []
    batch: Batch[int] = Batch(lambda events: passed.append(len(events)))
    for number in range(1_000):
        batch.add(number)
    batch.count()
    batch.count()
    assert passed == [1_000]


def test_an_event_after_a_count_is_counted_too():
    passed: list[list[int]] = []
    batch = Batch(passed.append)
    batch.add(1)
    wait_until(lambda: passed == [[1]], "the first is counted", KEPT_SECONDS + 2)
    batch.add(2)
    wait_until(lambda: passed == [[1], [2]], "the second is counted", KEPT_SECONDS + 2)


def test_many_times_at_once_are_observed_as_one_by_one():
    seconds = [0.0001, 0.0005, 0.0006, 0.3, 4.0, 5.0, 60.0]
    one_by_one, at_once = (REQUEST_SECONDS.labels(name) for name in ("one-by-one", "at-once"))
    for value in seconds:
        one_by_one.observe(value)
    _observe_all(at_once, seconds)
    samples = [
        [(it.name, it.labels, it.value) for it in histogram._child_samples()]
        for histogram in (one_by_one, at_once)
    ]
    created, total = -1, -2
    assert samples[0][:total] == samples[1][:total]
    assert samples[0][total][2] == pytest.approx(samples[1][total][2])
    assert samples[0][created][0] == "_created"
