"""Sign-ins: sessions that live on the server, each of which can be ended there."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.database import Database, DatabaseAway
from webapp.database.models import Person, SignIn
from webapp.people.secret_text import hash_of, new_text

_SEEN_EVERY_SECONDS = 60
_AGENT_LENGTH = 200


class SignedIn(NamedTuple):
    """Whose request it is."""

    person_id: str
    email: str
    sign_in_id: str


class SignIns:
    """Starts, finds and ends them. One ends by itself when unused, and when old."""

    def __init__(self, database: Database, idle_seconds: int, absolute_seconds: int) -> None:
        self._database = database
        self._idle_seconds = idle_seconds
        self._absolute_seconds = absolute_seconds

    def start(self, person_id: str, address: str, agent: str) -> str:
        """Sign a browser in; returns the token that its cookie is to hold."""
        token = new_text()
        with self._database.writing() as session:
            self._forget_ended(session)
            session.add(
                SignIn(
                    person_id=person_id,
                    token_hash=hash_of(token),
                    address=address,
                    agent=agent[:_AGENT_LENGTH],
                )
            )
        return token

    def find(self, token: str) -> SignedIn | None:
        """Who is signed in with this token, or None."""
        with self._database.reading() as session:
            found = session.execute(
                select(SignIn, Person.email)
                .join(Person, Person.id == SignIn.person_id)
                .where(SignIn.token_hash == hash_of(token))
            ).one_or_none()
        if found is None or not self._is_on(found.SignIn):
            return None
        self._note_seen(found.SignIn)
        return SignedIn(found.SignIn.person_id, found.email, found.SignIn.id)

    def of(self, person_id: str) -> list[SignIn]:
        """The person's, the one that was used last first."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.seen_at.desc())
            )
            return [row for row in rows if self._is_on(row)]

    def end(self, person_id: str, sign_in_id: str) -> None:
        """End one of the person's own."""
        with self._database.writing() as session:
            session.execute(
                delete(SignIn).where(SignIn.person_id == person_id, SignIn.id == sign_in_id)
            )

    def end_others(self, person_id: str, sign_in_id: str) -> None:
        """End all of the person's but this one."""
        with self._database.writing() as session:
            session.execute(
                delete(SignIn).where(SignIn.person_id == person_id, SignIn.id != sign_in_id)
            )

    def _is_on(self, row: SignIn) -> bool:
        now = time.time()
        is_used = now < row.seen_at + self._idle_seconds
        return is_used and now < row.created_at + self._absolute_seconds

    def _note_seen(self, row: SignIn) -> None:
        now = time.time()
        if now < row.seen_at + min(_SEEN_EVERY_SECONDS, self._idle_seconds / 2):
            return
        with suppress(DatabaseAway), self._database.writing() as session:  # next time, then
            kept = session.get(SignIn, row.id)
            if kept:
                kept.seen_at = now

    def _forget_ended(self, session: Session) -> None:
        now = time.time()
        session.execute(
            delete(SignIn).where(
                (SignIn.seen_at < now - self._idle_seconds)
                | (SignIn.created_at < now - self._absolute_seconds)
            )
        )
