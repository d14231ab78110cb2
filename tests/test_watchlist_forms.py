"""The watchlist without JavaScript: one cookie, edited by forms."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.test_markets import (
    UNICODE_SYMBOL,
    HandMadeCatalogue,
    made_app,
    of_htmx,
    row,
    table_symbols,
    watchlist_keys,
)
from webapp.markets.watchlist import Watchlist
from webapp.watchlists.keys import parse_key


@pytest.fixture
def client() -> FlaskClient:
    return made_app(HandMadeCatalogue()).test_client()


def edit(client: FlaskClient, **form: str) -> TestResponse:
    return client.post("/markets/watchlist", data=form)


def shown_keys(client: FlaskClient) -> list[str]:
    return watchlist_keys(client.get("/markets").text)


def test_a_watched_pair_is_kept_in_a_cookie_for_a_year(client: FlaskClient):
    form = {"add": "spot:ETHUSDT", "market": "futures", "sort": "price", "pair": "TSLAUSDT"}
    response = client.post("/markets/watchlist", data=form)
    assert response.status_code == 303
    assert response.location == "/markets?market=futures&pair=TSLAUSDT&sort=price"
    cookie = response.headers["Set-Cookie"]
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie

    page = client.get("/markets").text
    assert watchlist_keys(page) == ["spot:ETHUSDT"]
    assert 'aria-pressed="true"' in row(page, "ETHUSDT")


def test_each_button_of_a_list_stands_in_its_form_and_none_names_it(client: FlaskClient):
    """One that names its form costs a browser more with each other one: a swap took a second."""
    edit(client, add="spot:ETHUSDT")
    page = client.get("/markets?sort=price").text
    assert not re.search(r"<button[^>]* form=", page)
    for table in ('id="pairs"', "pairs pairs-narrow"):
        before, after = page.split(table)
        head, rows = before.rpartition("<form ")[2], after.partition("</form>")[0]
        assert 'action="/markets/watchlist"' in head
        assert '<input type="hidden" name="sort" value="price">' in head
        assert "</form>" not in head
        assert 'class="star" name' in rows

    swapped = client.get("/markets", headers=of_htmx("section#markets")).text
    assert 'class="star" name' in swapped
    assert "<form" not in swapped


def test_spot_and_futures_are_watched_together_and_removed_one_by_one(client: FlaskClient):
    for key in ("futures:BTCUSDT", "spot:BTCUSDT", f"spot:{UNICODE_SYMBOL}", "spot:BTCUSDT"):
        client.post("/markets/watchlist", data={"add": key})
    client.post("/markets/watchlist", data={"remove": "spot:BTCUSDT"})
    keys = watchlist_keys(client.get("/markets").text)
    assert keys == ["futures:BTCUSDT", f"spot:{UNICODE_SYMBOL}"]


def test_a_watched_pair_that_left_the_list_stays_with_words(client: FlaskClient):
    client.set_cookie("watchlist", quote("spot:GONEUSDT"))
    page = client.get("/markets").text
    assert watchlist_keys(page) == ["spot:GONEUSDT"]
    assert "not listed" in row(page, "GONEUSDT")


@pytest.mark.parametrize(
    "value", ["nonsense", "%FF%FE", "spot:", "bond:BTCUSDT", "spot:<script>", ",".join(["a"] * 500)]
)
def test_a_broken_cookie_is_an_empty_watchlist(client: FlaskClient, value: str):
    client.set_cookie("watchlist", value)
    assert watchlist_keys(client.get("/markets").text) == []


def test_the_watchlist_has_a_limit_that_a_browser_will_keep(client: FlaskClient):
    shared = ",".join(f"spot:{i}币安人生USDT" for i in range(200))
    response = client.post("/markets/watchlist", data={"keep": "1", "list": shared})
    value = response.headers["Set-Cookie"].split(";")[0].removeprefix("watchlist=")
    assert len(value) < 4000
    assert unquote(value).startswith("spot:0币安人生USDT,spot:1币安人生USDT")


def test_another_site_cannot_edit_the_watchlist(client: FlaskClient):
    headers = {"Sec-Fetch-Site": "cross-site"}
    response = client.post("/markets/watchlist", data={"add": "spot:BTCUSDT"}, headers=headers)
    assert response.status_code == 403
    assert "Set-Cookie" not in response.headers


def test_pairs_are_ordered_by_forms(client: FlaskClient):
    client.set_cookie("watchlist", quote("spot:BTCUSDT,spot:ETHUSDT,futures:TSLAUSDT"))
    answer = edit(client, up="futures:TSLAUSDT", sort="price")
    assert answer.location == "/markets?market=spot&sort=price&ordering=1#watchlist"
    assert shown_keys(client) == ["spot:BTCUSDT", "futures:TSLAUSDT", "spot:ETHUSDT"]
    edit(client, down="spot:BTCUSDT")
    assert shown_keys(client) == ["futures:TSLAUSDT", "spot:BTCUSDT", "spot:ETHUSDT"]
    for form in ({"up": "futures:TSLAUSDT"}, {"down": "spot:ETHUSDT"}, {"up": "spot:XUSDT"}):
        assert edit(client, **form).status_code == 303
        assert shown_keys(client) == ["futures:TSLAUSDT", "spot:BTCUSDT", "spot:ETHUSDT"]
    assert '<details class="order-form" open>' in client.get("/markets?ordering=1").text
    assert '<details class="order-form">' in client.get("/markets").text


def test_an_edit_keeps_the_lists_name_and_what_only_the_script_knows(client: FlaskClient):
    client.set_cookie("watchlist", quote("id=a1,name=My%20%2C%20list,spot:BTCUSDT,+12"))
    edit(client, add="spot:ETHUSDT")
    value = client.get_cookie("watchlist")
    assert value is not None
    assert unquote(value.value) == "spot:BTCUSDT,spot:ETHUSDT,+12,id=a1,name=My%20%2C%20list"
    page = client.get("/markets").text
    assert re.search(r'id="watchlist-title">My , list<', page)
    assert "12 more pairs of this list need JavaScript" in page


@pytest.mark.parametrize("name", ["Majors", "a,b;c=d", '币安 "<&', "+3", "id=x", "name=y"])
def test_a_list_is_read_as_it_was_written(name: str):
    keys = tuple(filter(None, map(parse_key, ("spot:BTCUSDT", "futures:币安人生USDT"))))
    watchlist = Watchlist(keys, name, "k3x", 4)
    assert Watchlist.parse(str(watchlist)) == watchlist


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "asks for no change"),
        ({"add": "BTCUSDT"}, "“BTCUSDT” names no pair"),
        ({"up": "bond:<b>"}, "“bond:&lt;b&gt;” names no pair"),
        ({"keep": "1"}, "There is no shared list to keep"),
        ({"open": "0"}, "no longer put aside"),
        ({"open": "-1"}, "no longer put aside"),
    ],
)
def test_a_form_that_cannot_be_understood_is_told_why(
    client: FlaskClient, form: dict[str, str], words: str
):
    client.set_cookie("watchlist", quote("spot:BTCUSDT"))
    answer = edit(client, **form)
    assert answer.status_code == 400
    assert words in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_full_cookie_takes_no_more_and_says_so(client: FlaskClient):
    full = ",".join(f"spot:{i}USDT" for i in range(150))
    client.set_cookie("watchlist", quote(full))
    answer = edit(client, add="spot:ONEMOREUSDT")
    assert answer.status_code == 413
    assert "There is no room for more in the cookie" in answer.text
    assert len(shown_keys(client)) == 150
    assert edit(client, add="spot:0USDT").status_code == 303  # it is there already


def test_a_shared_list_is_kept_as_a_new_one_and_the_old_one_can_be_opened_again(
    client: FlaskClient,
):
    edit(client, add="spot:ETHUSDT")
    shared = "spot:BTCUSDT,futures:TSLAUSDT"
    page = client.get(f"/markets?list={shared}&name=From%20Ann").text
    assert watchlist_keys(page) == shared.split(",")
    assert "Shared list: From Ann" in page
    assert "name=From+Ann" in page, "links within the page keep the list and its name"

    kept = edit(client, keep="1", list=shared, name="From Ann")
    assert kept.location == "/markets?market=spot"
    page = client.get("/markets").text
    assert watchlist_keys(page) == shared.split(",")
    assert "Open Watchlist (1)" in page
    edit(client, open="0")
    page = client.get("/markets").text
    assert watchlist_keys(page) == ["spot:ETHUSDT"]
    assert "Open From Ann (2)" in page


def test_what_cannot_be_put_aside_for_want_of_room_is_not_lost(client: FlaskClient):
    long = ",".join(f"spot:{i}USDT" for i in range(150))
    client.set_cookie("watchlist", quote(long))
    answer = edit(client, keep="1", list="spot:BTCUSDT")
    assert answer.status_code == 413
    assert "Set-Cookie" not in answer.headers
    assert len(shown_keys(client)) == 150


def test_a_link_of_an_older_page_still_shows_its_list(client: FlaskClient):
    page = client.get("/markets?list=spot:BTCUSDT").text
    assert watchlist_keys(page) == ["spot:BTCUSDT"]
    assert "Shared list" in page


def test_the_rows_of_any_pairs_are_given_in_the_order_asked_for(client: FlaskClient):
    keys = ["futures:BTCUSDT", f"spot:{UNICODE_SYMBOL}", "spot:ADAUSDT", "spot:GONEUSDT"]
    asked = [*keys, "spot:", "nonsense", 7]
    client.set_cookie("watchlist", quote("spot:ADAUSDT"))
    answer = client.post("/markets/watchlist/rows?sort=price", json=asked)
    html = answer.text
    assert [
        f"{m}:{s}" for m, s in re.findall(r'market="(\w+)" data-symbol="([^"]+)"', html)
    ] == keys
    assert "halted" in row(html, "ADAUSDT")
    assert 'aria-pressed="true"' in row(html, "ADAUSDT")
    assert "not listed" in row(html, "GONEUSDT")
    assert "sort=price" in row(html, "BTCUSDT")
    assert "<section" not in html
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_watched_pair_is_marked_in_the_table(client: FlaskClient):
    edit(client, add="spot:ETHUSDT")
    assert "ETHUSDT" in table_symbols(client.get("/markets").text)
