"""``flask doctor`` against real servers, and its checks one by one."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import create_engine, text

from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.support.certificate import make_certificate
from tests.support.program import Program
from tests.support.site import free_port
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.binance.gate import BanGate
from webapp.config import PROJECT_DIR, load_settings
from webapp.credentials.sealing import new_key
from webapp.database import Database
from webapp.doctor.binance_hosts import binance_checks
from webapp.doctor.database_checks import check_database
from webapp.doctor.disk import check_disk
from webapp.doctor.findings import Finding, duration, redacted
from webapp.doctor.jobs import check_jobs
from webapp.doctor.lists import check_lists
from webapp.doctor.reach import why_unreachable
from webapp.doctor.redis_server import check_redis
from webapp.doctor.report import as_text
from webapp.doctor.rounds import examine
from webapp.doctor.settings_checks import check_settings
from webapp.doctor.streams import check_streams
from webapp.extensions import Shared
from webapp.redis_client import connect
from webapp.symbols.listing import Market
from webapp.symbols.snapshots import Snapshots
from webapp.vitals.jobs import SCHEDULER_HEARTBEAT_KEY, read_jobs
from webapp.vitals.lists import list_states

SECRETS = {
    "REDIS_PASSWORD": "redis-hunter2",
    "DB_PASSWORD": "db-hunter2",
    "MAIL": "mail-hunter2",
    "PROXY": "proxy-hunter2",
}
LOOPBACK = "127.0.0.1:8000"


def doctor(env: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "doctor", *options],
        cwd=PROJECT_DIR,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


def told(env: dict[str, str], *options: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(doctor(env, "--json", *options).stdout)
    return answer


def only(findings: list[Finding] | Iterator[Finding], level: str) -> str:
    """The sentences and advice of one level, joined."""
    return "\n".join(f"{one.sentence} {one.advice}" for one in findings if one.level == level)


# The whole command


def test_all_is_well_where_all_is_well(settings_env: dict[str, str], exchange: ExchangeProcess):
    with Program("jobs.worker", settings_env), Program("jobs.scheduler", settings_env):
        with redis.Redis.from_url(settings_env["REDIS_URL"]) as client:
            keys = ("cache:symbols:spot:v1", "cache:symbols:futures:v1")
            wait_until(lambda: client.exists(*keys) == 2, "both lists are cached")
        before = exchange.control.calls("spot", "exchangeInfo")
        ran = doctor(settings_env)
    assert ran.returncode == 0, ran.stdout
    assert "WRONG" not in ran.stdout
    for about in ("Settings", "Disk", "Redis", "Database", "Worker", "Scheduler", "Binance spot"):
        assert about in ran.stdout
    assert "Futures testnet" in ran.stdout
    assert "List of futures" in ran.stdout
    assert "3 of 3 addresses take a WebSocket" in ran.stdout
    # It costs each host one call of weight 1, and no list.
    assert exchange.control.calls("spot", "time") == 1
    assert exchange.control.calls("futures", "time") == 1
    assert exchange.control.calls("spot_testnet", "time") == 1
    assert exchange.control.calls("spot", "exchangeInfo") == before


def test_with_everything_down_it_says_so_soon_and_tells_no_secret(tmp_path: Path):
    nowhere = free_port()
    env = {
        "REDIS_URL": f"redis://someone:{SECRETS['REDIS_PASSWORD']}@127.0.0.1:{nowhere}/0",
        "DATABASE_URL": f"postgresql://someone:{SECRETS['DB_PASSWORD']}@127.0.0.1:{nowhere}/x",
        "MAIL_URL": f"smtp://someone:{SECRETS['MAIL']}@127.0.0.1:{nowhere}",
        "SECRET_KEY": "the-secret-key-that-nobody-may-see-0123456789",
        "CREDENTIALS_ENCRYPTION_KEYS": new_key(),
        "SNAPSHOT_DIR": str(tmp_path / "snapshots"),
        "BINANCE_SPOT_URL": f"http://someone:{SECRETS['PROXY']}@127.0.0.1:{nowhere}",
        "BINANCE_FUTURES_URL": f"http://127.0.0.1:{nowhere}",
        "BINANCE_SPOT_TESTNET_URL": f"http://127.0.0.1:{nowhere}",
        "BINANCE_FUTURES_TESTNET_URL": f"http://127.0.0.1:{nowhere}",
        "BINANCE_SPOT_STREAM_URL": f"ws://someone:{SECRETS['PROXY']}@127.0.0.1:{nowhere}",
        "BINANCE_FUTURES_STREAM_URL": f"ws://127.0.0.1:{nowhere}",
    }
    ran = doctor(env, "--json")
    answer = json.loads(ran.stdout)
    assert ran.returncode == 1
    wrong = {one["name"] for one in answer["findings"] if one["level"] == "wrong"}
    assert wrong >= {"Redis", "Database", "Jobs", "Binance spot", "List of spot"}
    assert answer["seconds"] < 10
    for secret in (*SECRETS.values(), env["SECRET_KEY"], env["CREDENTIALS_ENCRYPTION_KEYS"]):
        assert secret not in ran.stdout + ran.stderr


def test_what_hangs_is_a_finding_and_holds_nothing_up(
    tmp_path: Path, settings_env: dict[str, str], exchange: ExchangeProcess
):
    exchange.control.fault("hang", venue="*", endpoint="time")
    with RedisServer(tmp_path) as server:
        server.stop()
        answer = told({**settings_env, "REDIS_URL": server.url})
        server.go_on()
    assert answer["level"] == "wrong"
    assert answer["seconds"] < 9.5
    sentences = {one["name"]: one["sentence"] for one in answer["findings"]}
    assert "does not answer in time" in sentences["Redis"]
    assert "takes the connection and gives no answer" in sentences["Binance spot"]


def test_without_the_network_nothing_is_asked_of_binance(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    answer = told(settings_env, "--no-network")
    assert {one["name"] for one in answer["findings"]} >= {"Redis", "Streams", "Worker"}
    assert not any("Binance" in one["name"] for one in answer["findings"])
    assert exchange.control.counts("spot")["rest"] == {}


def test_settings_that_do_not_start_are_named_in_one_line(settings_env: dict[str, str]):
    ran = doctor({**settings_env, "APP_ENV": "production", "REDIS_TIMEOUT_SECONDS": "0"})
    assert ran.returncode == 2
    assert ran.stdout == ""
    lines = ran.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Marketdeck cannot start: REDIS_TIMEOUT_SECONDS: ")


# Binance


@pytest.fixture
def knock(app: Flask, settings_env: dict[str, str]) -> Callable[..., dict[str, list[Finding]]]:
    """Run Binance's checks with other settings; findings by venue."""
    shared: Shared = app.extensions["shared"]

    def run(**changes: str) -> dict[str, list[Finding]]:
        checks = binance_checks(load_settings({**settings_env, **changes}), shared.gate)
        return {name: list(check()) for name, check in checks.items()}

    return run


