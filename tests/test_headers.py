"""What every answer says to a browser about itself, from gunicorn and through nginx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.support.certificate import make_certificate
from tests.support.nginx import Nginx
from tests.support.site import Site, product_env
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.config import PROJECT_DIR

SPOT = "/api/v1/symbols/spot"
OF_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OF_THE_PRODUCT = {
    **OF_ALL,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def behind(
    exchange_process: ExchangeProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site whose lists are cached, in a Redis of its own, which believes one proxy."""
    exchange_process.control.reset()
    folder = tmp_path_factory.mktemp("headers")
    own = {
        "TRUSTED_PROXIES": "1",
        "SECURITY_CONTACT": "security@marketdeck.example, https://marketdeck.example/security",
    }
    with (
        RedisServer(folder) as store,
        Site({**product_env(exchange_process, store.url, folder), **own}) as site,
    ):
        wait_until(site.is_warm, "the lists are cached")
        yield site


@pytest.fixture(scope="module")
def nginx(behind: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("nginx")
    with Nginx(behind, folder) as nginx:
        yield nginx


@pytest.fixture(scope="module")
def tls(behind: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder)
    with Nginx(behind, folder, certificate=folder) as nginx:
        yield nginx


def static_path(site: Site) -> str:
    page = requests.get(f"{site.url}/markets", timeout=30).text
    found = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert found
    return found[1]


def said(answer: requests.Response, names: dict[str, str]) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in names}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/markets", 200),
        ("/account/sign-in", 200),
        ("/nothing-here", 404),
        ("/manifest.webmanifest", 200),
        ("/static/0/nothing.css", 404),
    ],
)
def test_every_page_and_file_is_this_sites_own_and_in_no_frame(
    behind: Site, nginx: Nginx, path: str, status: int
):
    for url in (behind.url, nginx.url):
        answer = requests.get(url + path, timeout=30)
        assert answer.status_code == status
        assert said(answer, OF_THE_PRODUCT) == OF_THE_PRODUCT
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers, "nobody came by TLS"


@pytest.mark.parametrize(
    ("path", "status"), [(SPOT, 200), ("/api/v1/symbols/nothing", 404), ("/openapi.json", 200)]
)
def test_the_public_api_is_readable_from_any_origin(
    behind: Site, nginx: Nginx, path: str, status: int
):
    for url in (behind.url, nginx.url):
        answer = requests.get(url + path, timeout=30)
        assert answer.status_code == status
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_data_may_load_nothing_and_has_no_rules_of_pages(client: FlaskClient):
    answer = client.get(SPOT)
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Permissions-Policy" not in answer.headers
    assert len(str(answer.headers)) < 1000


def test_what_is_one_persons_own_may_be_embedded_nowhere_else(app: Flask):
    @app.get("/api/v1/mine")
    def mine() -> Any:
        return "{}", 200, {"Cache-Control": "private, no-store"}

    answer = app.test_client().get("/api/v1/mine")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_304_says_the_same(behind: Site, nginx: Nginx):
    for url in (behind.url, nginx.url):
        for path, expected in ((SPOT, "cross-origin"), (static_path(behind), "same-origin")):
            first = requests.get(url + path, timeout=30)
            again = requests.get(
                url + path, headers={"If-None-Match": first.headers["ETag"]}, timeout=30
            )
            assert again.status_code == 304
            assert again.headers["Cross-Origin-Resource-Policy"] == expected
            assert again.headers["Referrer-Policy"] == "same-origin"
            assert again.headers["X-Content-Type-Options"] == "nosniff"


def test_what_nginx_answers_by_itself_says_it_too(behind: Site, nginx: Nginx):
    file = requests.get(nginx.url + static_path(behind), timeout=30)
    too_large = requests.post(nginx.url + "/account/sign-in", data=b"x" * 600_000, timeout=30)
    assert too_large.status_code == 413
    for answer in (file, too_large):
        assert said(answer, OF_ALL) == OF_ALL


def test_by_tls_each_answer_asks_once_to_come_by_tls_from_now_on(behind: Site, tls: Nginx):
    """Whether it is the product's, nginx's own, one from its cache, or an error."""
    trusted = str(tls.certificate)
    paths = ("/markets", SPOT, SPOT, static_path(behind), "/nothing-here", "/api/nothing")
    answers = [requests.get(tls.tls_url + path, verify=trusted, timeout=30) for path in paths]
    too_large = requests.post(
        tls.tls_url + "/markets", data=b"x" * 600_000, verify=trusted, timeout=30
    )
    answers.append(too_large)
    for answer in answers:
        assert answer.raw.headers.getlist("Strict-Transport-Security") == ["max-age=31536000"]
        for name in OF_ALL:
            assert len(answer.raw.headers.getlist(name)) == 1, (answer.url, name)


def test_nobody_makes_the_product_say_that_by_claiming_to_come_by_tls(
    settings_env: dict[str, str],
):
    client = create_app({**settings_env, "TESTING": True}).test_client()
    answer = client.get("/markets", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers


def test_security_txt_names_the_contacts_and_never_expires_for_who_reads_it(behind: Site):
    answer = requests.get(f"{behind.url}/.well-known/security.txt", timeout=30)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line.split(": ", 1) for line in answer.text.splitlines()]
    assert [value for name, value in lines if name == "Contact"] == [
        "mailto:security@marketdeck.example",
        "https://marketdeck.example/security",
    ]
    fields = dict(lines)
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=1) < expires - datetime.now(UTC) < timedelta(days=365)
    assert fields["Preferred-Languages"] == "en"


def test_without_a_contact_there_is_no_security_txt(settings_env: dict[str, str]):
    client = create_app({**settings_env, "TESTING": True}).test_client()
    assert client.get("/.well-known/security.txt").status_code == 404


def test_no_template_has_what_the_policy_forbids():
    """Neither scripts nor styles nor handlers inside the page, nor what htmx would evaluate."""
    forbidden = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=|hx-on|\bjs:|javascript:"
    )
    for path in (PROJECT_DIR / "templates").rglob("*.html"):
        assert forbidden.search(path.read_text(encoding="utf-8")) is None, path


def test_the_policy_allows_no_inline_code_and_no_eval(app: Flask):
    policy = app.test_client().get("/markets").headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert (parts["default-src"], parts["script-src"]) == ("'none'", "'self'")
    assert "unsafe" not in policy
    assert parts["base-uri"] == parts["frame-ancestors"] == "'none'"


def test_a_contact_is_an_address_or_a_url(tmp_path: Path, settings_env: dict[str, str]):
    for bad in ("somebody", "http://plain.example", "mailto:a b@c"):
        with pytest.raises(Exception, match="SECURITY_CONTACT: must be"):
            create_app({**settings_env, "SECURITY_CONTACT": bad})
