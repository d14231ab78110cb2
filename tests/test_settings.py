"""The person's settings, in their cookie and in the page that the server gives."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.test_markets import HandMadeCatalogue, made_app
from webapp.markets.columns import COLUMNS, ranked
from webapp.markets.settings import PersonalSettings


@pytest.fixture
def client() -> FlaskClient:
    return made_app(HandMadeCatalogue()).test_client()


def root_of(html: str) -> str:
    """The page's root without what tells the scripts of the person's numbers."""
    found = re.search("<html[^>]*>", html)
    assert found
    return re.sub(r' data-(locale|numbers)="[^"]*"', "", found.group())


def keep(client: FlaskClient, text: str) -> None:
    client.set_cookie("settings", quote(text, safe=""))


def test_without_a_cookie_the_page_is_as_usual(client: FlaskClient):
    usual = "price-1 change-2 volume-3 range-4 high-5 low-6"
    assert root_of(client.get("/markets").text) == f'<html lang="en" data-columns="{usual}">'


def test_every_page_is_painted_as_the_person_wants_it(client: FlaskClient):
    keep(client, "theme=light&contrast=more&trend=red-up&density=compact&flash=off&columns=base")
    expected = (
        '<html lang="en" data-theme="light" data-contrast="more" data-trend-colours="red-up" '
        'data-density="compact" data-flashes="off" data-columns="base-1">'
    )
    for path in ("/markets", "/no-such-page"):
        assert root_of(client.get(path).text) == expected


@pytest.mark.parametrize(
    "text",
    ["nonsense", "theme=<script>", "theme=pink&columns=;", "%FF%FE", "columns=" + "." * 3000],
)
def test_a_broken_cookie_is_as_usual_but_for_what_makes_sense(client: FlaskClient, text: str):
    keep(client, text)
    response = client.get("/markets")
    assert response.status_code == 200
    assert "data-theme" not in root_of(response.text)


def test_the_form_keeps_everything_and_leads_back_to_its_state(client: FlaskClient):
    client.set_cookie("theme", "dark")
    form = MultiDict(
        [
            ("theme", "system"),
            ("contrast", "more"),
            ("trend", "red-up"),
            ("density", "compact"),
            ("columns", "price"),
            ("columns", "base"),
            ("market", "futures"),
            ("view", "gainers"),
            ("pair", "TSLAUSDT"),
        ]
    )
    response = client.post("/settings", data=form)
    assert response.status_code == 303
    assert response.location == "/markets?market=futures&pair=TSLAUSDT&view=gainers"
    cookie = response.headers.getlist("Set-Cookie")[-1]
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
    page = client.get("/markets").text
    assert root_of(page) == (
        '<html lang="en" data-contrast="more" data-trend-colours="red-up" '
        'data-density="compact" data-flashes="off" data-columns="price-1 base-2">'
    ), "a box that is not ticked is off, and the older cookie is gone"
    assert '<input type="radio" name="density" value="compact" checked>' in page


def test_another_site_cannot_change_the_settings(client: FlaskClient):
    headers = {"Sec-Fetch-Site": "cross-site"}
    response = client.post("/settings", data={"theme": "dark"}, headers=headers)
    assert response.status_code == 403
    assert "Set-Cookie" not in response.headers


def test_the_kept_shell_has_nobodys_settings(client: FlaskClient):
    keep(client, "theme=light&density=compact")
    assert "compact" not in root_of(client.get("/markets/shell").text)


def test_columns_are_ranked_by_importance_whatever_their_order():
    assert ranked(("base", "high", "price")) == "price-1 high-2 base-3"
    assert PersonalSettings.from_fields({"columns": "base.price"}).columns == ("price", "base")
    assert set(ranked(COLUMNS).split()) >= {"price-1", "base-8"}
