"""For those who run the product and for what watches it: is it alive, is it well, what it counts.

These addresses stand outside of the API and its description: they are for operators.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import msgspec
from flask import Blueprint, Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from webapp.binance.client import host_name
from webapp.config import Settings
from webapp.extensions import Shared
from webapp.metrics.counted import share
from webapp.metrics.exposition import exposition
from webapp.ops.gauges import gauges
from webapp.ops.readiness import readiness
from webapp.ops.vitals import Venue, VitalSigns
from webapp.symbols.sources import FUTURES_WEIGHT_PER_MINUTE, SPOT_WEIGHT_PER_MINUTE

blueprint = Blueprint("ops", __name__)

_RETRY_AFTER_SECONDS = 2


def init_ops(app: Flask, settings: Settings) -> None:
    """Begin to count, and join what is looked at; ``init_people`` comes first."""
    shared: Shared = app.extensions["shared"]
    app.extensions["metrics"] = share(settings.metrics_dir)
    app.extensions["vital_signs"] = VitalSigns(
        app.extensions["catalogue"],
        shared.health,
        shared.gate,
        app.extensions["database"],
        _venues(settings),
        settings.symbols_ttl_seconds,
    )


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives; nothing else is asked."""
    return _json({"status": "alive"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 while every market has a list to serve, and what is amiss; else 503 and why."""
    state = readiness(_vital_signs().read())
    answer = _json(state)
    if state.status == "unavailable":
        answer.status_code = 503
        answer.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return answer


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus; nginx lets nobody else in."""
    body = exposition(current_app.extensions["metrics"], gauges(_vital_signs().read()))
    answer = Response(body, content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _venues(settings: Settings) -> Iterator[Venue]:
    for url in settings.binance_spot_url:
        yield Venue("spot", host_name(url), SPOT_WEIGHT_PER_MINUTE)
    for url in settings.binance_futures_url:
        yield Venue("futures", host_name(url), FUTURES_WEIGHT_PER_MINUTE)


def _json(body: object) -> Response:
    answer = Response(msgspec.json.encode(body), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _vital_signs() -> VitalSigns:
    return cast(VitalSigns, current_app.extensions["vital_signs"])
