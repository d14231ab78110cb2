"""Values that know when each was set, and how two copies of them become one.

``static/js/state/registers.js`` merges in the same way, to the letter: copies in browsers and here
have to agree in every case.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

_LATEST_DATE_MS = 8_640_000_000_000_000  # the last that a browser can tell
_SAFE_INTEGER_MAX = 2**53 - 1
# Where JavaScript writes a number without an exponent.
_PLAIN_DIGITS_MAX = 21
_LEADING_ZEROS_MAX = 6

Value = str | int | float | None


class Register(NamedTuple):
    """A value, and when it was set, in milliseconds since 1970."""

    value: Value
    at_ms: int


Registers = Mapping[str, Register]


def merged(mine: Registers, theirs: Registers) -> dict[str, Register]:
    """Of each value the newer one: the same whatever the order, and however often."""
    both = dict(mine)
    for name, register in theirs.items():
        if _is_newer(register, both.get(name)):
            both[name] = register
    return both


def stamp(registers: Registers, now_ms: int) -> int:
    """A time for the edit that comes now: later than all that is known, whatever the clock says."""
    return max(now_ms, 1 + max((register.at_ms for register in registers.values()), default=0))


def with_values(
    registers: Registers, values: Mapping[str, Value], now_ms: int
) -> dict[str, Register]:
    """The registers after an edit that sets these values."""
    at_ms = stamp(registers, now_ms)
    return {**registers, **{name: Register(value, at_ms) for name, value in values.items()}}


def without_removed(registers: Registers, before_ms: int) -> dict[str, Register]:
    """Forget what was removed so long ago that no copy can still hold it."""
    return {
        name: register
        for name, register in registers.items()
        if register.value is not None or register.at_ms >= before_ms
    }


def clamped(registers: Registers, latest_ms: int, now_ms: int) -> dict[str, Register]:
    """What a wrong clock has set far in the future counts as set now, or it would win for ever."""
    return {
        name: register if register.at_ms <= latest_ms else Register(register.value, now_ms)
        for name, register in registers.items()
    }


def readable(entries: Mapping[str, object]) -> Iterator[tuple[str, Register]]:
    """Those that are a register at all, as ``[value, atMs]``."""
    for name, entry in entries.items():
        register = _register(entry)
        if register is not None:
            yield name, register


def to_json(registers: Registers) -> str:
    return msgspec.json.encode(registers).decode()


def from_json(text: str) -> dict[str, Register]:
    """What ``to_json`` wrote."""
    return dict(readable(msgspec.json.decode(text)))


def _is_newer(register: Register, other: Register | None) -> bool:
    if other is None or register.at_ms != other.at_ms:
        return other is None or register.at_ms > other.at_ms
    # Set in the same millisecond: any rule will do on which all copies agree.
    return _utf16(_written(register.value)) > _utf16(_written(other.value))


def _written(value: Value) -> str:
    """As ``JSON.stringify`` writes it."""
    if isinstance(value, (int, float)):
        return _number(float(value))
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """https://tc39.es/ecma262/#sec-numeric-types-number-tostring"""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, minus = "".join(map(str, digits)), "-" if sign and value else ""
    point = len(text) + int(exponent)  # how many digits stand before it
    if len(text) <= point <= _PLAIN_DIGITS_MAX:
        return minus + text + "0" * (point - len(text))
    if 0 < point <= _PLAIN_DIGITS_MAX:
        return f"{minus}{text[:point]}.{text[point:]}"
    if -_LEADING_ZEROS_MAX < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    rest = f".{text[1:]}" if len(text) > 1 else ""
    return f"{minus}{text[0]}{rest}e{point - 1:+d}"


def _utf16(text: str) -> bytes:
    """What JavaScript compares texts by."""
    return text.encode("utf-16-be")


def _register(entry: object) -> Register | None:
    match entry:
        case [None | str() | int() | float() as value, int() | float() as at_ms]:
            is_good = _is_value(value) and _is_time(at_ms)
            return Register(_plain(value), int(at_ms)) if is_good else None
        case _:
            return None


def _is_value(value: Value) -> bool:
    return not isinstance(value, (int, float)) or _is_number(value)


def _is_time(at_ms: float) -> bool:
    is_whole = _is_number(at_ms) and at_ms == int(at_ms)
    return is_whole and -_SAFE_INTEGER_MAX <= at_ms <= _LATEST_DATE_MS


def _is_number(number: float) -> bool:
    return not isinstance(number, bool) and math.isfinite(number)


def _plain(value: Value) -> Value:
    """JavaScript knows one kind of number."""
    if not isinstance(value, (int, float)):
        return value
    number = float(value)
    is_safe = number.is_integer() and abs(number) <= _SAFE_INTEGER_MAX
    return int(number) if is_safe else number
