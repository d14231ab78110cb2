"""A whole journey with planted secrets; then none of them lies where it should not."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import pytest
import redis
import requests
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from rq.job import JobStatus
from sqlalchemy import make_url

from jobs.credentials import check_credentials
from jobs.queue import job_queue
from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.support.databases import stored_bytes
from tests.support.nginx import Nginx
from tests.support.people import vault_of
from tests.support.planted import leaks, redis_content
from tests.support.postgres import PostgresServer
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until
from tests.support.web_person import WebPerson
from webapp import create_app
from webapp.binance.signing import Ed25519Signer
from webapp.cookies import HostSession
from webapp.credentials.sealing import new_key
from webapp.credentials.slots import Slot

SPOT = "/api/v1/symbols/spot"
FUTURES = "/api/v1/symbols/futures"
ENDED = (JobStatus.FINISHED, JobStatus.FAILED)

pytestmark = [pytest.mark.timeout(180), pytest.mark.heavy]


def a_key() -> str:
    return secrets.token_hex(32)


@dataclass
class Journey:
    """A site with all its processes behind nginx, and what is secret in it, by name."""

    redis: RedisServer
    site: Site
    nginx: Nginx
    app: Flask
    exchange: ExchangeProcess
    person: WebPerson
    folder: Path
    secrets: dict[str, str]
    answers: list[requests.Response] = field(default_factory=list)

    def ask(self, path: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.answers.append(requests.get(self.nginx.url + path, headers=headers, timeout=15))

    def plant(self, name: str, secret: str) -> str:
        self.secrets[name] = secret
        return secret

    def try_key(self, slot: Slot, name: str) -> requests.Response:
        """Give in a key on its page; it is refused or kept."""
        self.person.get(f"/account/keys/{slot}")
        return self.person.post(
            f"/account/keys/{slot}/save",
            api_key=self.secrets[f"{name} key"],
            secret=self.secrets[f"{name} secret"],
        )


@pytest.fixture
def journey(
    exchange: ExchangeProcess,
    database_url: str,
    settings_env: dict[str, str],
    tmp_path: Path,
) -> Iterator[Journey]:
    redis_password = f"redis-{a_key()}"
    own_redis = RedisServer(tmp_path, "--requirepass", redis_password)
    planted = {
        "the secret key": f"secret-{a_key()}",
        "the first encryption key": new_key(),
        "the second encryption key": new_key(),
        "Redis's password": redis_password,
        "the database's password": make_url(database_url).password or f"none-{a_key()}",
        "the password": f'planted "Päss" <& {a_key()}',
        "the new password": f"new 'wörds' %+/ {a_key()}",
        "a wrong password": f"almost the password {a_key()}",
    }
    env = {
        **settings_env,
        "REDIS_URL": f"redis://:{redis_password}@127.0.0.1:{own_redis.port}/0",
        "SECRET_KEY": planted["the secret key"],
        "CREDENTIALS_ENCRYPTION_KEYS": ",".join(
            planted[f"the {place} encryption key"] for place in ("first", "second")
        ),
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "DEBUG",
        "SPOT_SYMBOLS_CACHE_TTL_SECONDS": "5",
    }
    nginx_folder = tmp_path / "nginx"
    nginx_folder.mkdir()
    with ExitStack() as running:
        running.enter_context(own_redis)
        site = running.enter_context(Site(env, tmp_path / "web.log"))
        for name in ("worker", "scheduler"):
            running.enter_context(Program(f"jobs.{name}", env, log=tmp_path / f"{name}.log"))
        wait_until(site.is_warm, "the lists are cached")
        nginx = running.enter_context(Nginx(site, nginx_folder))
        person = WebPerson(nginx.url, tmp_path / "mail", "ann@example.org", planted["the password"])
        running.callback(person.close)
        app = create_app({**env, "TESTING": True})
        yield Journey(own_redis, site, nginx, app, exchange, person, tmp_path, planted)


@pytest.mark.on_both_databases
def test_a_whole_journey_leaves_no_secret_behind(
    journey: Journey,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
):
    caplog.set_level(logging.DEBUG)
    is_postgres = database_url.startswith("postgresql")
    postgres: PostgresServer | None = request.getfixturevalue("postgres") if is_postgres else None
    sign_up_with_mistakes(journey)
    person_id = journey.app.extensions["people"].authenticate(
        journey.person.address, journey.secrets["the password"]
    )
    give_keys(journey, person_id)
    token = ask_by_tokens(journey)
    assert run_job(journey, "good") == JobStatus.FINISHED
    while_binance_fails(journey, token)
    change_password(journey)
    with database_away(database_url, postgres):
        assert sign_in(journey, "the new password").status_code == 503
        journey.person.get("/account")
        journey.ask(SPOT, token)
    with table_missing(database_url, "sign_ins"):
        assert sign_in(journey, "the new password").status_code == 500
    with table_missing(database_url, "credentials"):
        assert run_job(journey, "bad") == JobStatus.FAILED
    in_redis = redis_of(journey)
    commands = command_lines()
    journey.redis.kill()
    journey.ask(SPOT, token)
    sign_in(journey, "a wrong password")

    logs = {path.name: path.read_bytes() for path in journey.folder.glob("*.log")}
    logs["the test's own log"] = caplog.text.encode()
    said = str(logs)
    signs = ("Traceback", "Redis is away", "the database cannot be asked", "gave no spot")
    assert [sign for sign in signs if sign not in said] == []  # it went wrong as it should have
    assert "Traceback" in str(in_redis)
    places = {
        **in_redis,
        "the database": stored_bytes(database_url),
        **logs,
        "the command lines": commands,
        **files_in(journey.folder / "snapshots"),
        **files_in(journey.folder / "nginx"),
    }
    assert journey.person.address.encode() in places["the database"]
    assert leaks(journey.secrets, places) + leaks_in_answers(journey) == []


def sign_in(journey: Journey, password: str) -> requests.Response:
    journey.person.get("/account/sign-in")
    return journey.person.post(
        "/account/sign-in", email=journey.person.address, password=journey.secrets[password]
    )


def redis_of(journey: Journey) -> dict[str, bytes]:
    with redis.Redis.from_url(journey.site.settings_env["REDIS_URL"]) as client:
        return redis_content(client)


def sign_up_with_mistakes(journey: Journey) -> None:
    person = journey.person
    person.get("/account/sign-up")
    person.post("/account/sign-up", email="no address")
    person.post("/account/sign-up")
    code = journey.plant("the mailed code", person.sign_up())
    journey.plant("the mailed code without its dash", code.replace("-", ""))
    person.post("/account/sign-out")
    person.get("/account/sign-in")
    for password in (journey.secrets["a wrong password"], journey.secrets["the password"]):
        person.post("/account/sign-in", email=person.address, password=password)
    person.get("/account")
    plant_cookies(journey, "first")
    guess_from_another_browser(journey)


def guess_from_another_browser(journey: Journey) -> None:
    person, guess = journey.person, journey.secrets["a wrong password"]
    stranger = WebPerson(journey.nginx.url, journey.folder, person.address, guess)
    stranger.get("/account/sign-in")
    stranger.post("/account/sign-in", email=person.address, password=guess)
    stranger.close()
    person.seen += stranger.seen


def plant_cookies(journey: Journey, name: str) -> None:
    cookie = journey.person.session_cookie()
    serializer = HostSession().get_signing_serializer(journey.app)
    assert serializer
    journey.plant(f"the {name} session's cookie", cookie)
    journey.plant(f"the {name} session's token", serializer.loads(cookie)["sign_in"])
    journey.plant(f"the {name} device's cookie", journey.person.session.cookies["device"])


def give_keys(journey: Journey, person_id: str) -> None:
    for name in ("good", "strong", "unknown", "testnet"):
        key = journey.plant(f"the {name} key", a_key())
        secret = journey.plant(f"the {name} secret", a_key())
        rights = {"withdrawals": name == "strong"}
        venues = ("spot_testnet",) if name == "testnet" else ("spot", "futures")
        if name != "unknown":
            journey.exchange.control.add_key(key, secret, venues=venues, **rights)
    person = journey.person
    tries: tuple[tuple[Slot, str, int], ...] = (
        ("mainnet", "strong", 422),
        ("mainnet", "unknown", 422),
        ("mainnet", "good", 303),
        ("spot-testnet", "testnet", 303),
    )
    for slot, name, status in tries:
        assert journey.try_key(slot, f"the {name}").status_code == status
    person.get("/account/keys/futures-testnet")
    person.post("/account/keys/futures-testnet/pair")
    vault = vault_of(journey.app)
    [pair] = [key for key in vault.overview(person_id) if key.slot == "futures-testnet"]
    key = journey.plant("the pair's key", a_key())
    journey.exchange.control.add_key(key, pair.public_key or "", venues=("futures_testnet",))
    person.get("/account/keys/futures-testnet")
    answer = person.post("/account/keys/futures-testnet/register", api_key=key)
    assert answer.status_code == 303
    person.get("/account/keys/futures-testnet")
    [usable] = [key for key in vault.usable(person_id) if key.slot == "futures-testnet"]
    plant_private_key(journey, vault.open(usable.credential_id).signer)


def plant_private_key(journey: Journey, signer: object) -> None:
    assert isinstance(signer, Ed25519Signer)
    private = signer._key
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    seed = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    journey.plant("the pair's private half", "".join(pem.splitlines()[1:-1]))
    journey.plant("the pair's seed in hex", seed.hex())
    journey.plant("the pair's seed in base64", b64encode(seed).decode()[:-4])


def ask_by_tokens(journey: Journey) -> str:
    token = journey.plant("the token", journey.person.make_token("symbols"))
    other = journey.plant("the other token", journey.person.make_token("watchlists"))
    unknown = journey.plant("a token that nobody has", "mdk_" + secrets.token_urlsafe(32))
    testnets_fail(journey)  # so that the mainnet key is asked with
    for asked_by in ("", token, other, unknown):
        for path in (SPOT, FUTURES, "/api/v1/time", "/markets", "/api/v1/symbols/nowhere"):
            journey.ask(path, asked_by)
    wait_until(lambda: is_personal(journey, token), "the token's list is a personal one")
    return token


def is_personal(journey: Journey, token: str) -> bool:
    journey.ask(SPOT, token)
    return journey.answers[-1].headers["X-Data-Source"] == "mainnet-key"


def testnets_fail(journey: Journey) -> None:
    journey.exchange.control.fault("status", venue="spot_testnet", endpoint="account", status=503)
    journey.exchange.control.fault("malformed", venue="futures_testnet", endpoint="account")


def while_binance_fails(journey: Journey, token: str) -> None:
    for kind in ("status", "reset", "malformed"):
        fault = journey.exchange.control.fault(kind, venue="*")
        journey.ask(SPOT, token)
        journey.try_key("mainnet", "the unknown")
        journey.person.post("/account/keys/mainnet/check")
        journey.exchange.control.clear(fault)


def change_password(journey: Journey) -> None:
    person, old, new = (
        journey.person,
        journey.secrets["the password"],
        journey.secrets["the new password"],
    )
    person.get("/account")
    for current, chosen in (
        (journey.secrets["a wrong password"], new),
        (old, "short"),
        (old, new),
    ):
        person.post("/account/password", password=current, new_password=chosen)
    person.get("/account")
    plant_cookies(journey, "second")
    person.post("/account/tokens", name="no scope", password=new)
    person.post("/account/delete", password=old)
    person.get("/markets")


def run_job(journey: Journey, name: str) -> JobStatus:
    """Let the worker look at all keys; how the job ended."""
    with redis.Redis.from_url(journey.site.settings_env["REDIS_URL"]) as connection:
        job = job_queue(connection).enqueue(check_credentials, job_id=name)
        wait_until(lambda: job.get_status(refresh=True) in ENDED, "the job has ended", 60)
        return JobStatus(job.get_status())


@contextmanager
def database_away(url: str, postgres: PostgresServer | None) -> Iterator[None]:
    """Stop PostgreSQL; of SQLite, which cannot be stopped, keep the one lock that writers need."""
    if postgres:
        postgres.stop()
        yield
        postgres.start()
        return
    with closing(sqlite3.connect(make_url(url).database or "")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.rollback()


@contextmanager
def table_missing(url: str, table: str) -> Iterator[None]:
    """An error that nobody has thought of."""
    run_sql(url, f"ALTER TABLE {table} RENAME TO gone")
    yield
    run_sql(url, f"ALTER TABLE gone RENAME TO {table}")


def run_sql(url: str, statement: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(parsed.database or "")) as connection:
            connection.execute(statement)
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)


def files_in(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {f"the file {path.relative_to(folder)}": path.read_bytes() for path in files}


def command_lines() -> bytes:
    """Of every process that the test has started: any user of the machine may read them."""
    lines = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            lines.append("\0".join(process.cmdline()))
    return "\n".join(lines).encode()


def leaks_in_answers(journey: Journey) -> list[str]:
    """A cookie may be in the header that sets it, a code on the page that it was typed on."""
    found = []
    for answer in (*journey.answers, *journey.person.seen):
        asked = f"{answer.request.method} {answer.request.path_url}"
        told = [f"{name}: {value}" for name, value in answer.headers.items()]
        cookies = [line for line in told if line.startswith("Set-Cookie")]
        others = [line for line in told if line not in cookies]
        is_allowed = "code" if asked == "POST /account/code" else "nothing"
        for secrets_, place, parts in (
            (without(journey.secrets, is_allowed), "the page", [answer.text]),
            (journey.secrets, "the headers", [answer.url, *others]),
            (without(journey.secrets, "session's", "device's"), "the cookies", cookies),
        ):
            found += leaks(secrets_, {f"{place} of {asked}": "\n".join(parts).encode()})
    return found


def without(secrets_: dict[str, str], *words: str) -> dict[str, str]:
    return {
        name: secret for name, secret in secrets_.items() if not any(word in name for word in words)
    }


@given(st.text(min_size=8, max_size=40), st.binary(max_size=5), st.binary(max_size=5))
def test_the_search_finds_a_secret_in_every_form(secret: str, before: bytes, after: bytes):
    around = b64encode(before + secret.encode() + after)
    for place in (around, json.dumps({"key": secret}).encode(), quote(secret, safe="").encode()):
        assert leaks({"it": secret}, {"there": place})
    assert not leaks({"it": secret}, {"there": b"nothing of the kind"})
