"""Two web hosts, each in a network of its own, behind one nginx: sharing, and losing one."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.faults.visitor import SPOT, Seen, Visitor, get
from tests.support.listener import Listener, refresh
from tests.support.machines import Machine, Network
from tests.support.nginx import Nginx
from tests.support.postgres import PostgresServer
from tests.support.site import Site
from tests.support.waiting import wait_until
from tests.support.web_person import WebPerson
from webapp.credentials.sealing import new_key

pytestmark = pytest.mark.heavy

CLIENTS = 8
LISTENERS = 6
_SAYS_WHO = "add_header X-Host $upstream_addr always;"
_CHANGES = {
    "add_header X-Cache-Status": f"{_SAYS_WHO} add_header X-Cache-Status",
    "proxy_read_timeout 30s;": "proxy_read_timeout 5s;",  # the same in short
}


class Host(NamedTuple):
    machine: Machine
    site: Site


class Fleet(NamedTuple):
    """Two hosts, what is in front of them, and what they share."""

    one: Host
    other: Host
    nginx: Nginx
    exchange: ExchangeProcess
    env: dict[str, str]
    """What both hosts have in their environment."""


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with ExitStack() as stack:
        network = stack.enter_context(Network())
        machines = [network.machine(), network.machine()]
        bind = ("--bind", network.address, "--protected-mode", "no")
        redis_server = RedisServer(tmp_path, *bind)
        redis_server.url = f"redis://{network.address}:{redis_server.port}/0"
        stack.enter_context(redis_server)
        postgres = stack.enter_context(PostgresServer((network.address, network.cidr)))
        exchange = stack.enter_context(ExchangeProcess(host=network.address))
        env = {
            **exchange.urls.environment(),
            "REDIS_URL": redis_server.url,
            "DATABASE_URL": postgres.new_database(),
            "SECRET_KEY": "the same on both",
            "CREDENTIALS_ENCRYPTION_KEYS": new_key(),
            "MAIL_DIR": str(tmp_path / "mail"),
            "BINANCE_FETCH_BUDGET_SECONDS": "10",
            "API_REQUESTS_PER_MINUTE": "0",
            "TRUSTED_PROXIES": "1",
            "WEB_CONCURRENCY": "1",
            "LOG_LEVEL": "WARNING",
        }
        sites = [
            stack.enter_context(Site(env | _disk(tmp_path / str(number)), machine=machine))
            for number, machine in enumerate(machines)
        ]
        folder = tmp_path / "nginx"
        folder.mkdir()
        nginx = stack.enter_context(Nginx(sites[0], folder, _CHANGES, others=sites[1:]))
        one, other = (Host(*pair) for pair in zip(machines, sites, strict=True))
        yield Fleet(one, other, nginx, exchange, env | _disk(tmp_path / "jobs"))


def _disk(folder: Path) -> dict[str, str]:
    return {"SNAPSHOT_DIR": str(folder / "snapshots"), "RELEASE_DIR": str(folder / "static")}


class Load:
    """Clients that ask without a pause what nginx cannot have at hand."""

    def __init__(self, url: str) -> None:
        self.answers: list[Seen] = []
        self.lost: list[Exception] = []
        self._url = url
        self._number = itertools.count()
        self._is_over = threading.Event()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def hosts_from_now(self, how_many: int = 20 * CLIENTS) -> set[str]:
        """The hosts that give the next answers."""
        first = len(self.answers) + CLIENTS  # what was asked before does not count
        wait_until(lambda: len(self.answers) >= first + how_many, "more answers have come", 60)
        return {_host(seen) for seen in self.answers[first:]}

    def _ask(self) -> None:
        with Visitor(self._url, timeout=60) as visitor:
            while not self._is_over.is_set():
                try:
                    self.answers.append(visitor.get(f"{SPOT}?n={next(self._number)}"))
                except (OSError, http.client.HTTPException) as error:
                    self.lost.append(error)


def _host(seen: Seen) -> str:
    """Who answered in the end; nginx names first those that it asked in vain."""
    return seen.headers["x-host"].split(", ")[-1]


class Follower(threading.Thread):
    """Listens as a browser does: comes back at once with the id of the last event."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.heard: list[str] = []
        self.joined = 0
        self._url = url
        self._last_id = ""

    def run(self) -> None:
        while True:
            try:
                with Listener(self._url, since=self._last_id).until_joined() as listener:
                    self.joined += 1
                    while True:
                        self._last_id = listener.last_id
                        self.heard.append(listener.change()[2])
            except (EOFError, StopIteration, requests.RequestException):
                time.sleep(0.1)


