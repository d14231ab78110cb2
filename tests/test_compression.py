"""How small answers are sent, and to whom."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient

from tests.melt.report import WEIGHT_KB
from tests.test_markets import HandMadeCatalogue, made_app
from webapp.compression import QUICK_STREAMS, in_parts

DECODERS = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
READERS: dict[str, Callable[[bytes], bytes]] = {  # of what has come so far
    "br": lambda part: bytes(brotli.Decompressor().process(part)),
    "gzip": lambda part: zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(part),
    "zstd": lambda part: zstandard.ZstdDecompressor().decompressobj().decompress(part),
}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#markets"}


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


@pytest.mark.parametrize("coding", QUICK_STREAMS)
def test_a_browser_can_read_the_head_while_the_rest_is_being_compressed(coding: str):
    head, rest = b"<head>" + b"a" * 5_000, b"b" * 5_000
    whole = b"".join(in_parts(coding, head, rest))
    first = next(in_parts(coding, head, rest))
    assert whole.startswith(first)
    assert READERS[coding](first) == head
    assert DECODERS[coding](whole) == head + rest


def test_a_page_comes_in_parts_and_a_fragment_with_its_length(client: FlaskClient):
    wanted = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    page = client.get("/markets", headers=wanted)
    fragment = client.get("/markets", headers={**wanted, **FRAGMENT})
    assert (page.headers["Content-Encoding"], page.headers.get("Content-Length")) == ("zstd", None)
    assert fragment.headers["Content-Encoding"] == "zstd"
    assert int(fragment.headers["Content-Length"]) == len(fragment.data)
    plain = client.get("/markets", headers=FRAGMENT)
    assert DECODERS["zstd"](fragment.data).count(b"data-row") == plain.data.count(b"data-row")


def test_the_page_and_what_it_starts_with_are_lighter_than_their_limit(app: Flask):
    client, wanted = app.test_client(), {"Accept-Encoding": "gzip, deflate, br, zstd"}
    html = client.get("/markets").text
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+[.](?:js|css|svg|json))"', html))
    assert {Path(file).name for file in files} >= {"main.js", "desk.css", "htmx.min.js", "en.json"}
    weight = 0
    for url in ("/markets", *files):
        with client.get(url, headers=wanted) as answer:
            weight += len(answer.data)
    assert weight < WEIGHT_KB * 1000


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0", "*;q=0"])
def test_nobody_gets_a_coding_that_they_do_not_take(client: FlaskClient, accepts: str):
    for url in ("/markets", static_url(client, "js/main.js")):
        with client.get(url, headers={"Accept-Encoding": accepts}) as answer:
            assert "Content-Encoding" not in answer.headers
