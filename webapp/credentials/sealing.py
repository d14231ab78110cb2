"""Encryption of what people entrust to us: AES-256-GCM, bound to whose it is and where it lies."""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = "v1"
_KEY_BYTES = 32
_NONCE_BYTES = 12  # random; NIST SP 800-38D allows 2³² messages a key with such


class BadKey(ValueError):
    """A text that is no list of encryption keys; it never holds the text itself."""


class CannotOpen(Exception):
    """What is stored was sealed by a key that is gone, for another place, or was changed."""


def new_key() -> str:
    """A key as ``CREDENTIALS_ENCRYPTION_KEYS`` wants it: 32 random bytes in URL-safe base64."""
    return urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def check_keys(text: str) -> None:
    """Raise ``BadKey`` unless the text is empty or holds keys with commas between them."""
    _read_keys(text)


class Sealing:
    """Seals with the first key, opens with any. A sealed text is ``v1.<key id>.<base64>``.

    ``place`` says what is sealed: whose, in which row and field. Elsewhere it cannot be opened.
    """

    def __init__(self, keys: str) -> None:
        self._keys = {_id_of(key): AESGCM(key) for key in _read_keys(keys)}
        self._first = next(iter(self._keys))

    def seal(self, secret: str, *place: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._first].encrypt(nonce, secret.encode(), _bound_to(place))
        return f"{_VERSION}.{self._first}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *place: str) -> str:
        """The secret; raises ``CannotOpen``."""
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        if version != _VERSION or key_id not in self._keys:
            raise CannotOpen("sealed by a key that CREDENTIALS_ENCRYPTION_KEYS does not hold")
        try:
            raw = urlsafe_b64decode(text)
            opened = self._keys[key_id].decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound_to(place)
            )
        except (InvalidTag, NotBase64, ValueError):
            raise CannotOpen("what is stored was changed or belongs elsewhere") from None
        return opened.decode()

    def is_by_first_key(self, sealed: str) -> bool:
        return sealed.startswith(f"{_VERSION}.{self._first}.")


def _read_keys(text: str) -> list[bytes]:
    return [_read_key(part.strip()) for part in text.split(",") if part.strip()]


def _read_key(text: str) -> bytes:
    try:
        key = urlsafe_b64decode(text)
    except (NotBase64, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise BadKey("each key must be 32 bytes in URL-safe base64")
    return key


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"marketdeck key id" + key).hexdigest()[:8]


def _bound_to(place: tuple[str, ...]) -> bytes:
    return "\x1f".join(place).encode()
