"""What every answer of the JSON API is wrapped in."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

import msgspec

Data = TypeVar("Data")


class Success(msgspec.Struct, Generic[Data], kw_only=True):
    """What was asked for."""

    status: Literal["success"] = "success"
    data: Data


class Problem(msgspec.Struct):
    """A stable word for programs and a sentence for people."""

    code: str
    message: str


class Failure(msgspec.Struct, kw_only=True):
    """Why there is nothing."""

    status: Literal["error"] = "error"
    error: Problem


def success(data: object) -> bytes:
    """The body of an answer, as JSON."""
    return msgspec.json.encode(Success(data=data))
