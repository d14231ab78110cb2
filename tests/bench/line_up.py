"""Who runs against whom: how each contender is started, and what it must answer."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import requests

from tests.bench.contenders.upstream import PATH
from tests.bench.nginx import static_nginx
from tests.bench.surroundings import WORKERS, Surroundings
from tests.support.nginx import Nginx
from tests.support.program import Program
from tests.support.site import free_port
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

# Packages that are the contenders' alone, and the product's own at the product's versions.
PYTHON = PROJECT_DIR / "var" / "bench-venv" / "bin" / "python"
_OURS = "tests.bench.contenders"
_SYNC = ("-k", "sync", "-w", str(WORKERS))
_GTHREAD = ("-k", "gthread", "-w", str(WORKERS), "--threads", "8")
_OUR_WORKER = ("--config", "deploy/gunicorn.conf.py")
_GRANIAN_THREADS = 8


@dataclass(frozen=True)
class Running:
    """A contender that answers at ``url``; all its work is done by ``pids`` and what is below."""

    url: str
    pids: tuple[int, ...]


Serve = Callable[[Surroundings], AbstractContextManager[Running]]


@dataclass(frozen=True)
class Contender:
    """``needs`` are the modules without which it cannot run; ``says_hello``: it has no list."""

    key: str
    name: str
    serve: Serve
    needs: tuple[str, ...] = ()
    says_hello: bool = False

    def absent(self) -> list[str]:
        """Which of the modules are not there."""
        return [module for module in self.needs if not _is_installed(module)]


def _is_installed(module: str) -> bool:
    found = subprocess.run([PYTHON, "-c", f"import {module}"], stderr=subprocess.DEVNULL)
    return found.returncode == 0


@contextmanager
def program(place: Surroundings, module: str, *arguments: str) -> Iterator[Running]:
    """``python -m <module> <arguments>`` in the contenders' environment; ``{port}`` is its port."""
    port = free_port()
    log = place.folder / f"{module}-{port}.log"
    given = [argument.format(port=port) for argument in arguments]
    url = f"http://127.0.0.1:{port}"
    with Program(module, place.env, given, log, python=str(PYTHON)) as server:
        wait_until(partial(_answers, server, url, log), f"{' '.join(given)} answers", 60)
        yield Running(url, (server.process.pid,))


def _answers(server: Program, url: str, log: Path) -> bool:
    if not server.is_running:
        raise AssertionError(f"a contender ended: {log.read_text()[-2000:]}")
    try:
        return requests.get(f"{url}/nothing", timeout=5).status_code < 500
    except requests.RequestException:
        return False


def gunicorn(app: str, *arguments: str) -> Serve:
    return lambda place: program(
        place, "gunicorn", *arguments, "--bind", "127.0.0.1:{port}", f"{_OURS}.{app}"
    )


def uvicorn(app: str) -> Serve:
    options = ("--workers", str(WORKERS), "--no-access-log", "--log-level", "warning")
    return lambda place: program(
        place, "uvicorn", *options, "--host", "127.0.0.1", "--port", "{port}", f"{_OURS}.{app}"
    )


@contextmanager
def ours(place: Surroundings) -> Iterator[Running]:
    with place.site() as site:
        yield Running(site.url, (site.process.pid,))


@contextmanager
def ours_behind_nginx(place: Surroundings) -> Iterator[Running]:
    folder = place.folder / "our-nginx"
    folder.mkdir()
    with place.site(TRUSTED_PROXIES="1") as site, Nginx(site, folder) as nginx:
        yield Running(nginx.url, (nginx.pid, site.process.pid))


def ours_under_granian(place: Surroundings) -> AbstractContextManager[Running]:
    """As docs/operating.md has it."""
    options = ("--interface", "wsgi", "--http", "1", "--no-ws", "--workers", str(WORKERS))
    threads = ("--blocking-threads", str(_GRANIAN_THREADS))
    address = ("--host", "127.0.0.1", "--port", "{port}")
    return program(place, "granian", *options, *threads, *address, "wsgi:app")


@contextmanager
def static_file(place: Surroundings) -> Iterator[Running]:
    with place.site() as site:
        body = requests.get(site.url + PATH, timeout=30).content
    files = {PATH: body, f"{PATH}.gz": gzip.compress(body, compresslevel=9)}
    with static_nginx(place.folder / "static-nginx", files) as server:
        yield Running(server.url, (server.pid,))


LINE_UP = (
    Contender(
        "plain",
        "Flask: Redis GET, json.loads, jsonify; gunicorn sync (the plain design)",
        gunicorn("plain:app", *_SYNC),
    ),
    Contender(
        "cached",
        "Flask-Caching @cached over Redis; gunicorn sync",
        gunicorn("cached:app", *_SYNC),
    ),
    Contender(
        "fastapi-cache2",
        "FastAPI with fastapi-cache2 over Redis; uvicorn",
        uvicorn("fastapi_cached:app"),
        ("fastapi", "fastapi_cache", "uvicorn"),
    ),
    Contender(
        "fastapi-redis",
        "FastAPI returning stored bytes from Redis; uvicorn",
        uvicorn("fastapi_redis:app"),
        ("fastapi", "uvicorn"),
    ),
    Contender(
        "fastapi-copy",
        "FastAPI with an in-process copy, gzip; uvicorn",
        uvicorn("fastapi_copy:app"),
        ("fastapi", "uvicorn"),
    ),
    Contender(
        "bare-flask",
        'bare Flask, "hello"; gunicorn, our worker',
        gunicorn("bare:flask_app", *_OUR_WORKER),
        says_hello=True,
    ),
    Contender(
        "bare-wsgi",
        'bare WSGI, "hello"; gunicorn, our worker',
        gunicorn("bare:wsgi_app", *_OUR_WORKER),
        says_hello=True,
    ),
    Contender("ours", "**ours, gunicorn alone**", ours),
    Contender("ours-granian", "**ours under granian**", ours_under_granian, ("granian",)),
    Contender("ours-nginx", "**ours behind our nginx**", ours_behind_nginx),
    Contender("static", "nginx, the same bytes as a static file (the limit)", static_file),
)
PLAIN_THREADED = Contender(
    "plain-gthread", "the plain design; gunicorn gthread 2×8", gunicorn("plain:app", *_GTHREAD)
)


def rows_of(body: bytes) -> list[dict[str, Any]]:
    """The list's rows by symbol; raises ``ValueError`` where the body is no whole answer."""
    told = json.loads(body)
    rows: list[dict[str, Any]] = told["data"]["symbols"]
    if told["status"] != "success" or told["data"]["count"] != len(rows):
        raise ValueError("the answer does not say how many there are")
    return sorted(rows, key=lambda row: str(row["symbol"]))
