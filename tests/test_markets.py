"""The markets page as the server gives it, with a catalogue made by hand."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp import create_app
from webapp.markets.columns import COLUMNS
from webapp.markets.figures import compact_text, decimal_of, percent_text, price_text
from webapp.symbols.catalogue import ServedList, Source
from webapp.symbols.errors import NoSymbolList
from webapp.symbols.listing import Market, Pair, SymbolList
from webapp.symbols.rules import TradingRules

UNICODE_SYMBOL = "币安人生USDT"


def pair(base: str, last: str | None = "1", tick_size: str = "0.01", **details: Any) -> Pair:
    return Pair(
        base_asset=base,
        quote_asset="USDT",
        status="TRADING",
        rules=TradingRules(tick_size=tick_size),
        last_price=last,
        **{"symbol": f"{base}USDT", "quote_volume": "1000", **details},
    )


SPOT = (
    pair(
        "BTC",
        "86495.6",
        change_percent="-1.254",
        quote_volume="1940000000",
        open_price="87594.1000",
        high_price="88000.00",
        low_price="86000.00",
        base_volume="22430.50",
    ),
    pair(
        "ETH",
        "2870.35",
        change_percent="10.5",
        quote_volume="900000000",
        open_price="2597.6",
        high_price="2870.350",
        low_price="2500",
        base_volume="313000",
    ),
    pair("PEPE", "0.00000451", tick_size="0.00000001", change_percent="9.75", quote_volume="5"),
    pair("币安人生", "0.1305", tick_size="0.00010000", change_percent="0.001"),
    pair("QUIET", None, change_percent=None, quote_volume=None),
)
IDLE = {"ADAUSDT": "HALT", "LUNAUSDT": "BREAK", "XUSDT": "CANCEL_ONLY", "YUSDT": "NEWLY_INVENTED"}
FUTURES = (
    pair("BTC", "86500.1", contract_type="PERPETUAL", tick_size="0.10"),
    pair(
        "BTC",
        "87000.1",
        symbol="BTCUSDT_270326",
        contract_type="CURRENT_QUARTER",
        delivery_at_ms=1_806_019_200_000,
    ),
    pair("TSLA", "412.55", contract_type="TRADIFI_PERPETUAL"),
    pair("NEW", "3", contract_type="SOMETHING_ELSE"),
)


class HandMadeCatalogue:
    """Stands in for the catalogue: what it serves is set by the test."""

    def __init__(self) -> None:
        now = time.time()
        self.lists: dict[Market, SymbolList] = {
            "spot": SymbolList("spot", SPOT, now - 75, now - 75, IDLE),
            "futures": SymbolList("futures", FUTURES, now, None),
        }
        self.source: Source = "cache"
        self.asked: list[Market] = []

    def get(self, market: Market) -> ServedList:
        self.asked.append(market)
        if market not in self.lists:
            raise NoSymbolList("There is no list: Binance could not be reached.", 7)
        return ServedList(self.lists[market], self.source)

    def known(self, market: Market) -> SymbolList | None:
        return self.lists.get(market)


@pytest.fixture
def catalogue() -> HandMadeCatalogue:
    return HandMadeCatalogue()


@pytest.fixture
def client(catalogue: HandMadeCatalogue) -> FlaskClient:
    return made_app(catalogue).test_client()


def made_app(catalogue: HandMadeCatalogue, **settings: str) -> Flask:
    app = create_app({"TESTING": True, **settings})
    app.extensions["catalogue"] = catalogue
    return app


def table_symbols(html: str) -> list[str]:
    body = html.split('id="pairs"')[1].split("</table>")[0]
    return re.findall(r'data-symbol="([^"]+)"', body)


def watchlist_keys(html: str) -> list[str]:
    body = html.split('id="watchlist-body"')[1].split("</tbody>")[0]
    return [":".join(found) for found in re.findall(r'market="(\w+)" data-symbol="([^"]+)"', body)]


def row(html: str, symbol: str) -> str:
    found = re.search(rf'<tr [^>]*data-symbol="{re.escape(symbol)}".*?</tr>', html, re.DOTALL)
    assert found, f"there is no row of {symbol}"
    return found.group()


def field(html: str, name: str) -> str:
    found = re.search(rf'data-field="{name}"[^>]*>([^<]*)<', html)
    assert found, f"there is no field {name}"
    return found.group(1)


def of_htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": target}


def test_home_leads_to_the_markets(client: FlaskClient):
    assert client.get("/").location == "/markets"


def test_first_paint_has_every_pair_with_its_warmed_figures(client: FlaskClient):
    html = client.get("/markets").text

    assert table_symbols(html) == [pair.symbol for pair in SPOT]
    bitcoin = row(html, "BTCUSDT")
    assert field(bitcoin, "price") == "86,495.60"
    assert field(bitcoin, "change") == "−1.25%"
    assert field(bitcoin, "volume") == "1.9B"
    assert 'data-trend="down"' in bitcoin
    assert "5 pairs from this server, 1 min old" in html
    assert "prices 1 min old" in html


def test_prices_have_the_decimals_of_their_tick_size(client: FlaskClient):
    html = client.get("/markets").text
    assert field(row(html, "PEPEUSDT"), "price") == "0.00000451"
    assert field(row(html, UNICODE_SYMBOL), "price") == "0.1305"


def test_a_pair_without_figures_shows_dashes(client: FlaskClient):
    quiet = row(client.get("/markets").text, "QUIETUSDT")
    assert [field(quiet, name) for name in ("price", "change", "volume")] == ["–", "–", "–"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=price", ["BTC", "ETH", "币安人生", "PEPE", "QUIET"]),
        ("sort=price&dir=asc", ["PEPE", "币安人生", "ETH", "BTC", "QUIET"]),
        ("sort=change", ["ETH", "PEPE", "币安人生", "BTC", "QUIET"]),
        ("sort=volume&dir=asc", ["PEPE", "币安人生", "ETH", "BTC", "QUIET"]),
        ("sort=move", ["ETH", "BTC", "PEPE", "币安人生", "QUIET"]),
        ("sort=range&dir=asc", ["BTC", "ETH", "PEPE", "币安人生", "QUIET"]),
        ("sort=high", ["BTC", "ETH", "PEPE", "币安人生", "QUIET"]),
        ("sort=low&dir=asc", ["ETH", "BTC", "PEPE", "币安人生", "QUIET"]),
        ("sort=base", ["ETH", "BTC", "PEPE", "币安人生", "QUIET"]),
        ("view=gainers", ["ETH", "PEPE", "币安人生"]),
        ("view=gainers&sort=price&dir=asc", ["PEPE", "币安人生", "ETH"]),
        ("view=losers", ["BTC"]),
        ("view=volume", ["BTC", "ETH", "币安人生", "PEPE"]),
        ("view=highs", ["ETH"]),
        ("view=nonsense", ["BTC", "ETH", "PEPE", "币安人生", "QUIET"]),
        ("sort=symbol&dir=desc", ["币安人生", "QUIET", "PEPE", "ETH", "BTC"]),
        ("sort=nonsense&dir=sideways", ["BTC", "ETH", "PEPE", "币安人生", "QUIET"]),
    ],
)
def test_sorts_by_value_with_the_unknown_last(client: FlaskClient, query: str, expected: list[str]):
    symbols = table_symbols(client.get(f"/markets?{query}").text)
    assert [symbol.removesuffix("USDT") for symbol in symbols] == expected


def test_a_view_keeps_the_other_rows_for_the_script_out_of_the_table(client: FlaskClient):
    html = client.get("/markets?view=highs").text
    others = html.split('id="other-rows"')[1].split("</template>")[0]
    assert re.findall(r'data-symbol="([^"]+)"', others) == [
        pair.symbol for pair in SPOT if pair.symbol != "ETHUSDT"
    ]
    assert 'id="other-rows"' not in client.get("/markets").text


@pytest.mark.parametrize("view", ["gainers", "losers", "volume", "highs", "lows"])
def test_a_view_without_pairs_says_so_in_words(client: FlaskClient, view: str):
    html = client.get(f"/markets?view={view}&q=QUIET").text
    assert table_symbols(html) == []
    sentence = re.search(r"<p class=\"empty\" data-view-empty>([^<]+)</p>", html)
    assert sentence
    assert sentence.group(1).endswith(".")
    assert "1 of 5 pairs match" in html


def test_a_view_comes_with_its_own_order_which_the_url_does_not_repeat(client: FlaskClient):
    html = client.get("/markets?q=T&sort=price&view=losers&pair=ETHUSDT").text
    assert (
        'href="?market=spot&amp;pair=ETHUSDT&amp;q=T&amp;view=gainers" data-view="gainers"' in html
    )
    assert 'href="?market=spot&amp;pair=ETHUSDT&amp;q=T" data-view=""' in html
    own = client.get("/markets?view=losers&sort=change&dir=asc").text
    assert 'href="?market=spot&amp;view=losers&amp;sort=change" data-sort="change"' in own
    assert 'aria-sort="ascending"' in own


def test_a_row_has_every_column_and_the_exchanges_own_figures(client: FlaskClient):
    client.set_cookie("settings", quote("columns=price.move.low.range.high.base", safe=""))
    bitcoin = row(client.get("/markets?sort=price").text, "BTCUSDT")
    cells = {name: field(bitcoin, name) for name in ("move", "low", "high", "range", "base")}
    assert cells == {
        "move": "−1,098.50",
        "low": "86,000.00",
        "high": "88,000.00",
        "range": "25%",
        "base": "22.4K",
    }
    assert 'data-at="24"' in bitcoin
    assert 'data-figures="86495.6 87594.1 88000 86000 22430.5 1940000000"' in bitcoin


def test_a_page_is_spared_what_it_does_not_show(client: FlaskClient):
    bitcoin = row(client.get("/markets").text, "BTCUSDT")
    assert [field(bitcoin, name) for name in ("move", "base")] == ["", ""]
    assert "data-figures" not in bitcoin


def test_a_heading_leads_to_its_other_direction_and_then_to_popularity(client: FlaskClient):
    first = client.get("/markets?sort=price").text
    second = client.get("/markets?sort=price&dir=asc").text
    assert 'aria-sort="descending"' in first
    assert 'href="?market=spot&amp;sort=price&amp;dir=asc" data-sort="price"' in first
    assert 'aria-sort="ascending"' in second
    assert 'href="?market=spot" data-sort="price"' in second


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eth", ["ETHUSDT"]),
        ("  ETH/usdt ", ["ETHUSDT"]),
        ("安人", [UNICODE_SYMBOL]),
        ("nothing has this", []),
        ("x" * 5000, []),
    ],
)
def test_filters_by_symbol_and_base_in_any_script(
    client: FlaskClient, text: str, expected: list[str]
):
    response = client.get("/markets", query_string={"q": text})
    assert response.status_code == 200
    assert table_symbols(response.text) == expected


def test_hostile_input_is_shown_as_text(client: FlaskClient):
    hostile = '"><script>alert(1)</script>'
    response = client.get("/markets", query_string={"q": hostile, "pair": hostile, "list": hostile})
    assert response.status_code == 404
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert" in response.text


@pytest.mark.parametrize(
    "query",
    ["pair=%00%ff", "q=%F0%9F%92%A9", "list=,,:,spot:", "sort=&dir=&q=&pair=", "dir=desc", "q=%0A"],
)
def test_odd_urls_never_break_the_page(client: FlaskClient, query: str):
    assert client.get(f"/markets?{query}").status_code in (200, 404)


def test_an_unknown_market_is_not_found_and_says_so(client: FlaskClient):
    response = client.get("/markets?market=options")
    assert response.status_code == 404
    assert "There is no market named “options”" in response.text


def test_futures_name_their_contracts(client: FlaskClient):
    html = client.get("/markets?market=futures").text
    assert table_symbols(html) == ["BTCUSDT", "BTCUSDT_270326", "TSLAUSDT", "NEWUSDT"]
    assert "26 Mar 2027" in row(html, "BTCUSDT_270326")
    assert "TradFi perp" in row(html, "TSLAUSDT")
    assert "Something else" in row(html, "NEWUSDT")
    assert "prices come with the live stream" in html


def test_the_first_pair_is_chosen_until_the_url_names_another(client: FlaskClient):
    assert 'data-panel="pair" data-symbol="BTCUSDT"' in client.get("/markets").text
    chosen = client.get("/markets", query_string={"pair": UNICODE_SYMBOL}).text
    assert f'data-panel="pair" data-symbol="{UNICODE_SYMBOL}"' in chosen
    assert 'aria-current="true"' in row(chosen, UNICODE_SYMBOL)


def test_the_head_names_the_chosen_pair_whose_prices_the_scripts_ask_for_first(client: FlaskClient):
    mark = '<meta name="marketdeck-pair" content="%s">'
    head, _ = client.get("/markets").text.split("</head>")
    assert mark % "spot:BTCUSDT" in head
    assert mark % f"spot:{UNICODE_SYMBOL}" in client.get(f"/markets?pair={UNICODE_SYMBOL}").text
    assert "marketdeck-pair" not in client.get("/markets?pair=GONEUSDT").text


def test_a_pair_that_does_not_trade_is_told_in_words_beside_the_list(client: FlaskClient):
    response = client.get("/markets?pair=GONEUSDT")
    assert response.status_code == 404
    assert "Spot has no pair named" in response.text
    assert len(table_symbols(response.text)) == len(SPOT)


def test_the_page_carries_the_marks_that_checks_use(client: FlaskClient):
    html = client.get("/markets").text
    for mark in (
        'role="combobox"',
        'aria-label="Find a pair"',
        'aria-label="Watch BTCUSDT"',
        'aria-pressed="false"',
        'data-panel="watchlist"',
        'data-panel="order-book"',
        'data-field="spread"',
        'data-connection="connecting"',
        'role="status"',
        'data-symbols-source="server"',
    ):
        assert mark in html
    assert html.count('data-side="bid"') == html.count('data-side="ask"') == 20


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("ADAUSDT", "halted"),
        ("LUNAUSDT", "on a break"),
        ("XUSDT", "cancel-only"),
        ("YUSDT", "newly invented"),
    ],
)
def test_a_pair_that_does_not_trade_says_in_words_what_it_does(
    client: FlaskClient, symbol: str, words: str
):
    client.set_cookie("watchlist", quote(f"spot:{symbol}"))
    response = client.get(f"/markets?pair={symbol}")
    assert response.status_code == 200  # it is no unknown pair
    assert words in row(response.text, symbol)
    base = symbol.removesuffix("USDT")
    assert f"<bdi>{base}</bdi>/USDT is {words}" in response.text
    assert symbol not in table_symbols(response.text)


@pytest.mark.parametrize(
    ("target", "inside", "outside"),
    [
        ("section#markets", 'id="pairs"', 'id="chosen"'),
        ("div#chosen", 'id="chosen"', 'id="pairs"'),
        ("main#desk", 'id="pairs"', "<!doctype"),
    ],
)
def test_htmx_gets_the_fragment_that_it_will_swap(
    client: FlaskClient, target: str, inside: str, outside: str
):
    response = client.get("/markets?q=BTC", headers=of_htmx(target))
    assert inside in response.text
    assert outside not in response.text
    assert "HX-Request" in response.headers["Vary"]
    assert "HX-Target" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_with_another_pair_come_headings_that_lead_to_it(client: FlaskClient):
    html = client.get("/markets?pair=ETHUSDT", headers=of_htmx("div#chosen")).text
    links = re.findall(r'<a href="([^"]+)" data-sort="', html)
    assert len(links) == 1 + len(COLUMNS)
    assert all("pair=ETHUSDT" in link for link in links)


def test_an_answer_tells_how_old_the_lists_are_that_it_is_made_of(
    client: FlaskClient, catalogue: HandMadeCatalogue
):
    spot_at, futures_at = (
        round(catalogue.lists[market].listed_at * 1000) for market in ("spot", "futures")
    )
    assert client.get("/markets").headers["X-Listed-At"] == f'{{"spot": {spot_at}}}'
    client.set_cookie("watchlist", "futures:BTCUSDT")
    told = json.loads(client.get("/markets").headers["X-Listed-At"])
    assert told == {"spot": spot_at, "futures": futures_at}


def test_going_back_gives_htmx_the_whole_page(client: FlaskClient):
    headers = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Target": "main#desk"}
    assert "<!doctype html>" in client.get("/markets", headers=headers).text


def test_a_last_good_list_says_how_old_it_is(client: FlaskClient, catalogue: HandMadeCatalogue):
    catalogue.source = "last-good"
    catalogue.lists["spot"] = SymbolList("spot", SPOT, time.time() - 7300, None)
    html = client.get("/markets").text
    assert "Binance cannot be reached: last good list, 2 h old" in html


def test_without_any_list_the_page_is_there_and_tells_the_cause(
    client: FlaskClient, catalogue: HandMadeCatalogue
):
    del catalogue.lists["spot"]
    response = client.get("/markets")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "7"
    assert "There is no list: Binance could not be reached." in response.text
    assert 'id="row-template"' in response.text
    assert table_symbols(response.text) == []


def test_the_other_market_is_not_asked_for_unless_it_is_watched(
    client: FlaskClient, catalogue: HandMadeCatalogue
):
    client.get("/markets")
    assert catalogue.asked == ["spot"]
    client.set_cookie("watchlist", "futures:BTCUSDT")
    client.get("/markets")
    assert catalogue.asked == ["spot", "spot", "futures"]


def test_demo_data_is_told_on_every_page_errors_included(catalogue: HandMadeCatalogue):
    client = made_app(catalogue, DEMO_DATA="1").test_client()
    for path in ("/markets", "/markets?market=options", "/no-such-page"):
        assert "DEMO DATA" in client.get(path).text
    assert "DEMO DATA" not in made_app(catalogue).test_client().get("/markets").text


def test_the_page_obeys_its_own_content_security_policy(client: FlaskClient):
    html = client.get("/markets").text
    assert not re.search(r"\sstyle=|\son\w+=|javascript:|<style", html)
    assert not re.findall(r"<script(?![^>]*src=)", html)


def test_the_theme_in_the_cookie_is_there_from_the_first_byte(client: FlaskClient):
    client.set_cookie("theme", "light")
    assert '<html lang="en" data-theme="light" ' in client.get("/markets").text


@pytest.mark.parametrize(
    ("text", "tick_size", "expected"),
    [
        ("67123.45000000", "0.01000000", "67,123.45"),
        ("67123.4", "0.01", "67,123.40"),
        ("1234567", "1", "1,234,567"),
        ("0.00001234", "0.0000001", "0.00001234"),
        ("1.5", "", "1.5"),
        ("NaN", "0.01", "–"),
        ("nonsense", "0.01", "–"),
        ("1E+400", "0.01", "–"),
    ],
)
def test_writes_a_price_exactly(text: str, tick_size: str, expected: str):
    assert price_text(decimal_of(text), tick_size) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-2.075", "−2.08%"), ("2.075", "+2.08%"), ("0.004", "0.00%"), ("1234.5", "+1,234.50%")],
)
def test_writes_a_change_with_its_sign(text: str, expected: str):
    assert percent_text(decimal_of(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("940099726.82", "940.1M"),
        ("999950", "1.0M"),
        ("999.5", "999.5"),
        ("0", "0"),
        ("12345678901234567", "12,345.7T"),
        ("1000", "1.0K"),
    ],
)
def test_writes_a_volume_as_the_browser_does(text: str, expected: str):
    assert compact_text(decimal_of(text)) == expected
