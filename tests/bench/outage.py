"""Speed while Binance or Redis is away, beside a site that is well, asked in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.bench.figures import Goal, Part, Row, Spread, Table
from tests.bench.machine import undisturbed
from tests.bench.surroundings import Surroundings, surroundings
from tests.faults.proxy import TcpProxy
from tests.faults.toxics import Down, Timeout, Toxic
from tests.faults.visitor import Seen, Visitor, p99_ms
from tests.support.waiting import wait_until

P99_RATIO_MAX = 1.5
PAIRS_A_ROUND = 300
# Of the site that is not well. Its lists run out at once where Binance is away: nothing hides it.
TTL_SECONDS = {"Binance": 1, "Redis": 3600}
_MEETS_IT_SECONDS = 1.5

Fault = Callable[[Surroundings, TcpProxy], AbstractContextManager[None]]


@contextmanager
def binance_down(place: Surroundings, _proxy: TcpProxy) -> Iterator[None]:
    place.exchange.control.listening(False, "spot")
    yield
    place.exchange.control.listening(True, "spot")


@contextmanager
def binance_hung(place: Surroundings, _proxy: TcpProxy) -> Iterator[None]:
    place.exchange.control.fault("hang", venue="spot")
    yield
    place.exchange.control.clear()


def redis_with(toxic: Toxic) -> Fault:
    return lambda _place, proxy: proxy.poisoned(toxic)


FAULTS: dict[str, Fault] = {
    "Binance down": binance_down,
    "Binance hung": binance_hung,
    "Redis down": redis_with(Down()),
    "Redis hung": redis_with(Timeout()),
}


def run(rounds: int, _seconds: float) -> Part:
    rows: list[Row] = []
    goals: list[Goal] = []
    for name, fault in FAULTS.items():
        row, goal = _outage(name, fault, rounds)
        rows.append(row)
        goals.append(goal)
    return Part([Table("While something is away: one visitor, p99 of the list", rows)], goals)


def _outage(name: str, fault: Fault, rounds: int) -> tuple[Row, Goal]:
    with (
        surroundings() as well,
        surroundings(TTL_SECONDS[name.split()[0]]) as ill,
        TcpProxy(ill.redis.port) as proxy,
        well.site() as healthy_site,
        ill.site(REDIS_URL=proxy.redis_url) as sick_site,
        Visitor(healthy_site.url) as healthy,
        Visitor(sick_site.url) as sick,
    ):
        wait_until(healthy_site.is_warm, "both lists are cached", 30)
        wait_until(sick_site.is_warm, "both lists are cached", 30)
        with fault(ill, proxy):
            first_ms = _met(sick)
            compared = [undisturbed(lambda: _compared(healthy, sick))[0] for _ in range(rounds)]
    times = [(p99_ms(a), p99_ms(b)) for a, b in compared]
    answers = [seen for _, seen_when_sick in compared for seen in seen_when_sick]
    ratios = Spread.of([sick_ms / healthy_ms for healthy_ms, sick_ms in times])
    row: Row = {
        "away": name,
        "p99 ms well": Spread.of([healthy_ms for healthy_ms, _ in times]).middle,
        "p99 ms away": Spread.of([sick_ms for _, sick_ms in times]).middle,
        "×": ratios.middle,
        "spread": str(ratios),
        "slowest while it was met, ms": first_ms,
        "errors": sum(seen.status != 200 for seen in answers),
        "source": ", ".join(sorted({seen.source for seen in answers})),
    }
    goal = Goal(f"{name}: p99 × well", "at most", P99_RATIO_MAX, ratios.middle, str(ratios))
    return row, goal


def _met(visitor: Visitor) -> float:
    """The longest wait, in ms, while every process meets the fault."""
    longest, ends_at = 0.0, time.monotonic() + _MEETS_IT_SECONDS
    while time.monotonic() < ends_at:
        longest = max(longest, visitor.get().seconds)
    return longest * 1000


def _compared(healthy: Visitor, sick: Visitor) -> tuple[list[Seen], list[Seen]]:
    pairs = [(healthy.get(), sick.get()) for _ in range(PAIRS_A_ROUND)]
    return [a for a, _ in pairs], [b for _, b in pairs]
