"""The API described by OpenAPI 3.1, from the types that make its answers."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from webapp.api.operations import OPERATIONS, Operation, Parameter
from webapp.bodies import Failure

_PREFIX = "/api/v1"
_REF = "#/components/schemas/{name}"
_JSON = "application/json"
_IN_NAMES = str.maketrans("/", "_", "{}")


@cache
def openapi() -> bytes:
    """The document, as JSON."""
    types = [operation.answer for operation in OPERATIONS]
    (failure, *answers), components = msgspec.json.schema_components(
        [Failure, *types], ref_template=_REF
    )
    schemas = dict(zip(map(str, types), answers, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        described = _described(operation, schemas[str(operation.answer)], failure)
        paths.setdefault(_PREFIX + operation.path, {})[operation.method] = described
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Marketdeck",
                "version": "1",
                "description": "Binance's USDT markets. Only what is your own needs a token.",
            },
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _described(operation: Operation, answer: Any, failure: Any) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(operation.status): {
            "description": operation.summary,
            "content": {operation.media_type: {"schema": answer}},
        }
    }
    if operation.revalidates:
        responses["304"] = {"description": "What you have is what there is."}
    errors = {**operation.errors, 429: ("too_many_requests",)}
    for status, codes in sorted(errors.items()):
        responses[str(status)] = {
            "description": " or ".join(codes),
            "content": {_JSON: {"schema": failure}},
        }
    described = {
        "operationId": operation.method + operation.path.translate(_IN_NAMES),
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": responses,
    }
    if operation.takes_token:
        described["security"] = [{}, {"token": []}]
    return described


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "description": parameter.description,
        "schema": parameter.schema,
    }
