"""How the product is now, as Prometheus's gauges: read when it asks, kept nowhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from webapp.ops.readiness import CODES, readiness
from webapp.vitals.signs import Vitals


def gauges(vitals: Vitals) -> Iterator[Metric]:
    yield from _of_lists(vitals)
    yield from _of_venues(vitals)
    yield from _of_jobs(vitals)
    yield _single(
        "marketdeck_redis_up", "Whether Redis answers this process.", vitals.redis_answers
    )
    if vitals.redis_seconds is not None:
        yield _single(
            "marketdeck_redis_ping_seconds", "How long Redis took to answer.", vitals.redis_seconds
        )
    yield _single(
        "marketdeck_database_up", "Whether the database answers.", vitals.database_answers
    )
    state = readiness(vitals)
    yield _single(
        "marketdeck_ready", "Whether every market has a list to serve.", state.status == "ready"
    )
    amiss = {cause.code for cause in state.causes}
    yield _family(
        "marketdeck_degraded",
        "What is amiss, by the codes of /readyz.",
        ("cause",),
        (((code,), code in amiss) for code in CODES),
    )


def _of_lists(vitals: Vitals) -> Iterator[Metric]:
    yield _family(
        "marketdeck_list_age_seconds",
        "How long ago Binance gave the list.",
        ("market",),
        (((state.market,), state.age_seconds) for state in vitals.lists if state.listing),
    )
    yield _family(
        "marketdeck_list_ttl_seconds",
        "How long a list is fresh.",
        ("market",),
        (((state.market,), state.ttl_seconds) for state in vitals.lists),
    )
    yield _family(
        "marketdeck_list_symbols",
        "How many pairs the list holds.",
        ("market",),
        (((state.market,), state.listing.count) for state in vitals.lists if state.listing),
    )


def _of_venues(vitals: Vitals) -> Iterator[Metric]:
    labels = ("market", "host")
    now = time.time()
    of = {(state.venue.market, state.venue.host): state for state in vitals.venues}
    yield _family(
        "marketdeck_upstream_ban_seconds",
        "For how long the host is not asked, as it shut its door; 0 when it may be.",
        labels,
        ((key, max(0.0, (state.banned_until or now) - now)) for key, state in of.items()),
    )
    yield _family(
        "marketdeck_upstream_weight_used",
        "Request weight of this minute that the host has told of.",
        labels,
        ((key, state.used_weight) for key, state in of.items()),
    )
    yield _family(
        "marketdeck_upstream_weight_limit",
        "Request weight that the host allows in a minute.",
        labels,
        ((key, state.venue.weight_limit) for key, state in of.items()),
    )


def _of_jobs(vitals: Vitals) -> Iterator[Metric]:
    jobs = vitals.jobs
    if jobs is None:
        return
    yield _single("marketdeck_jobs_queued", "Jobs that wait for a worker.", jobs.queued)
    yield _single("marketdeck_jobs_failed", "Failed jobs that RQ remembers.", jobs.failed)
    silences = {"scheduler": jobs.scheduler_silent_seconds, "worker": jobs.worker_silent_seconds}
    for name, seconds in silences.items():
        if seconds is not None:
            yield _single(
                f"marketdeck_{name}_heartbeat_age_seconds",
                f"How long ago a {name} last said that it is at work.",
                seconds,
            )


def _single(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _family(
    name: str,
    help_text: str,
    labels: tuple[str, ...],
    values: Iterable[tuple[tuple[str, ...], float]],
) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family
