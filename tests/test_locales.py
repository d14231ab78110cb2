"""Numbers and days in the way of the person's language, words in English."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from babel.localedata import locale_identifiers
from flask.testing import FlaskClient

from tests.test_markets import SPOT, HandMadeCatalogue, field, made_app, row
from webapp.locales import DEFAULT, best_look, current_look, look_of, written_as
from webapp.markets.figures import compact_text, day_text, percent_text, price_text
from webapp.markets.list_rows import LOOKS_KEPT, rows_of
from webapp.symbols.listing import SymbolList

NARROW, NO_BREAK = "\u202f", "\xa0"
# Of -1234567.8 at a tick of 0.01, and of -0.49 per cent.
WRITTEN = {
    "en-US": ("−1,234,567.80", "−0.49%"),
    "en-GB": ("−1,234,567.80", "−0.49%"),
    "en-IN": ("−12,34,567.80", "−0.49%"),
    "de-DE": ("−1.234.567,80", f"−0,49{NO_BREAK}%"),
    "de-CH": ("−1’234’567.80", "−0.49%"),
    "fr-FR": (f"−1{NARROW}234{NARROW}567,80", f"−0,49{NO_BREAK}%"),
    "es-ES": ("−1.234.567,80", f"−0,49{NO_BREAK}%"),
    "es-MX": ("−1,234,567.80", "−0.49%"),
    "pt-BR": ("−1.234.567,80", "−0,49%"),
    "pl-PL": (f"−1{NO_BREAK}234{NO_BREAK}567,80", "−0,49%"),
    "ru-RU": (f"−1{NO_BREAK}234{NO_BREAK}567,80", f"−0,49{NO_BREAK}%"),
    "tr-TR": ("−1.234.567,80", "−%0,49"),
    "ja-JP": ("−1,234,567.80", "−0.49%"),
    "zh-CN": ("−1,234,567.80", "−0.49%"),
    "hi-IN": ("−12,34,567.80", "−0.49%"),
    "he-IL": ("−1,234,567.80", "−0.49%"),
    "ar-EG": ("−١٬٢٣٤٬٥٦٧٫٨٠", "−٠٫٤٩٪"),
    "fa-IR": ("−۱٬۲۳۴٬۵۶۷٫۸۰", "−۰٫۴۹٪"),
    "bn-BD": ("−১২,৩৪,৫৬৭.৮০", "−০.৪৯%"),
}


@pytest.mark.parametrize("tag", WRITTEN)
def test_a_number_is_written_as_its_locale_does(tag: str):
    with written_as(look_of(tag)):
        price = price_text(Decimal("-1234567.8"), "0.01")
        assert (price, percent_text(Decimal("-0.49"))) == WRITTEN[tag]


def test_every_locale_that_unicode_has_can_be_written():
    for name in locale_identifiers():
        look = look_of(name.replace("_", "-"))
        assert len(look.digits) == 10
        assert look.decimal not in ("", look.group)


@pytest.mark.parametrize(
    ("tag", "volume", "day"),
    [
        ("en-GB", "940.1M", "26 Mar 2027"),
        ("en-US", "940.1M", "Mar 26, 2027"),
        ("de-DE", "940,1M", "26.03.2027"),
        ("ja-JP", "940.1M", "2027/03/26"),
        ("ar-EG", "٩٤٠٫١M", "٢٦‏/٠٣‏/٢٠٢٧"),
    ],
)
def test_a_volume_keeps_its_letter_and_a_day_its_calendar(tag: str, volume: str, day: str):
    with written_as(look_of(tag)):
        assert compact_text(Decimal("940099726.82")) == volume
        assert day_text(date(2027, 3, 26)) == day


@pytest.mark.parametrize(
    ("tags", "chosen"),
    [
        (["de-DE", "en"], "de-DE"),
        (["tlh", "fr-CA", "de"], "fr-CA"),
        (["de-XX"], "de"),
        (["zh-Hant-TW"], "zh-Hant-TW"),
        (["no"], "no"),
        (["*"], DEFAULT),
        ([], DEFAULT),
        (["en-US-u-nu-latn"], "en-US"),
        (["x" * 5000, "../../etc/passwd", "de\0", "-", ""], DEFAULT),
        (["qq"] * 12 + ["de"], DEFAULT),
    ],
)
def test_the_first_language_that_is_known_is_chosen(tags: list[str], chosen: str):
    assert best_look(tags).locale == chosen


@pytest.fixture
def catalogue() -> HandMadeCatalogue:
    return HandMadeCatalogue()


@pytest.fixture
def client(catalogue: HandMadeCatalogue) -> FlaskClient:
    return made_app(catalogue).test_client()


def page(client: FlaskClient, languages: str, path: str = "/markets") -> str:
    return client.get(path, headers={"Accept-Language": languages}).text


def test_each_person_gets_their_own_numbers_from_one_list(client: FlaskClient):
    for _ in range(2):  # the second time from what is kept
        german = page(client, "de-DE,de;q=0.9,en;q=0.8")
        indian = page(client, "en;q=0.5, en-IN")
        assert field(row(german, "BTCUSDT"), "price") == "86.495,60"
        assert field(row(german, "BTCUSDT"), "change") == f"−1,25{NO_BREAK}%"
        assert field(row(indian, "BTCUSDT"), "price") == "86,495.60"
        assert 'data-locale="de-DE"' in german
        assert 'data-locale="en-IN"' in indian
    assert field(row(page(client, ""), "BTCUSDT"), "price") == "86,495.60"
    assert "5 pairs from this server, 1 min old" in german  # the words stay English


def test_a_language_that_is_refused_is_not_used(client: FlaskClient):
    assert 'data-locale="fr"' in page(client, "de;q=0, fr;q=0.1")


def test_the_page_tells_its_scripts_what_it_writes(client: FlaskClient):
    html = page(client, "fr-FR")
    told = re.search(r'data-numbers="([^"]+)"', html)
    assert told
    look = json.loads(told.group(1).replace("&#34;", '"'))
    assert (look["decimal"], look["group"], look["percent"]) == (",", NARROW, ["", f"{NO_BREAK}%"])


def test_a_cache_is_told_that_the_language_matters(client: FlaskClient):
    assert "Accept-Language" in client.get("/markets").headers["Vary"]


def test_the_shell_is_the_same_for_every_language(client: FlaskClient):
    shells = {page(client, languages, "/markets/shell") for languages in ("de-DE", "ar-EG", "")}
    assert len(shells) == 1
    assert "data-locale" not in shells.pop()


def test_an_error_page_has_the_locale_too(client: FlaskClient):
    assert 'data-locale="de-DE"' in page(client, "de-DE", "/no-such-page")


def test_the_rows_of_few_locales_are_kept_at_a_time():
    listing = SymbolList("spot", SPOT, 0, None)
    with written_as(look_of("en-GB")):
        first = rows_of(listing)
        assert rows_of(listing) is first
    for tag in list(WRITTEN)[2 : 2 + LOOKS_KEPT]:
        with written_as(look_of(tag)):
            rows_of(listing)
    with written_as(look_of("en-GB")):
        assert rows_of(listing) is not first


def test_outside_of_a_request_numbers_are_english():
    assert current_look().locale == DEFAULT


def test_each_reader_of_one_server_has_their_own_example_of_an_amount():
    client = made_app(HandMadeCatalogue()).test_client()
    for language, example in (("en", "0.5"), ("de", "0,5")):
        page = client.get("/markets", headers={"Accept-Language": language}).text
        assert f'placeholder="{example}"' in page
