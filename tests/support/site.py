"""A running site for tests: gunicorn as in production, on a free port."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from tests.exchange.process import ExchangeProcess
from tests.support.machines import Machine
from tests.support.program import Program
from tests.support.waiting import wait_until

_GUNICORN = ("--config", "deploy/gunicorn.conf.py", "wsgi:app")


class Site(Program):
    """gunicorn with our own configuration; the same port after ``stop()`` and ``start()``.

    It runs on ``machine`` if there is one; ``arguments`` come after the configuration.
    """

    def __init__(
        self,
        settings_env: Mapping[str, str],
        log: Path | None = None,
        machine: Machine | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self.port = free_port()
        self.address = f"{machine.address if machine else '127.0.0.1'}:{self.port}"
        self.url = f"http://{self.address}"
        own = {"API_REQUESTS_PER_MINUTE": "0", "PORT": str(self.port)}  # all ask from one address
        entry = machine.entry if machine else ()
        command = (*_GUNICORN, "--bind", self.address, *arguments)
        super().__init__("gunicorn", {**own, **settings_env}, command, log, entry)

    def start(self) -> None:
        super().start()
        wait_until(self._answers, "the site answers", within_seconds=60)  # one of several at once

    def is_warm(self) -> bool:
        return lists_are_cached(self.url)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/manifest.webmanifest", timeout=1).ok
        except requests.RequestException:
            return False


def product_env(exchange: ExchangeProcess, redis_url: str, folder: Path) -> dict[str, str]:
    """Settings of a product at these servers that keeps in the folder what it keeps on disk."""
    return {
        **exchange.urls.environment(),
        "REDIS_URL": redis_url,
        "SNAPSHOT_DIR": str(folder / "snapshots"),
        "DATABASE_URL": f"sqlite:///{folder}/people.db",
        "MAIL_DIR": str(folder / "mail"),
    }


def free_port() -> int:
    """A port that the kernel has just found free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lists_are_cached(url: str) -> bool:
    """Whether the site at this address serves both lists from its cache."""
    try:
        answers = [
            requests.get(f"{url}/api/v1/symbols/{market}", timeout=30)
            for market in ("spot", "futures")
        ]
    except requests.RequestException:
        return False
    return all(answer.headers.get("X-Data-Source") == "cache" for answer in answers)
