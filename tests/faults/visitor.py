"""A client of the product: asks, times each answer, and keeps what it saw."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

SPOT = "/api/v1/symbols/spot"
PAGE = "/markets"


@dataclass(frozen=True)
class Seen:
    """One answer as the client saw it."""

    path: str
    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    seconds: float

    @property
    def source(self) -> str:
        return self.headers.get("x-data-source", "")

    @property
    def age(self) -> int:
        return int(self.headers["age"])

    @property
    def symbols(self) -> set[str]:
        rows: list[dict[str, Any]] = json.loads(self.body)["data"]["symbols"]
        return {row["symbol"] for row in rows}


class Visitor:
    """One keep-alive connection to a site; opened anew where it broke."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._connection.close()

    def get(self, path: str = SPOT, headers: dict[str, str] | None = None) -> Seen:
        """Ask once; raises ``OSError`` or ``HTTPException`` when there is no whole answer."""
        start = time.monotonic()
        try:
            self._connection.request("GET", path, headers=headers or {})
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        seconds = time.monotonic() - start
        return Seen(path, answer.status, _lower(answer.getheaders()), body, seconds)

    def get_many(self, times: int, path: str = SPOT) -> list[Seen]:
        return [self.get(path) for _ in range(times)]


def get(url: str, path: str = SPOT, headers: dict[str, str] | None = None) -> Seen:
    """Ask once on a connection of its own."""
    with Visitor(url) as visitor:
        return visitor.get(path, headers)


def median_ms(answers: Iterable[Seen]) -> float:
    return statistics.median(seen.seconds for seen in answers) * 1000


def p99_ms(answers: Iterable[Seen]) -> float:
    times = sorted(seen.seconds for seen in answers)
    return times[min(len(times) - 1, int(len(times) * 0.99))] * 1000


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}
