"""Words that are part of a template once it is read."""

import pytest
from flask import Flask
from jinja2 import Environment

from webapp.words import words


@pytest.fixture
def templates(app: Flask) -> Environment:
    return app.jinja_env


@pytest.mark.parametrize(
    "source",
    [
        "{{ words.book.title }}",
        "{{ words['book']['title'] }}",
        "{% set say = words.book %}{{ say.title }}",
        "{% macro head() %}{{ words.book.title }}{% endmacro %}{{ head() }}",
    ],
)
def test_a_page_looks_no_word_up_whose_name_the_template_says(templates: Environment, source: str):
    assert templates.from_string(source).render() == words().book.title
    assert str(words().book.title) in str(templates.compile(source, raw=True))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ words.market.title[market] }}", str(words().market.title.spot)),
        (
            "{% for say in [words.book, words.trades] %}{{ say.title }},{% endfor %}",
            f"{words().book.title},{words().trades.title},",
        ),
        (
            "{% set say = words.book %}{{ say.title }},{% set say = words.trades %}{{ say.title }}",
            f"{words().book.title},{words().trades.title}",
        ),
        (
            "{% set say = words.book %}{% macro head(say) %}{{ say.title }}{% endmacro %}"
            "{{ head(words.trades) }}",
            str(words().trades.title),
        ),
    ],
)
def test_what_a_name_means_only_for_one_page_is_looked_up_then(
    templates: Environment, source: str, text: str
):
    assert templates.from_string(source).render(market="spot") == text


def test_a_words_markup_stays_and_what_is_filled_in_is_escaped(templates: Environment):
    source = "{{ words.table.no_match.spot | fill(query=query) }}"
    assert "<bdi>&lt;i&gt;</bdi>" in templates.from_string(source).render(query="<i>")


def test_a_word_that_is_missing_is_found_when_the_template_is_read(templates: Environment):
    with pytest.raises(LookupError, match=r"words\.book\.tittle"):
        templates.compile("{% if false %}{{ words.book.tittle }}{% endif %}")
