"""Signatures and timestamps of signed calls, checked as Binance checks them.

The payload is the query string and the body as sent, percent-encoded, without the signature. HMAC-
SHA256 comes as hex in either case; RSA (PKCS#1 v1.5, SHA-256) and Ed25519 as base64. Source: rest-
api.md, Request Security and Timing security.
"""

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.exchange.errors import AHEAD_OF_SERVER, ApiError

_DEFAULT_RECV_WINDOW_MS, _MAX_RECV_WINDOW_MS, _MAX_AHEAD_MS = 5000.0, 60000.0, 1000
_MICROSECOND_DIGITS = 16
_KEY_LENGTHS = range(16, 129)


@dataclass(slots=True)
class ApiKey:
    """A key the exchange knows.

    `secret` is the HMAC secret, or the PEM of an Ed25519 or RSA public key.

    `venues` are those that accept it; the flags are what `/sapi/v1/account/apiRestrictions` tells
    of it.
    """

    key: str
    secret: str
    venues: tuple[str, ...] = ("spot", "futures")
    reading: bool = True
    trading: bool = False
    futures: bool = False
    withdrawals: bool = False
    margin: bool = False
    more_rights: dict[str, object] = field(default_factory=dict)  # further flags, or others' values
    ip_restricted: bool = False
    allowed_ips: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ("SPOT",)  # of the account; may hold TRD_GRP_nnn
    balances: dict[str, tuple[str, str]] = field(default_factory=dict)  # asset -> (free, locked)
    uid: int = 354937868


def split_signature(query: str, body: str) -> tuple[str, str | None]:
    """Take the signature out of query and body; give (signed payload, signature or None)."""
    signature = None
    kept = []
    for part in (query, body):
        pairs = [pair for pair in part.split("&") if pair]
        signature = next(
            (unquote(pair[10:]) for pair in pairs if pair.startswith("signature=")), signature
        )
        kept.append("&".join(pair for pair in pairs if not pair.startswith("signature=")))
    return "".join(kept), signature


def check_signed(
    keys: Mapping[str, ApiKey],
    venue: str,
    api_key: str,
    query: str,
    body: str,
    params: Mapping[str, str],
    ip: str,
    now_ms: int,
) -> ApiKey:
    """Let a signed call pass and give its key.

    Raise ApiError -2014, -1102, -1021, -2015 or -1022 otherwise.
    """
    if not api_key.isalnum() or len(api_key) not in _KEY_LENGTHS:
        raise ApiError(-2014)
    check_timestamp(params, now_ms)
    payload, signature = split_signature(query, body)
    if not signature:
        raise ApiError(-1102, "signature")
    key = keys.get(api_key)
    if (
        key is None
        or venue not in key.venues
        or not key.reading
        or (key.allowed_ips and ip not in key.allowed_ips)
    ):
        raise ApiError(-2015)
    if not signature_fits(key.secret, payload, signature):
        raise ApiError(-1022)
    return key


def check_timestamp(params: Mapping[str, str], now_ms: int) -> None:
    """Check `timestamp` (ms, or µs with 16 digits) against the server's clock and `recvWindow`
    (default 5,000 ms).
    """
    text = params.get("timestamp", "")
    if not text.isascii() or not text.isdigit():
        raise ApiError(-1102, "timestamp")
    timestamp_ms = int(text) / (1000 if len(text) >= _MICROSECOND_DIGITS else 1)
    window_ms = _recv_window(params.get("recvWindow", ""))
    if timestamp_ms >= now_ms + _MAX_AHEAD_MS:
        raise ApiError(-1021, message=AHEAD_OF_SERVER)
    if now_ms - timestamp_ms > window_ms:
        raise ApiError(-1021)


def signature_fits(secret: str, payload: str, signature: str) -> bool:
    """Check a signature by the kind of key.

    PEM means Ed25519 or RSA, anything else is an HMAC secret.
    """
    if not secret.startswith("-----BEGIN"):
        expected = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.lower().encode())
    public = load_pem_public_key(secret.encode())
    try:
        raw = b64decode(signature, validate=True)
        if isinstance(public, Ed25519PublicKey):
            public.verify(raw, payload.encode())
        elif isinstance(public, RSAPublicKey):
            public.verify(raw, payload.encode(), PKCS1v15(), SHA256())
        else:
            return False
    except (InvalidSignature, Base64Error):
        return False
    return True


def _recv_window(text: str) -> float:
    if not text:
        return _DEFAULT_RECV_WINDOW_MS
    try:
        window_ms = float(text)
    except ValueError:
        raise ApiError(-1130, "recvWindow") from None
    if not 0 < window_ms <= _MAX_RECV_WINDOW_MS:
        raise ApiError(-1131)
    return window_ms
