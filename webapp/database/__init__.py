"""The database of people and what is theirs: SQLite, or PostgreSQL for more than one machine."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session, sessionmaker

log = logging.getLogger(__name__)

# The newest migration. A test holds it to what stands in `migrations/versions`.
HEAD = "0001"
_PATIENCE_SECONDS = 2
_STATEMENT_MILLISECONDS = 5_000
_UPGRADE_SECONDS = 30  # for a whole upgrade by another process on a busy machine
_CONNECTIONS_MAX = 16  # as many as a web process has threads


class DatabaseAway(Exception):
    """The database cannot be asked now; nothing was changed."""


class Database:
    """Transactions over the tables of ``models``, which are brought up to date on first use.

    Both kinds raise ``DatabaseAway``. A value never stands in an error's text: it may be secret.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writer = self._engine.execution_options(writes=True)
        self._upgrader = self._writer.execution_options(patience_seconds=_UPGRADE_SECONDS)
        self._reading = sessionmaker(self._engine, expire_on_commit=False)
        self._writing = sessionmaker(self._writer, expire_on_commit=False)
        self._mutex = threading.Lock()
        self._is_current = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing."""
        with self._translated(), self._reading.begin() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction of its own from its first statement on; committed when the block ends."""
        with self._translated(), self._writing.begin() as session:
            yield session

    def require_answer(self) -> None:
        """Raise ``DatabaseAway`` unless it can be asked now."""
        with _as_ours(), self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def upgrade(self) -> None:
        """Bring the tables up to date; whoever comes second waits for the first."""
        with _as_ours():
            self._upgrade()

    def revision(self) -> str | None:
        """The migration that the tables are at, None where there are none; changes nothing."""
        with _as_ours():
            return _version(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with _as_ours():
            self._require_current()
            yield

    def _require_current(self) -> None:
        if self._is_current:
            return
        with self._mutex:
            if not self._is_current and _version(self._engine) != HEAD:
                self._upgrade()
            self._is_current = True

    def _upgrade(self) -> None:
        # Alembic is needed once in a release's life, and its import is dear.
        from webapp.database.upgrade import upgrade

        with self._upgrader.begin() as connection:
            upgrade(connection, _UPGRADE_SECONDS)
        log.info("the database is at revision %s", HEAD)


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except NoConnectionFree:
        raise DatabaseAway("every connection to the database is in use") from None
    except DBAPIError as error:
        if not _is_about_the_connection(error):
            raise
        log.warning("the database cannot be asked: %s", type(error.orig).__name__)
        raise DatabaseAway("the database cannot be asked") from None


def _is_about_the_connection(error: DBAPIError) -> bool:
    """Whether it is the database's state that failed, not our statement."""
    is_ours = isinstance(error.orig, sqlite3.OperationalError) and "no such" in str(error.orig)
    return type(error).__name__ in ("OperationalError", "InterfaceError") and not is_ours


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        try:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except DBAPIError as error:
            if _is_about_the_connection(error):
                raise
            return None
    return None if version is None else str(version)


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        _make_private(Path(parsed.database or ""))
        engine = create_engine(
            parsed, hide_parameters=True, connect_args={"timeout": _PATIENCE_SECONDS}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=_CONNECTIONS_MAX,
        pool_timeout=_PATIENCE_SECONDS,
        connect_args={
            "connect_timeout": _PATIENCE_SECONDS,
            "options": f"-c statement_timeout={_STATEMENT_MILLISECONDS}",
        },
    )


def _make_private(file: Path) -> None:
    """Make the file before SQLite does, which lets everybody read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # told when it is opened
        file.touch(mode=0o600)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see below
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail when another wrote in between.
    options = connection.get_execution_options()
    patience_seconds = options.get("patience_seconds", _PATIENCE_SECONDS)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * patience_seconds}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
