"""The database under several processes at once, on each kind that the product runs on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, func, make_url, select

from tests.exchange.keys import demo_key, demo_secret
from tests.support.databases import connections_closed
from tests.support.people import a_person, vault_of
from webapp.config import PROJECT_DIR
from webapp.credentials.errors import NoSuchKey
from webapp.credentials.vault import Vault
from webapp.database import HEAD, Database
from webapp.database.models import Base, Credential, EmailCode, Person
from webapp.people.errors import CodeIsOver, WrongCode

Given = TypeVar("Given")
Done = TypeVar("Done")

MIGRATIONS = PROJECT_DIR / "webapp" / "database" / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    with connections_closed():
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path}/nothing.db"
        else:
            yield request.getfixturevalue("postgres").new_database()


def test_the_newest_migration_is_the_one_that_the_code_waits_for():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_the_migrations_make_the_tables_that_the_models_describe(nothing: str):
    Database(nothing).upgrade()
    is_sqlite = nothing.startswith("sqlite")  # which keeps every number with a point as one type
    url = make_url(nothing).set(drivername="sqlite" if is_sqlite else "postgresql+psycopg")
    with create_engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": not is_sqlite})
        assert compare_metadata(context, Base.metadata) == []


_ASKS_WHO_IS_THERE = """
import sys
from sqlalchemy import text
from webapp.database import Database
database = Database(sys.argv[1])
print("ready", flush=True)
input()
with database.reading() as session:
    print(session.scalar(text("SELECT count(*) FROM people")))
"""


def test_processes_that_start_together_make_the_tables_once(nothing: str):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _ASKS_WHO_IS_THERE, nothing],
            cwd=PROJECT_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    counts = at_once(lambda process: process.communicate("\n", timeout=60)[0], processes)
    assert counts == ["0\n"] * 2


def test_an_upgrade_waits_for_another_longer_than_a_request_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("webapp.database._PATIENCE_SECONDS", 0.05)
    file = tmp_path / "people.db"
    database = Database(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        upgrade = threading.Thread(target=database.upgrade)
        upgrade.start()
        upgrade.join(timeout=0.5)
        assert upgrade.is_alive(), "it has not given up"
        other.execute("COMMIT")
    upgrade.join(timeout=30)
    assert database.revision() == HEAD


def test_an_upgrade_that_is_done_again_changes_nothing(nothing: str):
    database = Database(nothing)
    database.upgrade()
    with database.writing() as session:
        session.add(Person(email="ann@example.org", password_hash="none"))
    database.upgrade()
    with database.reading() as session:
        assert session.scalars(select(Person.email)).all() == ["ann@example.org"]


@pytest.mark.on_both_databases
def test_two_sign_ups_of_one_address_at_once_make_one_person(app: Flask):
    people = app.extensions["people"]
    passwords = ["blue kettle on the stove", "eleven owls count paperclips"] * 3
    made = at_once(lambda password: people.choose_password("ann@example.org", password), passwords)
    assert len(set(made)) == 1
    database: Database = app.extensions["database"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1


@pytest.mark.on_both_databases
def test_of_two_who_send_one_code_at_once_one_is_let_in(app: Flask):
    codes = app.extensions["email_codes"]
    code_id, code = codes.make("ann@example.org")

    def take(code: str) -> str:
        try:
            return str(codes.take(code_id, code))
        except CodeIsOver:
            return ""

    assert sorted(at_once(take, [code] * 6)) == [""] * 5 + ["ann@example.org"]


@pytest.mark.on_both_databases
def test_guesses_at_a_code_are_all_counted_when_they_come_at_once(app: Flask):
    codes = app.extensions["email_codes"]
    code_id, _ = codes.make("ann@example.org")

    def guess(code: str) -> str:
        try:
            return str(codes.take(code_id, code))
        except (WrongCode, CodeIsOver) as error:
            return type(error).__name__

    answers = at_once(guess, ["AAAAAAAA"] * 12)
    assert answers.count("WrongCode") == 5
    with app.extensions["database"].reading() as session:
        assert session.scalars(select(EmailCode.tries_left)).all() == [0]


@pytest.mark.on_both_databases
def test_keys_that_are_replaced_at_once_leave_one(app: Flask):
    person, vault = a_person(app), vault_of(app)
    at_once(lambda name: save(vault, person, name), ["readonly", "tradegroup"] * 3)
    database: Database = app.extensions["database"]
    with database.reading() as session:
        [row] = session.scalars(select(Credential)).all()
    assert vault.open(row.id).key in (demo_key("readonly"), demo_key("tradegroup"))


@pytest.mark.on_both_databases
def test_who_leaves_while_a_key_is_saved_leaves_none(app: Flask):
    people, vault, database = app.extensions["people"], vault_of(app), app.extensions["database"]

    def do(deed: tuple[str, str]) -> None:
        what, person = deed
        if what == "leave":
            people.delete(person)
        else:
            save_or_not(vault, person)

    for _ in range(5):
        person = a_person(app)
        at_once(do, [("save", person), ("leave", person)])
        with database.reading() as session:
            assert session.scalars(select(Credential)).all() == []


def save(vault: Vault, person: str, name: str) -> None:
    vault.save_hmac(person, "mainnet", demo_key(name), demo_secret(name))


def save_or_not(vault: Vault, person: str) -> None:
    with suppress(NoSuchKey):
        save(vault, person, "readonly")


def at_once(do: Callable[[Given], Done], given: Sequence[Given]) -> list[Done]:
    """Call it with each in a thread of its own, all let go at one moment."""
    gate = threading.Barrier(len(given))

    def when_all_are_there(one: Given) -> Done:
        gate.wait(timeout=30)
        return do(one)

    with ThreadPoolExecutor(len(given)) as threads:
        return list(threads.map(when_all_are_there, given))
