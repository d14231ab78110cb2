"""The API's description: for programs at ``/openapi.json``, for people at ``/docs``."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response, render_template, request

from webapp.api.openapi import openapi
from webapp.compression import KeptBody

blueprint = Blueprint("documents", __name__)


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    body = _openapi_body()
    answer = Response(body.content, mimetype="application/json")
    answer.set_etag(body.digest)
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.make_conditional(request, accept_ranges=False)
    return answer


@blueprint.get("/docs")
def docs() -> str:
    """The same document, laid out to be read."""
    document: dict[str, Any] = json.loads(openapi())
    return render_template(
        "docs.html", document=document, schemas=document["components"]["schemas"]
    )


@cache
def _openapi_body() -> KeptBody:
    return KeptBody(openapi())
