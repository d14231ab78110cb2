"""Random texts that open something, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets


def new_text() -> str:
    """256 random bits in URL-safe base64."""
    return secrets.token_urlsafe(32)


def hash_of(text: str) -> str:
    """What is kept of it. A fast hash will do: nobody guesses 256 bits."""
    return hashlib.sha256(text.encode()).hexdigest()
