"""Passwords: hashed with Argon2id, and refused where they are short or easily guessed.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.people.errors import WeakPassword

LENGTH_MIN = 10
LENGTH_MAX = 128
# Of zxcvbn's scale: at least 10^8 guesses, which its lists of leaked and common passwords, names,
# words, dates and keyboard walks are taken into account for.
_SCORE_MIN = 3
_JUDGED_MAX = 72  # zxcvbn takes seconds over a long text, and more letters make none weaker
_OUR_WORDS = ("marketdeck", "binance", "bitcoin", "usdt")
_MEMORY_KIB = 19 * 1024
_AT_ONCE = 2  # hashes of 19 MiB and 30 ms of processor time each


class Passwords:
    """Hashes and verifies; no more than a few at once, so that guessing starves nobody."""

    def __init__(self, time_cost: int = 2, memory_kib: int = _MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(_normal(password))

    def fits(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password; takes as long where there is no hash to compare with."""
        try:
            with self._turn:
                self._hasher.verify(password_hash or self._nobodys_hash, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def _nobodys_hash(self) -> str:
        return self._hasher.hash("nobody has this password")


def require_strong(password: str, email: str) -> None:
    """Raise ``WeakPassword``; there are no rules on the kinds of letters (NIST SP 800-63B)."""
    if len(password) < LENGTH_MIN:
        raise WeakPassword("short")
    if len(password) > LENGTH_MAX:
        raise WeakPassword("long")
    from zxcvbn import zxcvbn  # its lists take 10 MB: when they are needed

    own_words = [email, *email.replace(".", "@").split("@"), *_OUR_WORDS]
    judged = zxcvbn(_normal(password)[:_JUDGED_MAX], own_words)
    if judged["score"] < _SCORE_MIN:
        raise WeakPassword("common")


def _normal(password: str) -> str:
    # One keyboard writes é as one character, another as two.
    return unicodedata.normalize("NFC", password)
