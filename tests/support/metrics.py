"""A site's metrics as Prometheus reads them."""

from __future__ import annotations

import requests
from prometheus_client.parser import text_string_to_metric_families


class Scrape:
    """What was told: ``scrape.value("marketdeck_requests_total", endpoint="ops.healthz")``."""

    def __init__(self, text: str) -> None:
        self.text = text
        families = list(text_string_to_metric_families(self.text))
        self._histograms = {it.name for it in families if it.type == "histogram"}
        self.samples = [sample for family in families for sample in family.samples]
        self.names = {sample.name for sample in self.samples}

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples that have at least these labels; 0 without any."""
        return sum(
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def labels(self, label: str) -> set[str]:
        """All values that a label has."""
        return {sample.labels[label] for sample in self.samples if label in sample.labels}

    def is_of_histogram(self, name: str) -> bool:
        """Whether it is the name of a histogram's samples."""
        return name.rpartition("_")[0] in self._histograms


def scraped(url: str) -> Scrape:
    """Scrape a site."""
    answer = requests.get(f"{url}/metrics", timeout=30)
    answer.raise_for_status()
    return Scrape(answer.text)
