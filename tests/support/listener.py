"""A client of the server-sent events, and what makes them happen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self

import requests

from webapp import create_app

EVENTS = "/api/v1/symbols/events"


class Listener:
    """A client that reads one event after the other, as a browser's EventSource does."""

    def __init__(self, url: str, query: str = "", since: str = "") -> None:
        headers = {"Last-Event-ID": since} if since else {}
        self.answer = requests.get(
            f"{url}{EVENTS}{query}", headers=headers, stream=True, timeout=(2, 20)
        )
        self.last_id = since
        self._lines = self.answer.iter_lines(chunk_size=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()

    def until_joined(self) -> Self:
        """Read the id that says where in the log this listener begins."""
        while not self.last_id:
            self._take(next(self._lines))
        return self

    def event(self) -> tuple[str, dict[str, Any]]:
        """Wait for the next event that has data: its name and data."""
        name, data = "message", ""
        for line in self._lines:
            if not line and data:
                return name, json.loads(data)
            field, _, value = line.decode().partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data = value
            else:
                self._take(line)
        raise EOFError

    def change(self) -> tuple[str, str, str]:
        """Wait for the next change: market, kind and symbol."""
        name, data = self.event()
        while name != "change":
            name, data = self.event()
        assert data["id"] == self.last_id
        return data["market_type"], data["kind"], data["symbol"]

    def _take(self, line: bytes) -> None:
        field, _, value = line.decode().partition(": ")
        if field == "id":
            self.last_id = value


def refresh(settings_env: Mapping[str, str], *markets: str) -> None:
    """What the warm-up job does, in this process."""
    catalogue = create_app({**settings_env, "TESTING": True}).extensions["catalogue"]
    for market in markets:
        catalogue.refresh(market)
