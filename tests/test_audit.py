"""The audit of packages, against stand-ins of OSV and of the npm registry."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.site import free_port
from webapp.config import PROJECT_DIR

HOLE = {
    "id": "GHSA-xxxx-yyyy-zzzz",
    "summary": "It can be fooled.",
    "affected": [
        {
            "package": {"name": "flask", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.4"}]}],
        }
    ],
}
NPM_HOLE = {
    "sortablejs": [
        {
            "id": 1,
            "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
            "title": "It sorts too well",
            "severity": "high",
            "vulnerable_versions": "<99",
        }
    ]
}


@contextmanager
def databases(python: dict[str, Any], npm: dict[str, Any], status: int = 200) -> Iterator[str]:
    """Answers as OSV does for the packages of ``python``, and as npm's registry does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if self.path == "/osv":
                name = json.loads(body)["package"]["name"]
                answer = {"vulns": [python[name]]} if name in python else {}
            else:
                answer = npm
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def audit(url: str, requirements: Path) -> tuple[int, list[str]]:
    """The exit code and the lines."""
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "tests.audit", "--requirements", str(requirements)),
            *("--osv-url", f"{url}/osv", "--npm-registry", f"{url}/"),
        ],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("flask==3.1.3\nboolean.py==5.0 # a comment\n")
    return path


def test_a_known_vulnerability_fails_it_and_is_named(pinned: Path):
    with databases({"flask": HOLE}, NPM_HOLE) as url:
        code, lines = audit(url, pinned)
    assert code == 1
    assert lines == [
        "audit: flask 3.1.3: GHSA-xxxx-yyyy-zzzz, mended in 3.1.4",
        "audit: sortablejs: high, It sorts too well",
    ]


def test_without_one_it_passes_for_every_package_that_is_pinned():
    with databases({}, {}) as url:
        assert audit(url, PROJECT_DIR / "constraints.txt") == (
            0,
            ["audit: no known vulnerability."],
        )


def test_databases_that_cannot_be_asked_are_told_in_one_line_and_fail_nothing(pinned: Path):
    line = (
        "audit: not done for Python's packages (OSV cannot be asked) and the browser's packages "
        "(the npm registry cannot be asked)."
    )
    assert audit(f"http://127.0.0.1:{free_port()}", pinned) == (0, [line])
    with databases({}, {}, status=405) as url:  # a mirror that has none
        assert audit(url, pinned) == (0, [line])


def test_one_that_answers_counts_while_the_other_does_not(pinned: Path):
    with databases({"flask": HOLE}, {}, status=200) as url:
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "tests.audit", "--requirements", str(pinned)),
                *("--osv-url", f"{url}/osv"),
                *("--npm-registry", f"http://127.0.0.1:{free_port()}/"),
            ],
            cwd=PROJECT_DIR,
            capture_output=True,
            text=True,
            timeout=100,
        )
    assert ran.returncode == 1
    assert ran.stdout.startswith("audit: flask 3.1.3")
    assert "not done for the browser's packages" in ran.stdout
