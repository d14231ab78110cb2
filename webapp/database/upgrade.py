"""Runs the migrations, on a connection that is in a transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

# Any number, known to this product alone: PostgreSQL holds the second of two upgrades with it.
_LOCK = 4_733_209_518


def upgrade(connection: Connection, patience_seconds: int) -> None:
    """Bring the tables to the newest revision; each statement may take so long."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = '{patience_seconds}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
