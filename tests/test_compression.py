"""How small answers are sent, and to whom."""

from __future__ import annotations

import gzip

import brotli
import pytest
import zstandard
from flask.testing import FlaskClient

from tests.test_markets import HandMadeCatalogue, made_app

DECODERS = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


@pytest.fixture
def client() -> FlaskClient:
    return made_app(HandMadeCatalogue()).test_client()


def static_url(client: FlaskClient, name: str) -> str:
    return f"{client.application.static_url_path}/{name}"


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_static_file_comes_in_the_coding_that_is_wanted(client: FlaskClient, coding: str):
    url = static_url(client, "js/main.js")
    with client.get(url) as plain, client.get(url, headers={"Accept-Encoding": coding}) as coded:
        assert coded.headers["Content-Encoding"] == coding
        assert coded.mimetype == plain.mimetype == "text/javascript"
        assert DECODERS[coding](coded.data) == plain.data
        assert "Accept-Encoding" in coded.headers["Vary"]
        assert coded.headers["ETag"] != plain.headers["ETag"]
        assert "Content-Encoding" not in plain.headers


def test_a_picture_has_no_compressed_copy(client: FlaskClient):
    url = static_url(client, "img/icon-192.png")
    with client.get(url, headers={"Accept-Encoding": "br"}) as picture:
        assert "Content-Encoding" not in picture.headers


@pytest.mark.parametrize("coding", DECODERS)
def test_a_page_is_compressed_for_who_wants_it(client: FlaskClient, coding: str):
    coded = client.get("/markets/shell", headers={"Accept-Encoding": coding})
    assert coded.headers["Content-Encoding"] == coding
    assert DECODERS[coding](coded.data) == client.get("/markets/shell").data


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0", "*;q=0"])
def test_nobody_gets_a_coding_that_they_do_not_take(client: FlaskClient, accepts: str):
    for url in ("/markets", static_url(client, "js/main.js")):
        with client.get(url, headers={"Accept-Encoding": accepts}) as answer:
            assert "Content-Encoding" not in answer.headers
