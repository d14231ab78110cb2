"""nginx that sends files: as the limit of what can be reached, and as a Binance at rest."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.support.nginx import program
from tests.support.site import free_port
from tests.support.waiting import wait_until

CONFIGURATION = Path(__file__).parent / "contenders" / "static.nginx.conf"


@dataclass(frozen=True)
class StaticNginx:
    url: str
    pid: int


@contextmanager
def static_nginx(folder: Path, files: Mapping[str, bytes]) -> Iterator[StaticNginx]:
    """Serve files by their paths; beside one that ends in ``.gz`` the other is sent to who wants
    it plain."""
    for path, content in files.items():
        file = folder / "files" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    port = free_port()
    values = {
        "folder": str(folder),
        "port": str(port),
        "user": "user root;" if os.geteuid() == 0 else "",
    }
    text = CONFIGURATION.read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    (folder / "nginx.conf").write_text(text)
    server = subprocess.Popen(
        [program(), "-e", folder / "error.log", "-p", folder, "-c", folder / "nginx.conf"]
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(url), "nginx answers")
        yield StaticNginx(url, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).status_code > 0
    except requests.RequestException:
        return False
