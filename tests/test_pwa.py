"""The app's manifest, its service worker, and the page that the worker keeps."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.test_markets import HandMadeCatalogue, made_app


@pytest.fixture
def client() -> FlaskClient:
    return made_app(HandMadeCatalogue()).test_client()


def release_of(client: FlaskClient) -> dict[str, Any]:
    first_line = client.get("/service-worker.js").text.split("\n", 1)[0]
    release: dict[str, Any] = json.loads(first_line.removeprefix("self.RELEASE = ").rstrip(";"))
    return release


def content(client: FlaskClient, url: str) -> bytes:
    with client.get(url) as answer:  # a static file stays open until its answer is closed
        return bytes(answer.data)


def test_the_manifest_makes_the_page_installable(client: FlaskClient):
    answer = client.get("/manifest.webmanifest")
    manifest = json.loads(answer.data)
    assert answer.mimetype == "application/manifest+json"
    assert manifest["display"] == "standalone"
    assert client.get(manifest["start_url"]).status_code == 200
    kinds = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert kinds == {
        (f"{size}x{size}", kind) for size in (192, 512) for kind in ("any", "maskable")
    }


def test_each_icon_is_a_png_of_the_size_that_the_manifest_names(client: FlaskClient):
    for icon in json.loads(client.get("/manifest.webmanifest").data)["icons"]:
        image = content(client, icon["src"])
        assert image.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", image[16:24])
        assert f"{width}x{height}" == icon["sizes"]


def test_a_static_file_may_be_kept_for_a_year(client: FlaskClient):
    for url in release_of(client)["files"]:
        if url.startswith("/static/"):
            with client.get(url) as answer:
                assert answer.headers["Cache-Control"] == "public, max-age=31536000"


def test_every_page_names_the_manifest_and_may_start_the_worker(client: FlaskClient):
    answer = client.get("/markets")
    assert '<link rel="manifest" href="/manifest.webmanifest">' in answer.text
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_worker_is_asked_for_anew_each_time_and_serves_the_whole_site(client: FlaskClient):
    answer = client.get("/service-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_worker_keeps_all_that_the_page_names_with_the_right_hashes(client: FlaskClient):
    release = release_of(client)
    page = client.get("/markets").text
    named = {part.split('"')[0] for part in page.split('="/static/')[1:]}
    kept = {url.removeprefix("/static/") for url in release["files"]}
    assert {name for name in named if not name.endswith(".png")} <= kept
    for url, integrity in release["files"].items():
        digest = hashlib.sha256(content(client, url)).digest()
        assert integrity == "sha256-" + base64.b64encode(digest).decode(), url


def test_what_few_want_is_kept_once_it_was_wanted(client: FlaskClient):
    release = release_of(client)
    later = {url.removeprefix("/static/").split("/", 1)[1] for url in release["later"]}
    assert {"vendor/lightweight-charts.js", "js/later/chart/chart.js"} <= later
    assert "js/later/related/related.js" not in later, "every page wants it"
    assert "js/later/picker/picker.js" not in later, "a page without a server must have it"
    assert set(release["later"]) < set(release["files"])
    assert not [url for url in release["files"] if url.endswith(".map")]
    page = client.get("/markets").text
    assert not [url for url in release["later"] if url in page]


def test_the_shell_has_no_list_and_nothing_personal(client: FlaskClient):
    plain = client.get("/markets/shell")
    client.set_cookie("watchlist", "spot%3ABTCUSDT")
    client.set_cookie("theme", "light")
    client.set_cookie("chart", "hidden.1m")
    personal = client.get("/markets/shell")
    assert personal.data == plain.data
    assert "data-no-list" in plain.text
    assert 'data-symbol="BTCUSDT"' not in plain.text


def test_another_setting_is_another_release_though_no_file_changed(client: FlaskClient):
    other = made_app(
        HandMadeCatalogue(), BINANCE_SPOT_STREAM_URL="wss://stream.example:9443"
    ).test_client()
    assert release_of(other)["version"] != release_of(client)["version"]
    assert release_of(client) == release_of(client)


def test_an_address_of_another_release_is_refused_rather_than_answered_wrongly(
    client: FlaskClient,
):
    assert client.get("/static/000000000000/js/main.js").status_code == 404
