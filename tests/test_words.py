"""The words: one file, for the templates and for the scripts."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from webapp.config import PROJECT_DIR
from webapp.words import Words, fill

WORDS = Words(
    {
        "book": {
            "cost": "<b>{sum}</b> for {base}",
            "levels": {"one": "{count} level", "other": "{count} levels"},
        }
    }
)


def test_what_is_filled_in_is_escaped_and_the_words_own_markup_is_not():
    assert fill(WORDS.book.cost, sum="<i>", base="币") == "<b>&lt;i&gt;</b> for 币"


@pytest.mark.parametrize(("count", "text"), [(0, "0 levels"), (1, "1 level"), (2, "2 levels")])
def test_a_count_has_the_form_of_its_language(count: int, text: str):
    assert WORDS.book.levels.of_count(count) == text


def test_a_word_that_is_missing_is_an_error_that_names_it():
    with pytest.raises(LookupError, match=r"words\.book\.spread"):
        _ = WORDS.book.spread


# Asked for by a word of the exchange's, or by an answer's status.
BY_VALUE = ("state", "contract", "error")
PLURALS = {"zero", "one", "two", "few", "many", "other"}


def leaves(table: dict[str, Any], *path: str) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, *path, key)
        else:
            yield (*path, key)


def all_words() -> dict[str, Any]:
    of_scripts, of_pages = (
        json.loads((PROJECT_DIR / folder / "words/en.json").read_text())
        for folder in ("static", "templates")
    )
    assert not of_scripts.keys() & of_pages.keys()
    return {**of_scripts, **of_pages}


def test_every_word_is_used():
    table = all_words()
    sources = [
        path.read_text()
        for folder, ending in (("templates", "html"), ("webapp", "py"), ("static/js", "js"))
        for path in (PROJECT_DIR / folder).rglob(f"*.{ending}")
    ]
    names = [set(re.findall(r"[\w-]+", source)) for source in sources if "words" in source]
    unused = []
    for path in leaves(table):
        section, name = path[0], [key for key in path if key not in PLURALS][-1]
        is_named = any({section, name} <= found for found in names)
        is_a_value = any(f'"{name}"' in source for source in sources)  # a cause, a state, a market
        if not (section in BY_VALUE or is_named or is_a_value):
            unused.append(".".join(path))
    assert unused == []


def test_every_sentence_has_its_names_in_braces_that_close():
    table = all_words()
    for path in leaves(table):
        text: Any = table
        for key in path:
            text = text[key]
        assert re.sub(r"\{\w+\}", "", text).count("{") == 0, path
        assert text.strip(" ") == text, path
