"""API tokens: what programs send in place of a person."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Literal, NamedTuple

from sqlalchemy import delete, func, select

from webapp.database import Database, DatabaseAway
from webapp.database.models import ApiToken
from webapp.people.errors import TooManyTokens
from webapp.people.secret_text import hash_of, new_text

Scope = Literal["symbols", "watchlists"]
SCOPES: tuple[Scope, ...] = ("symbols", "watchlists")
TOKENS_MAX = 20
DAYS = (30, 90, 365)
PREFIX = "mdk_"  # by which scanners of published code find a leaked one
_USED_EVERY_SECONDS = 60


class TokenHolder(NamedTuple):
    """For whom a program asks, and what it may."""

    person_id: str
    scopes: frozenset[str]


class ApiTokens:
    """Makes, finds and revokes them; only a hash is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, person_id: str, name: str, scopes: tuple[Scope, ...], days: int) -> str:
        """A new token, which is told this once; raises ``TooManyTokens``."""
        token = PREFIX + new_text()
        with self._database.writing() as session:
            count = session.scalar(
                select(func.count()).select_from(ApiToken).where(ApiToken.person_id == person_id)
            )
            if (count or 0) >= TOKENS_MAX:
                raise TooManyTokens
            session.add(
                ApiToken(
                    person_id=person_id,
                    token_hash=hash_of(token),
                    name=name,
                    scopes=" ".join(scopes),
                    expires_at=time.time() + days * 24 * 3600,
                )
            )
        return token

    def find(self, token: str) -> TokenHolder | None:
        """Whose it is, or None: unknown, revoked or over."""
        with self._database.reading() as session:
            row = session.scalar(select(ApiToken).where(ApiToken.token_hash == hash_of(token)))
        if row is None or (row.expires_at is not None and row.expires_at < time.time()):
            return None
        self._note_used(row)
        return TokenHolder(row.person_id, frozenset(row.scopes.split()))

    def of(self, person_id: str) -> list[ApiToken]:
        """The person's, the newest first; one that is over is among them."""
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(ApiToken)
                    .where(ApiToken.person_id == person_id)
                    .order_by(ApiToken.created_at.desc())
                )
            )

    def revoke(self, person_id: str, token_id: str) -> None:
        """End one of the person's own."""
        with self._database.writing() as session:
            session.execute(
                delete(ApiToken).where(ApiToken.person_id == person_id, ApiToken.id == token_id)
            )

    def _note_used(self, row: ApiToken) -> None:
        now = time.time()
        if row.used_at is not None and now < row.used_at + _USED_EVERY_SECONDS:
            return
        with suppress(DatabaseAway), self._database.writing() as session:  # next time, then
            kept = session.get(ApiToken, row.id)
            if kept:
                kept.used_at = now
