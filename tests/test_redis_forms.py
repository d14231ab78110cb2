"""Redis by a socket, by TLS, as a user with few rights, and with Sentinels: all by REDIS_URL."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from jobs.queue import job_queue
from jobs.warmup import warmup_spot_symbols_cache
from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.faults.visitor import get
from tests.support.listener import Listener
from tests.support.program import Program
from tests.support.redis_forms import (
    RedisWithSentinels,
    RedisWithUsers,
    behind_a_socket,
    by_tls,
)
from tests.support.site import Site, free_port
from tests.support.waiting import wait_until
from tests.support.web_person import WebPerson
from webapp.config import PROJECT_DIR, SettingsError, load_settings

pytestmark = pytest.mark.heavy

PATIENCE_SECONDS = 30


class Product:
    """Web, worker and scheduler, whose jobs run every three seconds; what they say is kept."""

    def __init__(self, site: Site, log: Path) -> None:
        self.site = site
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text()


@contextmanager
def product(settings_env: Mapping[str, str], folder: Path, **others: str) -> Iterator[Product]:
    log = folder / "product.log"
    env = {
        **settings_env,
        "SYMBOLS_WARMUP_INTERVAL_SECONDS": "3",
        "LOG_LEVEL": "DEBUG",
        **others,
    }
    with (
        Site(env, log=log) as site,
        Program("jobs.worker", env, log=log),
        Program("jobs.scheduler", env, log=log),
    ):
        wait_until(site.is_warm, "both lists are cached", PATIENCE_SECONDS)
        yield Product(site, log)


def everything_works(running: Product, settings_env: Mapping[str, str], exchange: ExchangeProcess):
    """A scheduled job fetches what changed, the listener hears of it, and counts are counted."""
    with Listener(running.site.url).until_joined() as listener:
        exchange.control.set_symbol("ADAUSDT", "HALT")
        assert listener.change() == ("spot", "status", "ADAUSDT")
        with Listener(running.site.url, since="0-0") as late:
            assert late.change() == ("spot", "status", "ADAUSDT")
    for path in ("/symbols/changes", "/depth/spot/BTCUSDT", "/klines/futures/BTCUSDT?interval=1h"):
        assert get(running.site.url, f"/api/v1{path}").status == 200
    mail_dir = Path(settings_env["MAIL_DIR"])
    person = WebPerson(running.site.url, mail_dir, "ada@example.org", "correct horse 47 staple")
    person.sign_up()
    person.close()
    assert "Redis is away" not in running.said
    assert "waits for Redis" not in running.said
    assert "lost Redis" not in running.said


@pytest.mark.parametrize("form", [behind_a_socket, by_tls])
def test_all_parts_work_with_redis_behind_a_socket_and_by_tls(
    form, settings_env: dict[str, str], exchange: ExchangeProcess, tmp_path: Path
):
    with (
        form(tmp_path) as url,
        product(settings_env, tmp_path, REDIS_URL=url) as running,
    ):
        everything_works(running, settings_env, exchange)
        assert (urlsplit(url).password or "no password") not in running.said


def test_a_certificate_of_a_stranger_is_refused(settings_env: dict[str, str], tmp_path: Path):
    with by_tls(tmp_path) as url:
        bare = url.partition("?")[0]
        env = {**settings_env, "REDIS_URL": bare}
        log = tmp_path / "site.log"
        with Site(env, log=log) as site:
            assert get(site.url).status == 200
        assert "Redis is away" in log.read_text()
        assert str(urlsplit(url).password) not in log.read_text()


def test_the_user_of_the_example_may_do_what_the_product_does_and_no_more(
    settings_env: dict[str, str], exchange: ExchangeProcess, tmp_path: Path
):
    env = {**settings_env, "API_REQUESTS_PER_MINUTE": "100"}
    with (
        RedisWithUsers(tmp_path) as server,
        product(env, tmp_path, REDIS_URL=server.url) as running,
    ):
        everything_works(running, settings_env, exchange)
        exchange.control.fault("status", venue="futures", status=500)
        wait_until(lambda: "warmup-futures-symbols-cache failed" in running.said, "a job fails")
        exchange.control.clear()
        for _ in range(10):
            get(running.site.url, "/api/v1/symbols/spot/BTCUSDT")
        assert str(urlsplit(server.url).password) not in running.said
        assert server.refused() == []


@pytest.mark.parametrize("way", ["the primary is killed", "the primary steps down"])
def test_a_fail_over_is_outlived(
    way: str, settings_env: dict[str, str], exchange: ExchangeProcess, tmp_path: Path
):
    with (
        RedisWithSentinels(tmp_path) as servers,
        product(
            settings_env,
            tmp_path,
            REDIS_URL=servers.url,
            REDIS_SENTINEL_PASSWORD=servers.sentinel_password,
        ) as running,
        Listener(running.site.url).until_joined() as listener,
    ):
        with asked_meanwhile(running.site.url) as statuses:
            began = time.monotonic()
            if way == "the primary is killed":
                servers.primary.kill()
            else:
                servers.fail_over()
            wait_until(servers.is_failed_over, "the replica is the primary", PATIENCE_SECONDS)
            failed_over_after = time.monotonic() - began
            exchange.control.add_symbol("LATERUSDT", base="LATER", quote="USDT")
            while listener.change() != ("spot", "added", "LATERUSDT"):
                continue  # what the old primary kept to itself is found again
        print(
            f"{way}: failed over after {failed_over_after:.1f} s, a job ran and its news came "
            f"{time.monotonic() - began - failed_over_after:.1f} s later; {len(statuses)} answers"
        )
        assert set(statuses) == {200}
        assert servers.password not in running.said
        assert servers.sentinel_password not in running.said


@contextmanager
def asked_meanwhile(url: str) -> Iterator[list[int]]:
    """The status of each answer that the site gives during the block."""
    statuses: list[int] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            statuses.append(get(url).status)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield statuses
    finally:
        is_over.set()
        thread.join()


def test_a_cluster_refuses_the_job_queue(tmp_path: Path):
    """So docs/operating.md says that none will do; should this fail one day, it may be changed."""
    bus = ("--cluster-port", str(free_port()))  # else 10,000 above its own, which may be too high
    cluster = RedisServer(tmp_path, "--cluster-enabled", "yes", *bus)
    with cluster, cluster.client() as client:
        ask: Any = client.execute_command
        ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        wait_until(lambda: b"cluster_state:ok" in ask("CLUSTER", "INFO"), "the cluster is up")
        with pytest.raises(redis.exceptions.ClusterCrossSlotError):
            job_queue(client).enqueue(warmup_spot_symbols_cache)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("redis://:hunter2@host:99999", "a port"),
        ("redis://:hunter2@host/first", "a database"),
        ("redis://:hunter2@host?timeout=3", "no option but"),
        ("redis://:hunter2@host?ssl_ca_certs=/etc/hosts", "for TLS"),
        ("rediss://:hunter2@host?ssl_ca_certs=/hunter2.pem", "can be read"),
        ("redis+sentinel://:hunter2@one,two", "the service"),
        ("redis+sentinel://:hunter2@one:x,two/service", "each Sentinel"),
        ("unix://", "begins with"),
    ],
)
def test_a_bad_address_is_refused_in_words_and_not_repeated(url: str, complaint: str):
    with pytest.raises(SettingsError, match=r"^REDIS_URL: ") as caught:
        load_settings({"REDIS_URL": url})
    assert complaint in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_settings_do_not_show_the_address_of_redis():
    assert "hunter2" not in repr(load_settings({"REDIS_URL": "redis://:hunter2@host"}))


def test_clients_of_redis_are_made_in_one_place():
    makes_one = re.compile(r"\bfrom_url\(|\bRedis\(|Sentinel\(|REDIS_URL\"")
    places = {
        str(path.relative_to(PROJECT_DIR))
        for folder in ("webapp", "jobs")
        for path in (PROJECT_DIR / folder).rglob("*.py")
        if makes_one.search(path.read_text())
    }
    assert places == {"webapp/redis_client.py"}
