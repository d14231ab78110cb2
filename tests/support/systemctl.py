"""Plays systemctl for the commands of docs/deploy.md: starts what the units below ``ROOT`` say.

``python -m tests.support.systemctl <verb> [options] <unit>...``, with the folder of process ids and
logs in ``STATE``. A socket unit has nothing to start here: gunicorn binds the address itself.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(os.environ["ROOT"])
STATE = Path(os.environ["STATE"])


def start(name: str) -> None:
    service = settings_of(name)
    command = shlex.split(service["ExecStart"])
    environment = dict(
        line.split("=", 1)
        for line in Path(service["EnvironmentFile"]).read_text().splitlines()
        if line
    )
    with (STATE / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=service["WorkingDirectory"],
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
            umask=int(service["UMask"], 8),
            start_new_session=True,
        )
    pid_file(name).write_text(str(process.pid))


def stop(name: str) -> None:
    process = psutil.Process(int(pid_file(name).read_text()))
    process.terminate()
    process.wait(timeout=30)
    pid_file(name).unlink()


def reload(name: str) -> None:
    asked = settings_of(name)["ExecReload"].replace("$MAINPID", pid_file(name).read_text())
    subprocess.run(shlex.split(asked), check=True)


def settings_of(name: str) -> dict[str, str]:
    units = ROOT / "etc/systemd/system"
    files = [units / f"{name}.service", *units.glob(f"{name.partition('-')[0]}-.service.d/*.conf")]
    lines = [line for file in files for line in file.read_text().splitlines()]
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")


def pid_file(name: str) -> Path:
    return STATE / f"{name}.pid"


def main() -> None:
    verb, *arguments = sys.argv[1:]
    units = [name for name in arguments if not name.startswith("--") and ".socket" not in name]
    if units == ["nginx"]:
        os.kill(int((STATE / "nginx.pid").read_text()), signal.SIGHUP)
        return
    for name in units:
        if verb in ("stop", "restart"):
            stop(name)
        if verb in ("enable", "start", "restart"):
            start(name)
        if verb == "reload":
            reload(name)


if __name__ == "__main__":
    main()
