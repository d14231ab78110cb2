"""Codes by mail: they prove that an address is a person's own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from sqlalchemy import delete

from webapp.database import Database
from webapp.database.models import EmailCode
from webapp.people.errors import CodeIsOver, WrongCode

CODE_LENGTH = 8
CODE_MINUTES = 30
TRIES_MAX = 5
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another; 31⁸ is 8.5 · 10¹¹


class EmailCodes:
    """Makes codes and takes each once. ``secret`` keys the hash: a code is short."""

    def __init__(self, database: Database, secret: str) -> None:
        self._database = database
        self._secret = secret.encode()

    def make(self, email: str) -> tuple[str, str]:
        """A code for the address, and the id under which it will be taken."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
        now = time.time()
        row = EmailCode(
            email=email,
            code_hash=self._hash(code),
            expires_at=now + CODE_MINUTES * 60,
            tries_left=TRIES_MAX,
        )
        with self._database.writing() as session:
            session.execute(delete(EmailCode).where(EmailCode.expires_at < now))
            session.add(row)
            session.flush()
            return row.id, code

    def take(self, code_id: str, code: str) -> str:
        """The address that the code proves; raises ``WrongCode``, ``CodeIsOver``."""
        with self._database.writing() as session:
            row = session.get(EmailCode, code_id, with_for_update=True)
            if row is None or row.expires_at < time.time() or row.tries_left <= 0:
                raise CodeIsOver
            is_right = hmac.compare_digest(row.code_hash, self._hash(cleaned(code)))
            if is_right:
                session.delete(row)
            else:
                row.tries_left -= 1
            email = row.email
        if not is_right:
            raise WrongCode
        return email

    def _hash(self, code: str) -> str:
        return hmac.new(self._secret, b"email code" + code.encode(), hashlib.sha256).hexdigest()


def cleaned(code: str) -> str:
    """As it was sent: people type small letters, spaces and dashes."""
    return "".join(char for char in code.upper() if char.isalnum())
