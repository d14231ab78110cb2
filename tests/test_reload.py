"""A reload, a restart and an upgrade that fails: under load behind the real nginx, none is lost."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.exchange.process import ExchangeProcess
from tests.support.listener import Listener, refresh
from tests.support.load import Ask, Load
from tests.support.nginx import Nginx
from tests.support.site import lists_are_cached
from tests.support.unit import WebUnit
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

pytestmark = [pytest.mark.timeout(240), pytest.mark.heavy]

THREADS = 8
LISTENERS = 6
AMID_THE_LOAD = 300  # answers before and after what is done
ASKS = (
    Ask("GET", "/api/v1/time", 200, b'"success"'),  # in no cache, so that gunicorn answers
    Ask("GET", "/api/v1/symbols/spot", 200, b"BTCUSDT"),
    Ask("GET", "/api/v1/symbols/futures/BTCUSDT", 200, b"tickSize"),
    Ask("GET", "/markets?q=BTC", 200, b"</html>"),
    Ask("POST", "/api/v1/looks/spot", 202, b""),  # may not be sent a second time
    Ask("GET", "/account/sign-in", 200, b"csrf_token"),
)


@pytest.fixture
def env(settings_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {
        **settings_env,
        "TRUSTED_PROXIES": "1",
        "RELEASE_DIR": str(tmp_path / "release"),
        "REDIS_TIMEOUT_SECONDS": "5",  # a busy machine's Redis is late, which is not to be judged
    }


@pytest.fixture
def unit(env: dict[str, str], tmp_path: Path) -> Iterator[WebUnit]:
    with WebUnit(env, tmp_path, a_copy(tmp_path)) as unit:
        wait_until(lambda: lists_are_cached(unit.url), "the lists are cached", within_seconds=30)
        yield unit


@pytest.fixture
def nginx(unit: WebUnit, tmp_path: Path) -> Iterator[Nginx]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with Nginx(unit, folder) as nginx:
        yield nginx


def a_copy(folder: Path) -> Path:
    """The product in a folder of its own, whose code can change."""
    project = folder / "project"
    for name in ("deploy", "jobs", "static", "templates", "webapp"):
        shutil.copytree(
            PROJECT_DIR / name, project / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(PROJECT_DIR / "wsgi.py", project)
    return project


def change_code(folder: Path, code: str) -> None:
    (folder / "project" / "wsgi.py").write_text(code)


NEW_CODE = """
from webapp import create_app
app = create_app()
app.after_request(lambda answer: answer.headers.set("X-Code", "new") or answer)
"""


def answered_on(load: Load) -> None:
    """Wait until many more were answered."""
    print(f"{load.count} answers, the longest wait {load.longest_seconds:.2f} s")
    enough = load.count + AMID_THE_LOAD
    wait_until(lambda: load.count >= enough or load.wrongs, "more is answered", within_seconds=60)


def test_workers_are_replaced_under_load_and_no_request_is_lost(unit: WebUnit, nginx: Nginx):
    old = unit.workers()
    with Load(nginx.port, ASKS, THREADS) as load:
        answered_on(load)
        unit.signal(signal.SIGHUP)
        wait_until(lambda: not old & unit.workers(), "all workers are new", within_seconds=60)
        answered_on(load)
    assert load.wrongs == []


def test_a_reload_serves_the_new_code_and_no_request_is_lost(
    unit: WebUnit, nginx: Nginx, tmp_path: Path
):
    old_master = psutil.Process(unit.main_pid)
    with Load(nginx.port, ASKS, THREADS) as load:
        answered_on(load)
        change_code(tmp_path, NEW_CODE)
        unit.signal(signal.SIGUSR2)
        wait_until(unit.followed_up, "a new master has taken over", within_seconds=90)
        old_master.wait(timeout=30)
        answered_on(load)
        answer = requests.get(f"{unit.url}/api/v1/time", timeout=30)
    assert load.wrongs == []
    assert answer.headers["X-Code"] == "new"


def test_an_upgrade_that_cannot_start_leaves_the_old_code_serving(
    unit: WebUnit, nginx: Nginx, tmp_path: Path
):
    with Load(nginx.port, ASKS, THREADS) as load:
        change_code(tmp_path, "raise RuntimeError('half an upgrade')")
        unit.signal(signal.SIGUSR2)
        wait_until(lambda: "half an upgrade" in unit.log.read_text(), "it failed", 60)
        wait_until(lambda: len(unit.workers()) == 2, "the new master is gone", 60)
        answered_on(load)
        change_code(tmp_path, NEW_CODE)
        unit.signal(signal.SIGUSR2)  # mended, it goes through
        wait_until(unit.followed_up, "a new master has taken over", within_seconds=90)
    assert load.wrongs == []


def test_a_restart_lets_requests_wait_and_loses_none(unit: WebUnit, nginx: Nginx):
    with Load(nginx.port, ASKS, THREADS) as load:
        answered_on(load)
        unit.stop()
        unit.start()
        answered_on(load)
    assert load.wrongs == []


class Follower:
    """A listener as a browser is one: whenever its stream ends, it comes back with its last id."""

    def __init__(self, url: str) -> None:
        self.seen: list[str] = []
        self.streams = 0
        self.has_joined = threading.Event()
        self._url = url
        self._is_over = False
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def leave_at_the_next_event(self) -> None:
        self._is_over = True

    def join(self) -> None:
        self._thread.join()

    def _go_on(self) -> None:
        last_id = ""
        while not self._is_over:
            with Listener(self._url, since=last_id) as listener:
                self.streams += 1
                try:
                    listener.until_joined()
                    self.has_joined.set()
                    while not self._is_over:
                        _, _, symbol = listener.change()
                        self.seen.append(symbol)
                        last_id = listener.last_id
                except EOFError:  # a whole answer's end; one that is cut off raises another
                    last_id = listener.last_id


def test_event_streams_end_as_answers_do_and_who_comes_back_misses_nothing(
    unit: WebUnit, nginx: Nginx, exchange: ExchangeProcess, env: dict[str, str]
):
    followers = [Follower(nginx.url) for _ in range(LISTENERS)]
    for follower in followers:
        assert follower.has_joined.wait(timeout=30)
    told: list[str] = []

    def tell() -> None:
        symbol = f"NEW{len(told):03}USDT"
        exchange.control.add_symbol(symbol, base=symbol.removesuffix("USDT"), quote="USDT")
        refresh(env, "spot")
        told.append(symbol)

    tell()
    unit.signal(signal.SIGUSR2)
    while not unit.followed_up():
        tell()
    wait_until(lambda: all(follower.streams == 2 for follower in followers), "all are back")
    for follower in followers:
        follower.leave_at_the_next_event()
    tell()
    for follower in followers:
        follower.join()
    assert [follower.seen for follower in followers] == [told] * LISTENERS
