"""A real PostgreSQL for tests, of the machine's own package, in a folder that goes with it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from tests.support.site import free_port
from tests.support.waiting import wait_until

_HOW_TO_INSTALL = "The tests need PostgreSQL: install it, as in: sudo apt-get install postgresql"
_USER = "marketdeck"
_PORT = 5432  # of which the socket has its name
_CONNECTIONS_MAX = 300  # each app of the tests leaves a pool behind
# What is lost in a crash is lost: the data lives as long as the tests.
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class PostgresServer:
    """Started by ``with``; listens on a Unix socket alone, which costs no port.

    With a ``network`` (an address of this machine, and all that may come from: ``10.0.0.0/24``) it
    listens there too, and its addresses lead there.
    """

    def __init__(self, network: tuple[str, str] | None = None) -> None:
        self._network = network
        self._port = free_port() if network else _PORT
        self.password = secrets.token_hex(16)
        self._bin = _programs()
        self._folder = Path(tempfile.mkdtemp(prefix="marketdeck-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        _give_away(self._folder)
        self._make_cluster()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        options = (
            *_QUICK,
            f"listen_addresses={self._network[0] if self._network else ''}",
            f"port={self._port}",
            f"unix_socket_directories={self._folder}",
        )
        self._process = subprocess.Popen(
            [
                *_as_nobody_special(),
                str(self._bin / "postgres"),
                *("-D", str(self._folder / "data")),
                *(f"--{option}" for option in (*options, f"max_connections={_CONNECTIONS_MAX}")),
            ],
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, "PostgreSQL answers")

    def stop(self) -> None:
        """End it at once, with whatever is connected."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)

    def url(self, database: str = "postgres") -> str:
        login = f"{_USER}:{self.password}"
        if self._network:
            return f"postgresql://{login}@{self._network[0]}:{self._port}/{database}"
        return f"postgresql://{login}@/{database}?host={self._folder}"

    def new_database(self) -> str:
        """The address of a database in which there is nothing at all."""
        name = f"people_{secrets.token_hex(4)}"
        with self._connected() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def _make_cluster(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self.password)
        _give_away(password_file)
        subprocess.run(
            [
                *_as_nobody_special(),
                str(self._bin / "initdb"),
                *("-D", str(self._folder / "data"), "-U", _USER, "--pwfile", str(password_file)),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        if self._network:
            with (self._folder / "data" / "pg_hba.conf").open("a") as file:
                file.write(f"host all all {self._network[1]} scram-sha-256\n")

    def _answers(self) -> bool:
        try:
            self._connected().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self.url(), autocommit=True)


def make_empty(url: str) -> None:
    """Delete every row of a database, but leave the tables and their revision."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename != 'alembic_version'"
        ).fetchall()
        if names:
            tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)
            connection.execute(sql.SQL("TRUNCATE {}").format(tables))


def _programs() -> Path:
    """The newest version's folder of programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    elsewhere = shutil.which("initdb")
    if found:
        return found[-1].parent
    if elsewhere:
        return Path(elsewhere).resolve().parent
    raise RuntimeError(_HOW_TO_INSTALL)


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")


def _as_nobody_special() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
