"""What tests know of a database, whichever kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Pool, event, make_url


@contextmanager
def connections_closed() -> Iterator[None]:
    """Close, when the block ends, each connection that was opened in it: an app keeps a pool."""
    opened: list[Any] = []

    def note(connection: Any, _record: Any) -> None:
        opened.append(connection)

    event.listen(Pool, "connect", note)
    try:
        yield
    finally:
        event.remove(Pool, "connect", note)
        for connection in opened:
            connection.close()


def stored_bytes(url: str) -> bytes:
    """SQLite's files with what waits beside them, or the text of PostgreSQL's tables."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = Path(parsed.database or "")
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        return b"".join(_rows(connection, name) for (name,) in names)


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(
        sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    ) as copy:
        return b"".join(bytes(block) for block in copy)
