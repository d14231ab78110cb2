"""What the page says, in the person's language: ``static/words/<language>.json``.

That file holds every sentence that a script may say, for the templates too; those of pages without
scripts are in ``templates/words/<language>.json``. Another language is two other files. A template
writes ``words.trades.title``, ``words.pair.state | fill(pair=…, state=…)`` and
``words.source.server | counted(n)``; other code asks ``words()``.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from babel import Locale
from flask import Flask
from markupsafe import Markup

from webapp.config import PROJECT_DIR
from webapp.isolate import isolated
from webapp.locales import current_look

LANGUAGE = "en"


class Words:
    """A part of the words by name; one that is missing is an error and not an empty place."""

    def __init__(self, table: dict[str, Any], name: str = "words") -> None:
        self._name = name
        # Made once, for a page asks for a thousand of them.
        self._said = {key: _said(value, f"{name}.{key}") for key, value in table.items()}

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __getitem__(self, key: str) -> Any:
        try:
            return self._said[key]
        except KeyError:
            raise LookupError(f"{self._name}.{key} is not among the words") from None

    def __contains__(self, key: str) -> bool:
        return key in self._said

    def of_count(self, count: int, **values: Any) -> Markup:
        """The form that the language has for so many, with ``{count}`` and the others filled in."""
        form = Locale.parse(LANGUAGE).plural_form(count)
        number = current_look().written(str(count))
        return fill(self[form if form in self else "other"], count=number, **values)


def _said(value: Any, name: str) -> Words | Markup:
    # The words are ours and may hold markup; what is filled into them is escaped.
    return Words(value, name) if isinstance(value, dict) else Markup(value)  # noqa: S704


def fill(text: Words | Markup, **values: Any) -> Markup:
    """The sentence with its ``{names}`` replaced."""
    if isinstance(text, Words):
        raise TypeError("a part of the words is no sentence")
    return text.format(**values)


@cache
def words() -> Words:
    """All words, read once."""
    tables = [
        json.loads((PROJECT_DIR / folder / "words" / f"{LANGUAGE}.json").read_text("utf-8"))
        for folder in ("static", "templates")
    ]
    return Words(tables[0] | tables[1])


def init_words(app: Flask) -> None:
    app.jinja_env.globals["language"] = LANGUAGE
    app.jinja_env.globals["words"] = words()
    app.jinja_env.filters["fill"] = fill
    app.jinja_env.filters["isolated"] = isolated
    app.jinja_env.filters["counted"] = Words.of_count
