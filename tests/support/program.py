"""One of the product's processes, run by a test: ``with Program("jobs.worker", env): ...``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from webapp.config import PROJECT_DIR


class Program:
    """``python -m <module>`` with the given settings in its environment; stopped for sure.

    What it says goes where the test's own output goes, or to the end of the file ``log``;
    ``entry`` comes before the command, as in ``Machine.entry``.
    """

    def __init__(
        self,
        module: str,
        settings_env: Mapping[str, str],
        arguments: Sequence[str] = (),
        log: Path | None = None,
        entry: Sequence[str] = (),
        python: str = sys.executable,
    ) -> None:
        self.settings_env = dict(settings_env)  # a change counts from the next start on
        self._log = log
        self._command = [*entry, python, "-m", module, *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the program was not started")
        return self._process

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        environment = {**os.environ, **self.settings_env}
        with ExitStack() as files:
            log = files.enter_context(self._log.open("ab")) if self._log else None
            self._process = subprocess.Popen(
                self._command, cwd=PROJECT_DIR, env=environment, stdout=log, stderr=log
            )

    def stop(self) -> int:
        """Ask it to stop as a supervisor would and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