def test_cold_requests_over_both_hosts_make_one_call_and_a_session_is_good_on_either(
    fleet: Fleet, tmp_path: Path
):
    fleet.exchange.control.fault("latency", venue="spot", endpoint="exchangeInfo", ms=1000)
    with ThreadPoolExecutor(60) as pool:
        paths = [f"{SPOT}?n={number}" for number in range(60)]
        answers = list(pool.map(lambda path: get(fleet.nginx.url, path), paths))
    assert Counter(seen.status for seen in answers) == {200: len(paths)}
    assert {_host(seen) for seen in answers} == {fleet.one.site.address, fleet.other.site.address}
    assert fleet.exchange.control.calls("spot", "exchangeInfo") == 1

    person = WebPerson(
        fleet.nginx.url, tmp_path / "mail", "ada@example.org", "correct horse 47 staple"
    )
    person.sign_up()
    cookies = {"marketdeck": person.session_cookie()}
    person.close()
    for host in (fleet.one, fleet.other):
        page = requests.get(f"{host.site.url}/account", cookies=cookies, timeout=30)
        assert page.status_code == 200
        assert "ada@example.org" in page.text


def test_a_host_that_is_killed_takes_nothing_with_it_but_its_open_requests(fleet: Fleet):
    wait_until(fleet.one.site.is_warm, "the lists are cached")
    both = {fleet.one.site.address, fleet.other.site.address}
    load = Load(fleet.nginx.url)
    followers = [Follower(fleet.nginx.url) for _ in range(LISTENERS)]
    for follower in followers:
        follower.start()
    wait_until(lambda: all(follower.joined for follower in followers), "all listen")
    with load.going_on():
        assert load.hosts_from_now() == both
        tell(fleet, "FIRSTUSDT")
        fleet.one.machine.kill_everything()
        tell(fleet, "SECONDUSDT")
        assert load.hosts_from_now() == {fleet.other.site.address}
        assert len(load.lost) <= CLIENTS
        tell(fleet, "THIRDUSDT")
        news = ["FIRSTUSDT", "SECONDUSDT", "THIRDUSDT"]
        wait_until(lambda: all(f.heard == news for f in followers), "all heard everything", 30)
        fleet.one.site.stop()
        fleet.one.site.start()
        wait_until(lambda: load.hosts_from_now() == both, "it is used again", 60)
    print(f"{len(load.answers)} answers, {len(load.lost)} lost: {load.lost}")
    print(f"listeners that changed hosts: {sum(f.joined > 1 for f in followers)}")
    assert {seen.status for seen in load.answers} == {200}
    assert any(follower.joined > 1 for follower in followers)


def test_a_host_whose_cable_is_pulled_costs_time_and_only_answers_that_had_begun(fleet: Fleet):
    wait_until(fleet.one.site.is_warm, "the lists are cached")
    both = {fleet.one.site.address, fleet.other.site.address}
    load = Load(fleet.nginx.url)
    with load.going_on():
        assert load.hosts_from_now() == both
        fleet.one.machine.cut_off()
        wait_until(
            lambda: load.hosts_from_now() == {fleet.other.site.address}, "the other is left", 60
        )
        fleet.one.machine.join_again()
        wait_until(lambda: load.hosts_from_now() == both, "it is used again", 60)
    slowest = max(seen.seconds for seen in load.answers)
    print(f"{len(load.answers)} answers, the slowest {slowest:.1f} s, {len(load.lost)} lost")
    assert {seen.status for seen in load.answers} == {200}
    assert len(load.lost) <= CLIENTS
    assert all("IncompleteRead" in repr(error) for error in load.lost), "the other could answer"


def tell(fleet: Fleet, symbol: str) -> None:
    """List a pair and have a job find it."""
    fleet.exchange.control.add_symbol(symbol, base=symbol.removesuffix("USDT"), quote="USDT")
    refresh(fleet.env, "spot")
