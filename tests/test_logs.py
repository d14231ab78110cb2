"""The log of the real processes: JSON, with a request's or a job's id, and no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from flask import Flask, abort
from flask.testing import FlaskClient

from jobs.queue import job_queue
from jobs.warmup import warmup_spot_symbols_cache
from tests.exchange.process import ExchangeProcess
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until

SPOT = "/api/v1/symbols/spot"


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def about(log: Path, request_id: str) -> list[dict[str, Any]]:
    return [line for line in lines(log) if line.get("request_id") == request_id]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "web.log"


@pytest.fixture
def json_env(settings_env: dict[str, str]) -> dict[str, str]:
    return {**settings_env, "LOG_FORMAT": "json", "ACCESS_LOG": "1", "TRUSTED_PROXIES": "1"}


@pytest.fixture
def json_site(json_env: dict[str, str], log: Path) -> Iterator[Site]:
    with Site(json_env, log) as site:
        yield site


def test_every_line_is_json_gunicorns_too(json_site: Site, log: Path):
    requests.get(json_site.url + SPOT, timeout=30)
    json_site.stop()
    said = lines(log)
    assert {"gunicorn.error", "webapp.access", "webapp.symbols.refresher"} <= {
        line["logger"] for line in said
    }
    assert all(line["time"].endswith("Z") and line["process"] for line in said)
    assert any(line["message"].startswith("Shutting down") for line in said)


def test_a_request_has_one_line_that_says_all_but_its_query(json_site: Site, log: Path):
    wait_until(json_site.is_warm, "the lists are cached")
    answer = requests.get(
        f"{json_site.url}{SPOT}?token=not-for-the-log",
        headers={"X-Request-ID": "from-the-proxy-1"},
        timeout=30,
    )
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    [line] = wait_until(lambda: about(log, "from-the-proxy-1"), "it is written")
    assert line["logger"] == "webapp.access"
    assert (line["method"], line["path"], line["status"]) == ("GET", SPOT, 200)
    assert line["source"] == "cache"
    assert 0 < line["ms"] < 1000
    assert "not-for-the-log" not in log.read_text()


def test_what_goes_wrong_in_a_request_is_written_under_its_id(
    json_site: Site, log: Path, exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="spot", endpoint="depth", status=418, retry_after=60)
    answer = requests.get(f"{json_site.url}/api/v1/depth/spot/BTCUSDT", timeout=30)
    assert answer.status_code != 200
    said = wait_until(lambda: about(log, answer.headers["X-Request-ID"]), "it is written")
    assert {line["logger"] for line in said} >= {"webapp.access"}


def test_an_id_that_is_none_is_replaced(json_site: Site):
    for given in ("short", "x" * 65, "with space", 'quote"mark', "", "ümlaut-in-it", "semi;colon"):
        headers = {"X-Request-ID": given.encode()}
        answer = requests.get(f"{json_site.url}/healthz", headers=headers, timeout=30)
        made = answer.headers["X-Request-ID"]
        assert made != given
        assert len(made) == 32


def test_a_strangers_id_is_not_taken_over_without_a_proxy(client: FlaskClient):
    answer = client.get("/healthz", headers={"X-Request-ID": "a-strangers-own"})
    assert answer.headers["X-Request-ID"] != "a-strangers-own"
    assert "X-Request-ID" in client.get(SPOT).headers["Access-Control-Expose-Headers"]


def test_the_page_of_an_error_of_ours_names_the_request(app: Flask):
    app.add_url_rule("/broken", "broken", lambda: abort(500))
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert f"name this request: {answer.headers['X-Request-ID']}" in answer.text
    assert "name this request" not in app.test_client().get("/nowhere").text


def test_the_lines_of_a_job_carry_its_id(
    json_env: dict[str, str], redis_client: redis.Redis, tmp_path: Path
):
    log = tmp_path / "worker.log"
    with Program("jobs.worker", json_env, log=log):
        job = job_queue(redis_client).enqueue(warmup_spot_symbols_cache, job_id="a-job")
        wait_until(lambda: job.get_status() == "finished", "the job has run")
    [line] = [line for line in lines(log) if line.get("job_id") == "a-job"]
    assert line["message"].startswith("fetched the spot list")
    assert "request_id" not in line


def test_requests_have_no_line_of_their_own_unless_wanted(settings_env: dict[str, str], log: Path):
    with Site({**settings_env, "APP_ENV": "development"}, log) as site:
        answer = requests.get(f"{site.url}/healthz", timeout=30)
    assert answer.headers["X-Request-ID"] not in log.read_text()
