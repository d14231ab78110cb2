"""The API's own description, and that it tells the truth."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from tests.exchange.process import ExchangeProcess
from tests.support.listener import EVENTS, refresh
from tests.support.site import Site
from webapp.api.openapi import openapi
from webapp.events import hub

PATHS: dict[str, Any] = json.loads(openapi())["paths"]


def test_it_describes_every_address_of_the_api_and_no_other(app: Flask):
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/")
    }
    assert {(path, method) for path, methods in PATHS.items() for method in methods} == served


def test_programs_and_pages_of_other_sites_may_read_it(client: FlaskClient):
    answer = client.get("/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.json["openapi"] == "3.1.0"  # type: ignore[index]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_people_read_it_as_a_page_that_asks_nobody_else(client: FlaskClient):
    page = client.get("/docs")
    assert page.status_code == 200
    for path in PATHS:
        assert f"GET {path}" in page.text or f"POST {path}" in page.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= {
        "desk",
        *re.findall(r'id="([^"]+)"', page.text),
    }


schema = schemathesis.openapi.from_dict(
    json.loads(openapi()),
    config=SchemathesisConfig.from_dict({"max-stream-events": 1}),  # of an answer without an end
)


@pytest.fixture(autouse=True)
def warm(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEARTBEAT_SECONDS", 0.05)
    for market in ("spot", "futures"):
        assert client.get(f"/api/v1/symbols/{market}").status_code == 200


@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck), derandomize=True)
def test_what_it_says_holds_for_whatever_is_asked(case: schemathesis.Case[Any], app: Flask) -> None:
    case.call_and_validate(app=app, headers={"Accept-Encoding": "identity"})


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"since": "0-0"}, 200),
        ({"since": "0-0", "market": "spot"}, 200),
        ({"since": "yesterday"}, 400),
        ({"market": "margin"}, 404),
    ],
)
def test_what_it_says_of_the_event_stream_holds_as_gunicorn_sends_it(
    site: Site,
    exchange: ExchangeProcess,
    settings_env: dict[str, str],
    query: dict[str, str],
    status: int,
):
    exchange.control.set_symbol("ADAUSDT", "HALT")
    refresh(settings_env, "spot")
    case = schema[EVENTS]["GET"].Case(query=query)
    answer = case.call_and_validate(base_url=site.url, timeout=30)
    assert answer.status_code == status
    assert (b"event: change" in answer.content) == (status == 200)
