"""Load from ``wrk`` (Debian's package): so many connections that ask without a pause."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
_REPORT = Path(__file__).parent / "report.lua"
_MARK = "wrk: "
_PATIENCE_SECONDS = 10
_HOW_TO_INSTALL = "The bench needs wrk: install it, as in: sudo apt-get install wrk"
GZIP = {"Accept-Encoding": "gzip"}


class WrkError(RuntimeError):
    """wrk did not do its work; the text holds what it said."""


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw. ``errors``: connections that failed, statuses over 399, no answer
    within ten seconds."""

    requests: int
    seconds: float
    wire_bytes: int
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def bytes_an_answer(self) -> float:
        return self.wire_bytes / self.requests


def load(
    url: str,
    seconds: float,
    connections: int = CONNECTIONS,
    headers: Mapping[str, str] = GZIP,
    users: int | None = None,
) -> Load:
    """Ask for so long, from one thread; ``seconds`` is rounded up to a whole one.

    With ``users`` the requests are of so many in turn, as a trusted proxy would tell of them.
    """
    program = shutil.which("wrk")
    if program is None:
        raise WrkError(_HOW_TO_INSTALL)
    command = [program, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
    command += ["--timeout", f"{_PATIENCE_SECONDS}s", "-s", str(_REPORT)]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    env = dict(os.environ) if users is None else {**os.environ, "USERS": str(users)}
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False, env=env)
    return parsed(done.stdout + done.stderr)


def parsed(said: str) -> Load:
    """What ``report.lua`` printed; raises ``WrkError`` where it did not, or nothing was answered.

    A connection that breaks off while it reads counts as an error too: a server that closes after
    each answer says so in the answer, and wrk does not count it.
    """
    line = next((line for line in said.splitlines() if line.startswith(_MARK)), None)
    if line is None:
        raise WrkError(f"wrk said: {said.strip()}")
    told = json.loads(line.removeprefix(_MARK))
    if not told["requests"]:
        raise WrkError(f"nothing was answered: {line}")
    return Load(
        told["requests"],
        told["microseconds"] / 1e6,
        told["bytes"],
        told["p50_us"] / 1000,
        told["p99_us"] / 1000,
        sum(told[kind] for kind in ("connect", "read", "write", "status", "timeout")),
    )
