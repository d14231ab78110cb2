"""What is counted while it happens. Every label has few values: never a symbol or an address."""

from __future__ import annotations

import atexit
import logging
import os
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Literal, NamedTuple, ParamSpec, get_args

from prometheus_client import Counter, Gauge, Histogram, values

from webapp.metrics.batch import Batch
from webapp.metrics.slots import Slots

log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
RefreshOutcome = Literal["fetched", "failed", "held_back"]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ENDPOINT = "none"  # an address that leads nowhere
_MARKETS = ("spot", "futures")
_ALL_MARKETS = "all"

# Not in the registry of prometheus_client: a scrape reads the files of all processes.
REQUESTS = Counter(
    "marketdeck_requests",
    "Requests that were answered.",
    ("endpoint", "method", "status"),
    registry=None,
)
REQUEST_SECONDS = Histogram(
    "marketdeck_request_seconds",
    "How long the answers took to make, without sending them.",
    ("endpoint",),
    registry=None,
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
LISTS_SERVED = Counter(
    "marketdeck_lists_served",
    "Answers of the API that rest on a list, by where it came from as X-Data-Source names it.",
    ("market", "source"),
    registry=None,
)
UPSTREAM_CALLS = Counter(
    "marketdeck_upstream_calls",
    "Calls to Binance; the outcome is answered, broken_off or the name of the error.",
    ("host", "endpoint", "outcome"),
    registry=None,
)
UPSTREAM_SECONDS = Histogram(
    "marketdeck_upstream_seconds",
    "How long calls to Binance took, whatever became of them.",
    ("host", "endpoint"),
    registry=None,
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
REFRESHES = Counter(
    "marketdeck_refreshes",
    "Lists that were to be fetched: fetched, failed, or held back as they had shrunk.",
    ("market", "outcome"),
    registry=None,
)
LISTENERS = Gauge(
    "marketdeck_event_listeners",
    "Open connections of server-sent events, by the market that they listen to.",
    ("market",),
    registry=None,
    multiprocess_mode="livesum",
)
LISTENERS_DROPPED = Counter(
    "marketdeck_event_listeners_dropped",
    "Listeners whose connection was ended as they did not read.",
    ("market",),
    registry=None,
)
METRICS = (
    REQUESTS,
    REQUEST_SECONDS,
    LISTS_SERVED,
    UPSTREAM_CALLS,
    UPSTREAM_SECONDS,
    REFRESHES,
    LISTENERS,
    LISTENERS_DROPPED,
)

_slots: Slots | None = None


class _Answer(NamedTuple):
    endpoint: str
    method: str
    status_class: int
    seconds: float


def share(directory: Path) -> Slots | None:
    """Count in files of the folder from now on, together with all who do the same.

    What was counted before is forgotten. The first folder is a process's only one. Without a
    folder that can be written to (None) the process counts in vain, and all else goes on.
    """
    global _slots  # a process has one
    if _slots:
        return _slots
    try:
        _slots = Slots(directory)
    except OSError as error:
        log.warning("nothing is counted, for %s cannot be used: %s", directory, error)
        return None
    # What prometheus_client goes by, but with a slot in place of the process's number: each job
    # has a process of its own, and there would be more files every few minutes.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    values.ValueClass = values.MultiProcessValue(_slots.own)  # type: ignore[no-untyped-call]
    for metric in METRICS:
        metric._metrics.clear()
    _answers.forget()
    _lists.forget()
    _begin_at_nought()
    return _slots


def _never_fails(count: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """A forked process takes its slot with its first count, and a full disk may have none."""

    @wraps(count)
    def counted(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            count(*args, **kwargs)
        except OSError as error:
            log.warning("something was not counted: %s", error)

    return counted


def request(endpoint: str | None, method: str, status: int, seconds: float) -> None:
    """A request was answered; the endpoint is the view's name in Flask."""
    known_method = method if method in _METHODS else "other"
    _answers.add(_Answer(endpoint or _NO_ENDPOINT, known_method, status // 100, seconds))


def list_served(market: str, source: str) -> None:
    _lists.add((market, source))


def count_all() -> None:
    """Count what waits for it; the process's end does so too."""
    _answers.count()
    _lists.count()


@_never_fails
def upstream_call(host: str, endpoint: str, outcome: str, seconds: float) -> None:
    """Binance was asked; the endpoint is the path without the question."""
    UPSTREAM_CALLS.labels(host, endpoint, outcome).inc()
    UPSTREAM_SECONDS.labels(host, endpoint).observe(seconds)


@_never_fails
def refresh(market: str, outcome: RefreshOutcome) -> None:
    REFRESHES.labels(market, outcome).inc()


@_never_fails
def listener_joined(market: str | None) -> None:
    LISTENERS.labels(market or _ALL_MARKETS).inc()


@_never_fails
def listener_left(market: str | None) -> None:
    LISTENERS.labels(market or _ALL_MARKETS).dec()


@_never_fails
def listener_dropped(market: str | None) -> None:
    LISTENERS_DROPPED.labels(market or _ALL_MARKETS).inc()


def _begin_at_nought() -> None:
    # Of a count that appears with its first event, Prometheus sees no increase.
    for market in _MARKETS:
        for outcome in get_args(RefreshOutcome):
            REFRESHES.labels(market, outcome)
    for market in (*_MARKETS, _ALL_MARKETS):
        LISTENERS.labels(market)
        LISTENERS_DROPPED.labels(market)


@_never_fails
def _count_answers(answers: list[_Answer]) -> None:
    kinds = Tally((it.endpoint, it.method, f"{it.status_class}xx") for it in answers)
    for kind, count in kinds.items():
        REQUESTS.labels(*kind).inc(count)
    for endpoint in {it.endpoint for it in answers}:
        seconds = [it.seconds for it in answers if it.endpoint == endpoint]
        _observe_all(REQUEST_SECONDS.labels(endpoint), seconds)


def _observe_all(histogram: Histogram, amounts: list[float]) -> None:
    """What ``histogram.observe`` does, for all at once."""
    histogram._sum.inc(sum(amounts))
    buckets = Tally(bisect_left(histogram._upper_bounds, amount) for amount in amounts)
    for bucket, count in buckets.items():
        histogram._buckets[bucket].inc(count)


@_never_fails
def _count_lists(lists: list[tuple[str, str]]) -> None:
    for labels, count in Tally(lists).items():
        LISTS_SERVED.labels(*labels).inc(count)


_answers = Batch(_count_answers)
_lists = Batch(_count_lists)
atexit.register(count_all)
