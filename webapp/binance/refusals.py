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
    ClockSkew,
    KeyRefused,
    Overloaded,
    Refused,
    RestrictedLocation,
)

# "Try again" codes of https://github.com/binance/binance-spot-api-docs/blob/master/errors.md
_TRY_AGAIN_CODES = frozenset({-1000, -1001, -1003, -1006, -1007, -1008})
_KEY_CODES = {
    -2008: "key-rejected",
    -2014: "key-format",
    -2015: "key-rejected",
    -1022: "bad-signature",
}
_CLOCK_CODE = -1021
_BANNED_UNTIL = re.compile(r"banned until (\d{13})\b")


class _ErrorBody(msgspec.Struct):
    code: int = 0
    msg: str = ""


def refusal_of(
    status: int, headers: Mapping[str, str], body: bytes, *, is_quoted: bool = True
) -> BinanceError | None:
    """Return the error that a status other than 2xx stands for, or None.

    Its text has Binance's own words only when ``is_quoted``.
    """
    if 200 <= status < 300:
        return None
    error = _read_error(body)
    sentence = f"Binance answered {status}"
    if error.msg:
        sentence += f" ({error.code}: {error.msg})" if is_quoted else f" ({error.code})"
    wait_seconds = _retry_after_seconds(headers, error)
    if status == 429:
        return AskedTooMuch(sentence, wait_seconds)
    # Which status comes with these codes is not documented: a 403 may be about the key as well.
    if 400 <= status < 500 and status != 418 and error.code in (*_KEY_CODES, _CLOCK_CODE):
        word = _KEY_CODES.get(error.code)
        return KeyRefused(word) if word else ClockSkew(sentence)
    if status in (418, 403):
        return Banned(sentence, wait_seconds)
    if status == 451:
        return RestrictedLocation(sentence)
    if status >= 500 or error.code in _TRY_AGAIN_CODES:
        return Overloaded(sentence, wait_seconds)
    return KeyRefused("unauthorised") if status == 401 else Refused(sentence)


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