@pytest.mark.parametrize(
    ("status", "says", "advises"),
    [
        (451, "keeps us out with 451", "run it elsewhere"),
        (403, "keeps us out with 403", "firewall"),
        (418, "keeps us out with 418", "wait"),
        (429, "keeps us out with 429", "in this minute"),
    ],
)
def test_a_door_that_is_shut_is_told_with_its_end_and_not_knocked_at_again(
    knock: Callable[..., dict[str, list[Finding]]],
    exchange: ExchangeProcess,
    status: int,
    says: str,
    advises: str,
):
    exchange.control.fault("status", venue="spot", endpoint="time", status=status, retry_after=90)
    for _ in range(2):
        found = knock()["Binance spot"]
        assert says in only(found, "wrong")
        assert advises in only(found, "wrong")
        assert " UTC, in " in only(found, "wrong")
        assert exchange.control.calls("spot", "time") == 1


def test_one_open_host_of_several_is_enough(
    knock: Callable[..., dict[str, list[Finding]]], settings_env: dict[str, str]
):
    hosts = f"http://127.0.0.1:{free_port()},{settings_env['BINANCE_SPOT_URL']}"
    found = knock(BINANCE_SPOT_URL=hosts)["Binance spot"]
    assert [one.level for one in found] == ["warning", "ok"]
    assert "is closed" in found[0].sentence


def test_a_testnet_that_is_away_is_no_more_than_a_warning(
    knock: Callable[..., dict[str, list[Finding]]], exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="spot_testnet", endpoint="time", status=503)
    assert [one.level for one in knock()["Spot testnet"]] == ["warning"]


