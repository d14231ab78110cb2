"""For those who run the product and for what watches it: is it alive, is it well, what it counts.

These addresses stand outside of the API and its description: they are for operators.
"""

from __future__ import annotations

import msgspec
from flask import Blueprint, Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from webapp.config import Settings
from webapp.extensions import get_vital_signs
from webapp.metrics.counted import share
from webapp.metrics.exposition import exposition
from webapp.ops.gauges import gauges
from webapp.ops.readiness import readiness

blueprint = Blueprint("ops", __name__)

_RETRY_AFTER_SECONDS = 2


def init_ops(app: Flask, settings: Settings) -> None:
    """Begin to count."""
    app.extensions["metrics"] = share(settings.metrics_dir)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives; nothing else is asked."""
    return _json({"status": "alive"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 while every market has a list to serve, and what is amiss; else 503 and why."""
    state = readiness(get_vital_signs().read())
    answer = _json(state)
    if state.status == "unavailable":
        answer.status_code = 503
        answer.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return answer


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus; nginx lets nobody else in."""
    body = exposition(current_app.extensions["metrics"], gauges(get_vital_signs().read()))
    answer = Response(body, content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _json(body: object) -> Response:
    answer = Response(msgspec.json.encode(body), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
