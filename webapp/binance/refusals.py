"""Tells from an answer's status and body why Binance refused."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import msgspec

from webapp.binance.errors import (
    AskedTooMuch,
    Banned,
    BinanceError,
    Overloaded,
    Refused,
    RestrictedLocation,
)

# "Try again" codes of https://github.com/binance/binance-spot-api-docs/blob/master/errors.md
_TRY_AGAIN_CODES = frozenset({-1000, -1001, -1003, -1006, -1007, -1008})
_BANNED_UNTIL = re.compile(r"banned until (\d{13})\b")


class _ErrorBody(msgspec.Struct):
    code: int = 0
    msg: str = ""


def refusal_of(status: int, headers: Mapping[str, str], body: bytes) -> BinanceError | None:
    """Return the error that a status other than 2xx stands for, or None."""
    if 200 <= status < 300:
        return None
    error = _read_error(body)
    sentence = f"Binance answered {status}" + (f" ({error.code}: {error.msg})" if error.msg else "")
    wait_seconds = _retry_after_seconds(headers, error)
    if status == 429:
        return AskedTooMuch(sentence, wait_seconds)
    if status in (418, 403):
        return Banned(sentence, wait_seconds)
    if status == 451:
        return RestrictedLocation(sentence)
    if status >= 500 or error.code in _TRY_AGAIN_CODES:
        return Overloaded(sentence, wait_seconds)
    return Refused(sentence)


def _read_error(body: bytes) -> _ErrorBody:
    # A 403 can be a page of HTML, and a 451 has code 0: the status decides, not the body.
    try:
        error = msgspec.json.decode(body, type=_ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _ErrorBody()
    return _ErrorBody(error.code, error.msg[:300])


def _retry_after_seconds(headers: Mapping[str, str], error: _ErrorBody) -> float | None:
    stated = headers.get("Retry-After", "")
    if stated.isascii() and stated.isdecimal():
        return float(stated[:9])
    banned_until = _BANNED_UNTIL.search(error.msg)
    if banned_until:
        return max(0.0, int(banned_until[1]) / 1000 - time.time())
    return None
