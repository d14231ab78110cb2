"""The alert rules and the dashboard go by what a real site tells, and the docs describe it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from tests.support.metrics import Scrape, scraped
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR
from webapp.ops.readiness import CODES

PROMETHEUS = PROJECT_DIR / "deploy" / "prometheus"
ALERTS = (PROMETHEUS / "alerts.yml").read_text()
DASHBOARD: dict[str, Any] = json.loads((PROJECT_DIR / "deploy/grafana/marketdeck.json").read_text())
OPERATING = (PROJECT_DIR / "docs/operating.md").read_text()
NAME = re.compile(r"marketdeck_\w+")
OF_A_HISTOGRAM = re.compile(r"_(bucket|sum|count)$")
_HOW_TO_INSTALL = (
    "The tests need promtool: install it, as in: sudo apt-get install --no-install-recommends "
    "prometheus"
)


def promtool(*arguments: str | Path, text: str = "") -> str:
    """Run it to a good end; what it said."""
    program = shutil.which("promtool")
    if program is None:
        raise RuntimeError(_HOW_TO_INSTALL)
    done = subprocess.run([program, *arguments], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def questions(of: object) -> Iterator[str]:
    """Every PromQL expression of the dashboard, and what its variables ask."""
    if isinstance(of, dict):
        for key, value in of.items():
            if key in ("expr", "query") and isinstance(value, str):
                yield value
            else:
                yield from questions(value)
    elif isinstance(of, list):
        for value in of:
            yield from questions(value)


@pytest.fixture(scope="module")
def scrape(module_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Scrape:
    """One of a site with its worker and scheduler."""
    env = {**module_env, "METRICS_DIR": str(tmp_path_factory.mktemp("metrics"))}
    with Site(env) as site, Program("jobs.worker", env), Program("jobs.scheduler", env):
        wait_until(site.is_warm, "both lists are cached")
        wait_until(
            lambda: requests.get(f"{site.url}/readyz", timeout=30).json()["causes"] == [],
            "nothing is amiss",
        )
        requests.get(f"{site.url}/api/v1/depth/spot/BTCUSDT", timeout=30)
        return scraped(site.url)


def test_all_that_is_named_anywhere_exists_and_all_that_exists_is_described(scrape: Scrape):
    exist = {name for name in scrape.names if name.startswith("marketdeck_")}
    of_rules = set(NAME.findall(ALERTS))
    of_dashboard = {name for it in questions(DASHBOARD) for name in NAME.findall(it)}
    assert (of_rules | of_dashboard) - exist == set()
    # A histogram is described by its own name, of which its samples' names are made.
    families = {
        OF_A_HISTOGRAM.sub("", name) if scrape.is_of_histogram(name) else name for name in exist
    }
    described = {
        name
        for line in OPERATING.splitlines()
        if line.startswith("| `marketdeck_")
        for name in NAME.findall(line)
    }
    assert families == described
    unused = families - {OF_A_HISTOGRAM.sub("", name) for name in of_rules | of_dashboard}
    assert unused == set()


def test_labels_that_rules_and_dashboard_choose_by_exist(scrape: Scrape, app: Flask):
    chosen = {
        (label, value)
        for text in (ALERTS, *questions(DASHBOARD))
        for label, values in re.findall(r'\b(endpoint|cause|outcome|status)[!=]=?~?"([^"]+)"', text)
        for value in values.split("|")
    }
    assert {value for label, value in chosen if label == "endpoint"} <= set(app.view_functions)
    assert {value for label, value in chosen if label == "cause"} <= scrape.labels("cause")
    assert {value for label, value in chosen if label == "outcome"} <= scrape.labels("outcome")
    assert {value for label, value in chosen if label == "status"} <= {"4xx", "5xx"}


def test_every_code_of_readyz_is_described():
    described = set(re.findall(r"^\| `(\w+)` \|", OPERATING, re.MULTILINE))
    assert set(CODES) <= described


def test_the_rules_and_the_scrape_configuration_are_valid():
    promtool("check", "rules", PROMETHEUS / "alerts.yml")
    promtool("check", "config", PROMETHEUS / "prometheus.yml")


def test_the_rules_fire_when_they_should_and_are_silent_when_not():
    promtool("test", "rules", PROMETHEUS / "alerts_test.yml")
    fired = {*re.findall(r"alert: (\w+)", ALERTS)}
    assert f"value: {len(fired)}}}" in (PROMETHEUS / "alerts_test.yml").read_text()


def test_what_a_site_tells_is_in_order_for_prometheus(scrape: Scrape):
    assert promtool("check", "metrics", text=scrape.text) == ""


def test_the_dashboard_can_be_imported_with_any_data_source():
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    source, _ = DASHBOARD["templating"]["list"]
    assert (source["type"], source["query"]) == ("datasource", "prometheus")
    shown = [panel for panel in panels if panel["type"] != "row"]
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in shown)
    assert all(panel["title"] and panel["description"] for panel in shown)
    rows = [panel["title"] for panel in panels if panel["type"] == "row"]
    assert rows == ["Traffic", "Freshness", "Binance", "Redis and jobs", "Events"]
    places = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(places)) == len(places)
