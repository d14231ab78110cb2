"""Decimal strings of the exchange as a person reads them; exact, never by way of a float.

``static/js/views/figures.js`` writes the live ones in the same way.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

UNKNOWN = "–"
MINUS = "\N{MINUS SIGN}"
_COMPACT_LETTERS = ("", "K", "M", "B", "T")
_AGE_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def decimal_of(text: str | None) -> Decimal | None:
    """The number in the string, or None when it holds none."""
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def price_text(number: Decimal | None, tick_size: str) -> str:
    """``67123.4`` at a tick of 0.01 is ``67,123.40``; a digit that is not zero is never dropped."""
    if number is None:
        return UNKNOWN
    places = max(_places(number), _places(decimal_of(tick_size) or Decimal(1)))
    return f"{number:,.{places}f}".replace("-", MINUS)


def percent_text(number: Decimal | None) -> str:
    """``-2.071`` is ``−2.07%``; a rise carries its plus."""
    if number is None:
        return UNKNOWN
    rounded = _rounded(number, 2)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):,.2f}%"


def compact_text(number: Decimal | None) -> str:
    """At most four figures and a letter: ``940099726.82`` is ``940.1M``."""
    if number is None:
        return UNKNOWN
    for power, letter in enumerate(_COMPACT_LETTERS):
        rounded = _rounded(number.scaleb(-3 * power), 1 if power else 2)
        if abs(rounded) < 1_000 or letter == _COMPACT_LETTERS[-1]:
            break
    return f"{rounded:f}{letter}" if power else f"{rounded:f}".rstrip("0").rstrip(".")


def trend_of(number: Decimal | None) -> str:
    """``up``, ``down`` or ``flat``, as it stands once rounded to what is shown."""
    rounded = _rounded(number, 2) if number is not None else 0
    return "up" if rounded > 0 else "down" if rounded < 0 else "flat"


def age_text(seconds: float) -> str:
    """``75`` is ``1 min``: in the largest unit of which there is a whole one."""
    whole = max(0, int(seconds))
    for size, unit in _AGE_UNITS:
        if whole >= size:
            return f"{whole // size} {unit}"
    return f"{whole} s"


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
