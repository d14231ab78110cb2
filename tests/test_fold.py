"""Names in any script, found whichever way they are typed."""

import pytest
from flask.testing import FlaskClient

from tests.test_markets import HandMadeCatalogue, made_app, pair, table_symbols
from webapp.isolate import isolated
from webapp.markets.fold import fold
from webapp.symbols.listing import SymbolList

# As the exchange has it, and ways in which people type it.
TYPED = [
    ("BTCUSDT", ["btc", "ＢＴＣ", "\u200eBTC\u200f"]),
    ("BITUSDT", ["bit", "BİT", "bıt"]),
    ("STRASSEUSDT", ["straße", "STRASSE", "STRAẞE"]),
    ("ΣΟΦΟΣUSDT", ["σοφος", "σοφοσ", "Σοφός".replace("ό", "ο")]),
    ("CAFE\u0301USDT", ["café", "cafe\u0301"]),
    ("سوقUSDT", ["سوق", "\u2067سوق\u2069"]),
    ("شقلUSDT", ["ﺷﻘﻞ"]),
    ("می\u200cخواهمUSDT", ["می\u200cخواهم", "میخواهم"]),
    ("रुपयाUSDT", ["रुपया"]),
    ("Q\u0307XUSDT", ["q\u0307x", "Q̇X"]),
    ("币安人生USDT", ["币安"]),
]


@pytest.mark.parametrize(
    ("symbol", "typed"), [(symbol, text) for symbol, texts in TYPED for text in texts]
)
def test_a_name_is_found_in_any_way_of_typing_it(symbol: str, typed: str):
    assert fold(typed) in fold(symbol)


@pytest.fixture
def client() -> FlaskClient:
    catalogue = HandMadeCatalogue()
    pairs = tuple(pair(symbol.removesuffix("USDT")) for symbol, _ in TYPED)
    catalogue.lists["spot"] = SymbolList("spot", pairs, 0, None)
    return made_app(catalogue).test_client()


def test_the_page_finds_it_too(client: FlaskClient):
    for symbol, texts in TYPED:
        for text in texts:
            html = client.get("/markets", query_string={"q": text}).text
            assert table_symbols(html) == [symbol], text


def test_a_link_leads_to_the_pair_in_either_form_of_unicode_and_with_marks_of_direction(
    client: FlaskClient,
):
    for link, symbol in (
        ("CAF\u00c9USDT", "CAFE\u0301USDT"),
        ("CAFE\u0301USDT", "CAFE\u0301USDT"),
        ("\u2067سوقUSDT\u2069", "سوقUSDT"),
        ("می\u200cخواهمUSDT", "می\u200cخواهمUSDT"),
    ):
        answer = client.get("/markets", query_string={"pair": link})
        assert (answer.status_code, f'data-panel="pair" data-symbol="{symbol}"' in answer.text) == (
            200,
            True,
        )


def test_a_name_from_right_to_left_is_isolated_in_plain_text_and_others_are_not():
    assert isolated("سوقUSDT") == "\u2068سوقUSDT\u2069"
    assert isolated("שקל") == "\u2068שקל\u2069"
    for name in ("BTCUSDT", "币安人生", "रुपया", "Q\u0307BIT"):
        assert isolated(name) == name
