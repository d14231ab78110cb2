"""gunicorn's settings, by a real gunicorn."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.support.program import Program
from tests.support.waiting import wait_until


def test_it_listens_where_bind_says(settings_env: dict[str, str], tmp_path: Path):
    address = tmp_path / "web.sock"
    command = ("--config", "deploy/gunicorn.conf.py", "wsgi:app")
    with Program("gunicorn", {**settings_env, "BIND": f"unix:{address}"}, command):
        wait_until(address.exists, "it listens", within_seconds=60)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(str(address))
            client.sendall(
                b"GET /api/v1/time HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
