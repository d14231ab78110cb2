"""Signatures of personal calls: HMAC-SHA256 with a shared secret, or Ed25519 with a pair.

What is signed is the query as it is sent, percent-encoded.
https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#request-security
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


class BadPrivateKey(ValueError):
    """A text that is no Ed25519 private key in PEM; it never holds the text itself."""


class Signer(Protocol):
    """Proves that a call comes from the key's owner."""

    def sign(self, query: str) -> str: ...


@dataclass(frozen=True)
class HmacSigner:
    """Signs with the secret that Binance gave with the key; the signature is hexadecimal."""

    secret: str = field(repr=False)

    def sign(self, query: str) -> str:
        return hmac.new(self.secret.encode(), query.encode(), hashlib.sha256).hexdigest()


class Ed25519Signer:
    """Signs with a private key that Binance has never seen; the signature is base64."""

    def __init__(self, private_pem: str) -> None:
        try:
            key = load_pem_private_key(private_pem.encode(), password=None)
        except (TypeError, ValueError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise BadPrivateKey("this is no Ed25519 private key in PEM")
        self._key = key

    def sign(self, query: str) -> str:
        return b64encode(self._key.sign(query.encode())).decode()


@dataclass(frozen=True)
class ApiKey:
    """A key's public half, which says whose call it is, and what signs for it."""

    key: str = field(repr=False)
    signer: Signer = field(repr=False)

    def signed(self, query: str) -> str:
        """The query with its signature."""
        return f"{query}&signature={quote(self.signer.sign(query), safe='')}"


@dataclass(frozen=True)
class KeyPair:
    """An Ed25519 pair in PEM: PKCS #8, and the public half as Binance's page takes it."""

    private_pem: str = field(repr=False)
    public_pem: str


def new_pair() -> KeyPair:
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    return KeyPair(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )
