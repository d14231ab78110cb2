"""Decimal strings of the exchange as a person reads them; exact, never by way of a float.

Separators, digits and the percent sign's place are those of the person's locale. Thousands are
always set apart, since a column reads better so; the minus is U+2212 and stands first, since the
page runs from left to right; K, M, B and T are the same for all. ``static/js/views/figures.js``
writes the live ones in the same way.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel import Locale
from babel.dates import format_date

from webapp.locales import MINUS, current_look
from webapp.words import fill, words

UNKNOWN = "–"
_COMPACT_LETTERS = ("", "K", "M", "B", "T")
_AGE_UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


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
    return decimal_text(f"{number:.{places}f}")


def decimal_text(plain: str) -> str:
    """A plain decimal with its thousands set apart and just the decimals that it has."""
    return current_look().written(plain)


def day_text(day: date) -> str:
    """``26 Mar 2027``, by the calendar that the exchange has."""
    look = current_look()
    return look.with_digits(format_date(day, "medium", locale=Locale.parse(look.locale, sep="-")))


def percent_text(number: Decimal | None, places: int = 2) -> str:
    """``-2.071`` is ``−2.07%``; a rise carries its plus."""
    if number is None:
        return UNKNOWN
    text = signed_text(number, places)
    sign = text[0] if text[0] in f"+{MINUS}" else ""
    return sign + current_look().written_percent(text.removeprefix(sign))


def signed_text(number: Decimal, places: int) -> str:
    """``1.25`` is ``+1.3`` in one place; nought has no sign."""
    rounded = _rounded(number, places)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return sign + decimal_text(f"{abs(rounded):.{places}f}")


def difference_text(number: Decimal, tick_size: str) -> str:
    """A difference of prices, with its sign and every digit that is not zero."""
    return ("+" if number > 0 else "") + price_text(number, tick_size)


def basis_points_text(number: Decimal) -> str:
    """``2.5`` is ``+2.5 bps``."""
    return fill(words().unit.basis_points, count=signed_text(number, 1))


def compact_text(number: Decimal | None) -> str:
    """At most four figures and a letter: ``940099726.82`` is ``940.1M``."""
    if number is None:
        return UNKNOWN
    for power, letter in enumerate(_COMPACT_LETTERS):
        rounded = _rounded(number.scaleb(-3 * power), 1 if power else 2)
        if abs(rounded) < 1_000 or letter == _COMPACT_LETTERS[-1]:
            break
    if power:
        return decimal_text(f"{rounded:f}") + letter
    return decimal_text(f"{rounded:f}".rstrip("0").rstrip("."))


def move_text(number: Decimal | None, tick_size: str) -> str:
    """A change of price in the quote asset: ``+12.50``."""
    return UNKNOWN if number is None else difference_text(number, tick_size)


def place_between(
    price: Decimal | None, low: Decimal | None, high: Decimal | None
) -> Decimal | None:
    """Where the price stands between low and high: 0 to 100, with two decimals."""
    if price is None or low is None or high is None or low >= high:
        return None
    return min(Decimal(100), max(Decimal(0), _rounded((price - low) * 100 / (high - low), 2)))


def place_text(number: Decimal | None) -> str:
    """``63.4`` is ``63%``: of the way from low to high."""
    if number is None:
        return UNKNOWN
    return current_look().written_percent(decimal_text(f"{_rounded(number, 0)}"))


def trend_of(number: Decimal | None) -> str:
    """``up``, ``down`` or ``flat``, as it stands once rounded to what is shown."""
    rounded = _rounded(number, 2) if number is not None else 0
    return "up" if rounded > 0 else "down" if rounded < 0 else "flat"


def age_text(seconds: float) -> str:
    """``75`` is ``1 min``: in the largest unit of which there is a whole one."""
    whole = max(0, int(seconds))
    size, unit = next(found for found in _AGE_UNITS if whole >= found[0] or found[0] == 1)
    return fill(words().unit[unit], count=decimal_text(str(whole // size)))


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
