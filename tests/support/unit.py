"""gunicorn as ``deploy/systemd`` has it run: the socket outlives it, and it tells how it does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import requests

from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

# What systemd does before it starts a service that has a socket.
_AS_SYSTEMD = 'exec 3<&"$1"; shift; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
_GUNICORN = Path(sys.executable).with_name("gunicorn")


class WebUnit:
    """In the place of systemd, from ``with`` on.

    ``main_pid`` is the master that systemd would take for the service, and ``heard`` all that it
    was told.
    """

    def __init__(
        self, settings_env: Mapping[str, str], folder: Path, project: Path = PROJECT_DIR
    ) -> None:
        self.settings_env = dict(settings_env)
        self.log = folder / "gunicorn.log"
        self.heard: list[str] = []
        self.main_pid = 0
        self._project = project
        self._stack = ExitStack()
        self._socket = self._stack.enter_context(socket.socket())
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(2048)
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._notices = self._stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self._notices_path = folder / "notify"
        self._notices.bind(str(self._notices_path))
        self._notices.setblocking(False)
        self._started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()
        self._stack.close()

    def start(self) -> None:
        self.heard.clear()
        number = self._socket.fileno()
        command = [str(_GUNICORN), "--config", "deploy/gunicorn.conf.py", "wsgi:app"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                ["bash", "-c", _AS_SYSTEMD, "unit", str(number), *command],
                cwd=self._project,
                env={
                    **os.environ,
                    **self.settings_env,
                    "NOTIFY_SOCKET": str(self._notices_path),
                },
                pass_fds=[number],
                stdout=log,
                stderr=log,
            )
        self._started.append(process)
        self.main_pid = process.pid
        wait_until(lambda: "READY=1" in self._all_heard(), "it is ready", within_seconds=60)
        wait_until(self._answers, "it answers", within_seconds=60)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.main_pid, number)

    def stop(self) -> None:
        """As systemd stops a service: the main process is asked, and waited for."""
        if not psutil.pid_exists(self.main_pid):
            return
        self.signal(signal.SIGTERM)
        master = psutil.Process(self.main_pid)
        master.wait(timeout=30)
        for process in self._started:
            process.wait(timeout=30)

    def workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.main_pid).children()}

    def followed_up(self) -> bool:
        """Whether a new master has taken over; it is the main process from then on."""
        told = [line for line in self._all_heard().splitlines() if line.startswith("MAINPID=")]
        if told and int(told[-1].partition("=")[2]) != self.main_pid:
            self.main_pid = int(told[-1].partition("=")[2])
            return True
        return False

    def _all_heard(self) -> str:
        while True:
            try:
                self.heard.append(self._notices.recv(4096).decode())
            except BlockingIOError:
                return "\n".join(self.heard)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/manifest.webmanifest", timeout=30).ok
        except requests.RequestException:
            return False
