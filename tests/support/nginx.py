"""The real nginx with ``deploy/nginx.conf``, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from tests.support.site import Site, free_port
from tests.support.unit import WebUnit
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

CONFIGURATION = PROJECT_DIR / "deploy" / "nginx.conf"
_HOW_TO_INSTALL = "The tests need nginx: install it, as in: sudo apt-get install nginx-light"
# What Debian's own /etc/nginx/nginx.conf has around a site's file, with all paths in our folder.
_AROUND = """
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
{user}
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Nginx:
    """In front of a site or several, from ``with`` on; ``changes`` replace parts of the file.

    With a ``certificate`` (a folder with ``fullchain.pem`` and ``privkey.pem``) it is served by
    TLS as well, as the file's ``#tls`` lines have it.
    """

    def __init__(
        self,
        site: Site | WebUnit,
        folder: Path,
        changes: Mapping[str, str] | None = None,
        certificate: Path | None = None,
        others: Sequence[Site] = (),
    ) -> None:
        self.port, self.tls_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_url = f"https://localhost:{self.tls_port}"
        self.cache_dir = folder / "cache"
        self.access_log = folder / "access.log"
        self.error_log = folder / "error.log"
        self.certificate = certificate / "fullchain.pem" if certificate else None
        self._folder = folder
        self._has_certificate = certificate is not None
        self._changes = {
            "server 127.0.0.1:8000;": "".join(
                f"server {one.url.removeprefix('http://')};" for one in (site, *others)
            ),
            "listen 80": f"listen 127.0.0.1:{self.port}",
            "listen 443": f"listen 127.0.0.1:{self.tls_port}",
            "server_name marketdeck.example;": "server_name localhost 127.0.0.1;",
            "/srv/marketdeck/var": str(folder),
            "/var/cache/nginx/marketdeck": str(self.cache_dir),
            "/var/log/nginx/marketdeck.log": str(self.access_log),
            "/etc/letsencrypt/live/marketdeck.example": str(certificate),
            **(changes or {}),
        }
        release_dir = Path(site.settings_env.get("RELEASE_DIR", PROJECT_DIR / "var" / "static"))
        (folder / "static").symlink_to(release_dir)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = self._folder / "nginx.conf"
        configuration.write_text(_AROUND.format(folder=self._folder, user=user))
        (self._folder / "site.conf").write_text(self._site())
        self._process = subprocess.Popen(
            [program(), "-e", str(self.error_log), "-p", str(self._folder), "-c", configuration]
        )
        wait_until(self._answers, "nginx answers")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=20)

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("nginx was not started")
        return self._process.pid

    def cached(self) -> list[bytes]:
        """Every file of the cache."""
        files = (path for path in self.cache_dir.rglob("*") if path.is_file())
        return [path.read_bytes() for path in files]

    def _site(self) -> str:
        text = CONFIGURATION.read_text(encoding="utf-8")
        for ours, tests in self._changes.items():
            if ours not in text:
                raise AssertionError(f"deploy/nginx.conf does not hold {ours!r} any more")
            text = text.replace(ours, tests)
        if self._has_certificate:
            lines = (line for line in text.splitlines() if "# not with a certificate" not in line)
            text = "\n".join(lines).replace("#tls ", "")
        return text

    def _answers(self) -> bool:
        if self._process and self._process.poll() is not None:
            raise AssertionError(f"nginx ended: {self.error_log.read_text()}")
        try:
            requests.get(f"{self.url}/manifest.webmanifest", timeout=1, allow_redirects=False)
        except requests.RequestException:
            return False
        return True


def program() -> str:
    """Where nginx is; raises ``RuntimeError`` where it is not installed."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise RuntimeError(_HOW_TO_INSTALL)
    return found
