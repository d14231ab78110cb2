"""The database of accounts: whether it can be asked, and whether its tables are this release's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from webapp.database import HEAD, Database, DatabaseAway
from webapp.doctor.findings import Finding, redacted

NAME = "Database"
_MIGRATIONS = Path(__file__).resolve().parent.parent / "database" / "migrations" / "versions"
_SQLITE = "sqlite:///"


def check_database(database: Database, url: str) -> Iterator[Finding]:
    is_file = url.startswith(_SQLITE)
    where = url.removeprefix(_SQLITE) if is_file else redacted(url)
    if is_file and not Path(where).exists():
        yield Finding("ok", NAME, f"{where} is not there yet and is made on first use.")
        return
    try:
        revision = database.revision()
    except DatabaseAway:
        yield Finding(
            "wrong",
            NAME,
            f"{where} cannot be asked. Accounts do not work; lists and prices do.",
            "Start it, or correct DATABASE_URL: the host, the user, the password, the name.",
        )
        return
    if revision == HEAD:
        yield Finding("ok", NAME, f"{where} answers, and its tables are this release's.")
    elif revision is None:
        yield Finding("ok", NAME, f"{where} answers and is empty: tables are made on first use.")
    elif _is_known(revision):
        yield Finding(
            "warning",
            NAME,
            f"{where} is at revision {revision}, this release's is {HEAD}.",
            "It is brought up to date on first use. Keep a copy of it before.",
        )
    else:
        yield Finding(
            "wrong",
            NAME,
            f"{where} is at revision {revision}, which this release does not know.",
            "A newer release has been here: install that one again.",
        )


def _is_known(revision: str) -> bool:
    return any(path.name.split("_")[0] == revision for path in _MIGRATIONS.glob("*.py"))
