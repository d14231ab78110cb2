"""How numbers are written for the person: in the way of the first language of their browser.

The words have a language of their own (``webapp.words``): a German reads English here, but a price
as ``86.425,74``. The page tells its scripts what was chosen, so that both write alike whatever
Unicode data they have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from flask import Flask, request
from jinja2 import pass_context
from jinja2.runtime import Context

DEFAULT = "en-GB"  # English with the day before the month, for who names no language
TAGS_MAX = 12  # of a header that are looked at
TAG_MAX_LENGTH = 35
LATIN = "0123456789"
MINUS = "\N{MINUS SIGN}"
_ZEROS = {
    "adlm": "\U0001e950",
    "arab": "\u0660",
    "arabext": "\u06f0",
    "beng": "\u09e6",
    "cakm": "\U00011136",
    "deva": "\u0966",
    "hmnp": "\U0001e140",
    "mtei": "\uabf0",
    "mymr": "\u1040",
    "nkoo": "\u07c0",
    "olck": "\u1c50",
    "tibt": "\u0f20",
}
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))  # the page runs left to right


@dataclass(frozen=True)
class NumberLook:
    """How a locale writes numbers; the same facts as in ``static/js/lib/number-look.js``."""

    locale: str  # as a language tag: "de-DE"
    decimal: str
    group: str
    sizes: tuple[int, int]  # of the last group, and of those before it
    percent: tuple[str, str]  # what stands before and after the number
    digits: str  # from zero to nine

    def to_json(self) -> str:
        """As the page's scripts read it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def with_digits(self, text: str) -> str:
        """The text with the locale's digits in place of the Latin ones."""
        return text if self.digits == LATIN else text.translate(_table_of(self.digits))

    def written(self, plain: str) -> str:
        """A plain decimal with its thousands set apart and just the decimals that it has."""
        sign = MINUS if plain.startswith("-") else ""
        whole, _, fraction = plain.removeprefix("-").partition(".")
        text = self._grouped(whole)
        return sign + self.with_digits(f"{text}{self.decimal}{fraction}" if fraction else text)

    def written_percent(self, number: str) -> str:
        """A number that is written already, with the percent sign where the locale has it."""
        before, after = self.percent
        return f"{before}{number}{after}"

    def _grouped(self, whole: str) -> str:
        last, others = self.sizes
        parts = [whole[-last:]]
        rest = whole[:-last]
        while rest:
            parts.append(rest[-others:])
            rest = rest[:-others]
        return self.group.join(reversed(parts))


@lru_cache(maxsize=256)
def look_of(tag: str) -> NumberLook:
    """The look of a locale that Unicode's data has; raises ``ValueError`` for another."""
    try:
        locale = Locale.parse(tag, sep="-")
    except UnknownLocaleError as error:
        raise ValueError(str(error)) from None
    system = locale.default_numbering_system
    if system not in _ZEROS:
        system = "latn"
    tables = locale.number_symbols  # of a system there may be a part only
    symbols = {**tables["latn"], **tables.get(system, {})}
    percent = locale.percent_formats[None]
    sign = symbols["percentSign"].translate(_DIRECTION_MARKS)
    zero = ord(_ZEROS.get(system, "0"))
    return NumberLook(
        locale=_as_asked(locale, tag),
        decimal=symbols["decimal"],
        group=symbols["group"],
        sizes=(3, 2) if locale.decimal_formats[None].grouping == (3, 2) else (3, 3),
        percent=(percent.prefix[0].replace("%", sign), percent.suffix[0].replace("%", sign)),
        digits="".join(chr(zero + place) for place in range(10)),
    )


def best_look(tags: Iterable[str]) -> NumberLook:
    """The look of the first language that is known, best first."""
    for tag, _ in zip(tags, range(TAGS_MAX), strict=False):
        parts = tag[:TAG_MAX_LENGTH].split("-")
        for length in range(len(parts), 0, -1):  # of "de-XX" at least the "de" is known
            try:
                return look_of("-".join(parts[:length]))
            except ValueError:
                continue
    return look_of(DEFAULT)


_current: ContextVar[NumberLook | None] = ContextVar("number_look", default=None)


def current_look() -> NumberLook:
    """The look in which this request's numbers are written."""
    return _current.get() or look_of(DEFAULT)


@contextmanager
def written_as(look: NumberLook) -> Iterator[None]:
    """Write numbers in this look for a while."""
    token = _current.set(look)
    try:
        yield
    finally:
        _current.reset(token)


def init_locales(app: Flask) -> None:
    @app.before_request
    def follow_the_browser() -> None:
        tags = (tag for tag, quality in request.accept_languages if quality > 0)
        _current.set(best_look(tags))

    @app.teardown_request
    def forget_the_browser(_: BaseException | None) -> None:
        _current.set(None)

    app.jinja_env.filters["decimal"] = _decimal
    app.jinja_env.filters["day"] = _day
    app.jinja_env.filters["moment"] = _moment


@pass_context  # or Jinja would write a constant once, in the locale of whoever came first
def _decimal(_: Context, plain: str) -> str:
    return current_look().written(plain)


@pass_context
def _day(_: Context, at: float) -> str:
    """The day of a time in epoch seconds, in UTC."""
    return format_date(datetime.fromtimestamp(at, UTC), locale=_babel_locale())


@pass_context
def _moment(_: Context, at: float) -> str:
    """A time in epoch seconds, in UTC, and said so."""
    moment = datetime.fromtimestamp(at, UTC)
    day, time = format_date(moment, locale=_babel_locale()), moment.strftime("%H:%M")
    return f"{day} {current_look().with_digits(time)} UTC"


def _babel_locale() -> Locale:
    return Locale.parse(current_look().locale, sep="-")


def _as_asked(locale: Locale, tag: str) -> str:
    """The locale's tag, without the script that "zh-CN" goes without saying."""
    named = {part.casefold() for part in tag.split("-")}
    parts = str(locale).split("_")
    return "-".join(part for part in parts if len(part) != 4 or part.casefold() in named)


@lru_cache(maxsize=32)
def _table_of(digits: str) -> dict[int, str]:
    return {ord("0") + value: digit for value, digit in enumerate(digits)}
