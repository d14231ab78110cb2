"""The whole product under supervisord, as ``make run`` starts it, and ways to hurt it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.chaos.schedule import MASTER, SCHEDULER, WEB, WORKER
from tests.faults.visitor import get
from tests.support.site import free_port
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

ASKERS = 3  # processes that ask Binance: two web workers and a job's
_WORDS = {MASTER: "gunicorn", WORKER: "jobs.worker", SCHEDULER: "jobs.scheduler"}


class Product:
    """``python -m deploy.run`` on a free port, its logs in a file."""

    def __init__(self, settings_env: Mapping[str, str], log: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, **settings_env, "PORT": str(port)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.run"],
                cwd=PROJECT_DIR,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._is_up, "the product is up", within_seconds=30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        try:
            self._process.wait(timeout=30)
        finally:
            for process in psutil.wait_procs(family, timeout=1)[1]:
                process.kill()

    def victim(self, target: str, pick: float) -> psutil.Process | None:
        """One of the processes of that kind, or None while there is none."""
        found = self._web_workers() if target == WEB else self._programs(_WORDS[target])
        return found[int(pick * len(found))] if found else None

    def _web_workers(self) -> list[psutil.Process]:
        return [child for master in self._programs("gunicorn") for child in _children(master)]

    def _programs(self, word: str) -> list[psutil.Process]:
        if self._process is None:
            return []
        supervisord = _children(psutil.Process(self._process.pid))
        programs = [program for parent in supervisord for program in _children(parent)]
        return [program for program in programs if word in _command_line(program)]

    def _is_up(self) -> bool:
        try:
            return get(self.url).status == get(self.url, "/api/v1/symbols/futures").status == 200
        except OSError:
            return False


def send(process: psutil.Process | None, number: signal.Signals) -> None:
    """Send a signal to a process that may just have died."""
    if process:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return sorted(process.children(), key=lambda child: child.pid)
    except psutil.NoSuchProcess:
        return []


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
