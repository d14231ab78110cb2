"""What a scrape is told: the counts of all processes, and the state of things now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from webapp.metrics.counted import METRICS, count_all
from webapp.metrics.slots import Slots


def exposition(slots: Slots | None, state: Iterable[Metric]) -> bytes:
    """Everything in Prometheus's text format."""
    count_all()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families([*state, *(_counts(slots) if slots else ())]))
    return generate_latest(registry)


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _counts(slots: Slots) -> Iterator[Metric]:
    labels_of: dict[str, set[str]] = {metric._name: set(metric._labelnames) for metric in METRICS}
    merged: Iterable[Any] = MultiProcessCollector.merge(slots.files())  # type: ignore[no-untyped-call]
    for family in merged:
        wanted = labels_of.get(family.name)
        # Another release may have counted other things in these files.
        family.samples = [
            sample for sample in family.samples if set(sample.labels) - {"le"} == wanted
        ]
        if family.samples:
            yield family