@pytest.mark.parametrize(
    ("ahead_ms", "level", "says"),
    [(700, "warning", "behind"), (-700, "warning", "ahead of"), (60_000, "wrong", "behind")],
)
def test_a_clock_that_is_off_is_told_with_its_direction(
    knock: Callable[..., dict[str, list[Finding]]],
    exchange: ExchangeProcess,
    ahead_ms: int,
    level: str,
    says: str,
):
    exchange.control.clock(ahead_ms)
    found = knock()["Binance futures"]
    exchange.control.clock(0)
    assert f"ms {says} Binance's" in only(found, level)
    assert "NTP" in only(found, level)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://nowhere.invalid", "its name is not found by DNS"),
        ("http://127.0.0.1:{closed}", "port {closed} is closed"),
        ("https://127.0.0.1:{silent}", "TLS fails"),
        ("https://localhost:{unsigned}", "its certificate is not good"),
    ],
)
def test_why_a_host_cannot_be_reached_is_told_in_words(tmp_path: Path, url: str, says: str):
    with silent_server() as silent, tls_server(tmp_path) as unsigned:
        ports = {"closed": free_port(), "silent": silent, "unsigned": unsigned}
        assert says.format(**ports) in why_unreachable(url.format(**ports), 1.0)


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextmanager
def tls_server(folder: Path) -> Iterator[int]:
    """Shows a certificate that nobody has signed."""
    make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")

    def serve(listener: socket.socket) -> None:
        try:
            with context.wrap_socket(listener.accept()[0], server_side=True):
                pass
        except OSError:
            pass  # the client hangs up, as it should

    with socket.create_server(("localhost", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


# Redis, jobs, database


def redis_findings(url: str) -> list[Finding]:
    settings = load_settings({"REDIS_URL": url})
    return list(check_redis(connect(settings), redacted(url), settings.redis_timeout_seconds))


@pytest.mark.parametrize(
    ("options", "level", "says"),
    [
        (("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"), "wrong", "queued jobs"),
        (("--maxmemory-policy", "allkeys-lru"), "warning", "as soon as it is given a limit"),
        (("--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru"), "warning", "bans"),
        (("--maxmemory", "1"), "wrong", "it is full"),
        (("--maxmemory", "1mb"), "warning", "of its memory of 1 MB is in use"),
        (("--replicaof", "127.0.0.1 1"), "wrong", "it is a replica"),
        (("--requirepass", "hunter2"), "wrong", "refuses the user or the password"),
        ((), "warning", "keeps nothing on disk"),
    ],
)
def test_a_redis_that_loses_or_refuses_what_it_is_given_is_told(
    tmp_path: Path, options: tuple[str, ...], level: str, says: str
):
    with RedisServer(tmp_path, *options) as server:
        found = redis_findings(server.url)
    assert says in only(found, level)


def test_a_redis_that_keeps_all_is_well(tmp_path: Path):
    with RedisServer(tmp_path, "--appendonly", "yes") as server:
        found = redis_findings(server.url)
    assert [one.level for one in found] == ["ok"]
    assert "answers in" in found[0].sentence


def test_a_redis_whose_acl_hides_its_state_is_asked_for_no_more_than_it_allows(tmp_path: Path):
    with RedisServer(tmp_path) as server:
        with server.client() as client:
            client.acl_setuser(
                "product",
                enabled=True,
                passwords=["+pw"],
                keys=["*"],
                categories=["+@all"],
                commands=["-info", "-config"],
            )
        found = redis_findings(server.url.replace("//", "//product:pw@"))
    assert [one.level for one in found] == ["warning"]
    assert "INFO is refused" in found[0].sentence
    assert "pw" not in found[0].sentence


def test_without_worker_and_scheduler_both_are_missed(redis_client: redis.Redis):
    found = only(check_jobs(redis_client), "wrong")
    assert "python -m jobs.worker" in found
    assert "python -m jobs.scheduler" in found


def test_a_schedule_that_nobody_follows_and_a_run_that_failed_are_told(
    redis_client: redis.Redis,
):
    redis_client.zadd(
        "rq:scheduler:scheduled_jobs", {"warmup-spot-symbols-cache": time.time() - 300}
    )
    redis_client.zadd("rq:failed:marketdeck", {"warmup-spot-symbols-cache": time.time() + 99})
    redis_client.hset("rq:job:warmup-spot-symbols-cache", "status", "failed")
    redis_client.rpush("rq:queue:marketdeck", *(f"job{number}" for number in range(30)))
    found = list(check_jobs(redis_client))
    assert "should have been queued 5 min ago" in only(found, "wrong")
    assert "failed of: warmup-spot-symbols-cache" in only(found, "warning")
    assert "30 wait in the queue" in only(found, "warning")


def test_a_worker_that_was_killed_is_missed_after_its_last_sign_of_life(
    settings_env: dict[str, str], redis_client: redis.Redis
):
    with Program("jobs.worker", settings_env) as worker:
        wait_until(lambda: read_jobs(redis_client).workers, "it gives a sign of life")
        worker.process.kill()
        worker.process.wait()
    [key] = redis_client.smembers("rq:workers:marketdeck")
    redis_client.hset(key, "last_heartbeat", "2026-01-01T00:00:00.000000Z")
    assert read_jobs(redis_client).workers == 0


def test_a_scheduler_that_was_killed_is_missed_before_a_job_is_late(
    settings_env: dict[str, str], redis_client: redis.Redis
):
    with Program("jobs.scheduler", settings_env) as scheduler:
        wait_until(lambda: redis_client.zcard("rq:scheduler:scheduled_jobs") == 3, "it has begun")
        assert "Scheduler" in {one.name for one in check_jobs(redis_client) if one.level == "ok"}
        scheduler.process.kill()
        scheduler.process.wait()
    redis_client.set(SCHEDULER_HEARTBEAT_KEY, time.time() - 16)
    assert "None has given a sign of life for 15 s" in only(check_jobs(redis_client), "wrong")


def test_a_database_of_a_newer_release_is_not_touched_and_told(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/people.db"
    database = Database(url)
    assert only(check_database(database, url), "wrong") == ""
    database.upgrade()
    assert "are this release's" in only(check_database(database, url), "ok")
    with create_engine(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "does not know" in only(check_database(database, url), "wrong")
    database.close()


def test_a_list_is_told_with_its_age_its_place_and_why_it_is_not_refreshed(
    app: Flask, exchange: ExchangeProcess
):
    snapshots = Snapshots(app.extensions["settings"].snapshot_dir)
    catalogue, shared = app.extensions["catalogue"], app.extensions["shared"]

    def found(ttl_seconds: int) -> list[Finding]:
        ttls: dict[Market, int] = {"spot": ttl_seconds, "futures": ttl_seconds}
        states = list_states(catalogue, ttls, catalogue.last_failure)
        return list(check_lists(states, shared.redis_client, snapshots))

    assert only(found(300), "wrong").count("There is none") == 2
    catalogue.refresh("spot")
    catalogue.refresh("futures")
    assert [one.level for one in found(300)] == ["ok", "ok"]
    assert "kept in Redis and on this machine's disk" in only(found(300), "ok")
    shared.redis_client.delete("cache:symbols:spot:last_good:v1")
    assert "kept on this machine's disk alone" in only(found(300), "ok")
    assert "served as the last good one" in only(found(0), "warning")
    exchange.control.fault("status", venue="spot", endpoint="exchangeInfo", status=418)
    with pytest.raises(Exception, match="418"):
        catalogue.refresh("spot")
    assert "The last refresh failed" in only(found(0), "warning")
    assert "418" in only(found(0), "warning")


# Settings, streams, disk


@pytest.mark.parametrize(
    ("changes", "bind", "level", "says"),
    [
        ({"TRUSTED_PROXIES": "1"}, "0.0.0.0:8000", "wrong", "claim any address"),
        ({"TRUSTED_PROXIES": "0"}, LOOPBACK, "warning", "count as one address"),
        ({"SECRET_KEY": "short"}, LOOPBACK, "wrong", "guessed"),
        ({"MAIL_FROM": ""}, LOOPBACK, "wrong", "MAIL_FROM"),
        ({"MAIL_URL": ""}, LOOPBACK, "warning", "nobody can make an account"),
        ({"DEMO_DATA": "1"}, LOOPBACK, "wrong", "made up"),
        ({"BINANCE_SPOT_URL": "http://api.binance.com"}, LOOPBACK, "wrong", "without TLS"),
        ({"REDIS_URL": "redis://10.0.0.9/0"}, LOOPBACK, "warning", "without a password"),
        ({"SYMBOLS_WARMUP_INTERVAL_SECONDS": "900"}, LOOPBACK, "warning", "fresh for 300 s"),
        ({"SECURITY_CONTACT": ""}, LOOPBACK, "warning", "whom to tell"),
        (
            {"CREDENTIALS_ENCRYPTION_KEYS": f"{new_key()},{new_key()}"},
            LOOPBACK,
            "warning",
            "2 keys: a change of keys is under way",
        ),
    ],
)
def test_settings_that_go_together_badly_are_told(
    changes: dict[str, str], bind: str, level: str, says: str
):
    assert says in only(check_settings(production(**changes), bind), level)


def test_a_production_that_is_set_up_well_has_nothing_to_be_told():
    for bind in (LOOPBACK, "[::1]:8000", "unix:/run/marketdeck/web.sock"):
        assert [one.level for one in check_settings(production(), bind)] == ["ok"]


def production(**changes: str) -> Any:
    return load_settings(
        {
            "APP_ENV": "production",
            "SECRET_KEY": "x8Lk2-qpW3nV7rTz_9AbCdEf0123456789-ghJkM",
            "CREDENTIALS_ENCRYPTION_KEYS": new_key(),
            "TRUSTED_PROXIES": "1",
            "MAIL_URL": "smtp://mail.example",
            "MAIL_FROM": "desk@marketdeck.example",
            "SECURITY_CONTACT": "security@marketdeck.example",
            **changes,
        }
    )


def test_a_stream_that_refuses_and_one_that_is_no_websocket_are_told(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    exchange.control.fault("refuse", venue="futures")
    settings = load_settings(settings_env)
    found = list(check_streams(settings, with_network=True))
    assert only(found, "warning").count("opens no WebSocket: it answers") == 2
    assert "1 of 3 addresses" in only(found, "ok")


def test_a_stream_that_the_pages_policy_does_not_allow_is_told(settings_env: dict[str, str]):
    """A source with a path allows that path alone, and the routes add theirs."""
    base = f"{settings_env['BINANCE_SPOT_STREAM_URL']}/behind/a/path"
    settings = load_settings({**settings_env, "BINANCE_SPOT_STREAM_URL": base})
    found = list(check_streams(settings, with_network=False))
    assert f"connect to {base}/stream" in only(found, "wrong")
    allowed = load_settings(settings_env)
    assert only(check_streams(allowed, with_network=False), "wrong") == ""


def test_a_folder_that_cannot_be_written_and_a_file_that_others_read_are_told(tmp_path: Path):
    database = tmp_path / "people.db"
    database.touch(mode=0o644)
    (tmp_path / "file").touch()
    settings = load_settings(
        {"SNAPSHOT_DIR": str(tmp_path / "file" / "x"), "DATABASE_URL": f"sqlite:///{database}"}
    )
    found = list(check_disk(settings))
    assert "SNAPSHOT_DIR" in only(found, "wrong")
    assert f"chmod 600 {database}" in only(found, "warning")


def test_a_database_made_here_is_readable_by_nobody_else(settings_env: dict[str, str]):
    create_app({**settings_env, "TESTING": True}).extensions["database"].upgrade()
    folder = Path(settings_env["DATABASE_URL"].removeprefix("sqlite:///")).parent
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.glob("people.db*")}
    assert modes
    assert set(modes.values()) == {0o600}


# The frame around them


def test_a_check_that_breaks_and_one_that_hangs_leave_the_others_alone():
    forever = threading.Event()

    def breaks() -> list[Finding]:
        raise ValueError("hunter2")

    def hangs() -> list[Finding]:
        forever.wait()
        return []

    found = examine(
        {"A": breaks, "B": hangs, "C": lambda: [Finding("ok", "C", "It is well.")]}, 0.2
    )
    forever.set()
    assert [(one.name, one.level) for one in found] == [("A", "wrong"), ("B", "wrong"), ("C", "ok")]
    assert "ValueError" in found[0].sentence
    assert "hunter2" not in found[0].sentence


def test_the_report_fits_the_terminal_and_gives_an_advice_once():
    finding = Finding("warning", "Streams", "word " * 40, "Do this. " * 20)
    lines = as_text([finding, finding], 1.0, 72).splitlines()
    assert max(len(line) for line in lines[:-1]) <= 72
    assert sum("→" in line for line in lines) == 1
    assert lines[-1].startswith("All works, with something to look at: 0 wrong, 2 to look at")


def test_a_url_is_told_without_its_secrets():
    assert redacted("redis://user:pw@host:6379/0?password=pw") == "redis://host:6379/0"
    assert redacted("unix:///run/valkey.sock") == "/run/valkey.sock"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (42, "42 s"), (300, "5 min"), (3 * 3600, "3 h"), (5 * 86400, "5 days")],
)
def test_a_duration_is_told_as_people_do(seconds: float, words: str):
    assert duration(seconds) == words


def test_a_ban_that_is_known_is_no_reason_to_knock(
    knock: Callable[..., dict[str, list[Finding]]], app: Flask, exchange: ExchangeProcess
):
    gate: BanGate = app.extensions["shared"].gate
    assert gate.ban("127.0.0.1:1") is None
    exchange.control.fault("status", venue="futures", endpoint="*", status=418, retry_after=600)
    with pytest.raises(Exception, match="418"):
        app.extensions["catalogue"].refresh("futures")
    found = knock()["Binance futures"]
    assert "in 10 min" in only(found, "wrong")
    assert exchange.control.calls("futures", "time") == 0
