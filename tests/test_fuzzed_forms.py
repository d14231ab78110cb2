"""Whatever is sent to a form, it is answered, and what is refused has not been done.

The routes are the app's own and the fields those of its forms and templates, so that new ones are
tried without a change here.
"""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from webapp.config import PROJECT_DIR
from webapp.database import Database
from webapp.database.models import Base, EmailCode, Person
from webapp.errors import API_PREFIX
from webapp.people.passwords import Passwords
from webapp.who import SESSION_TOKEN

pytestmark = pytest.mark.timeout(180)

WITHIN = settings(
    max_examples=250,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Forms = dict[str, list[str]]

PASSWORD = "blue kettle on the stove"
PASSWORD_HASH = Passwords().hash(PASSWORD)
EMAIL = "<own address>"  # stands for the address of the person of this try

SEEN = ("seen_at", "used_at")  # what merely looking changes


def field_names() -> list[str]:
    """Of all fields that a form or a template of ours has."""
    names = set()
    for template in (PROJECT_DIR / "templates").rglob("*.html"):
        names |= set(re.findall(r'\bname="([\w-]+)"', template.read_text(encoding="utf-8")))
    for form in all_forms(FlaskForm):
        names |= {name for name in vars(form) if not name.startswith("_")}
    return sorted(names - {"csrf_token", "Meta", "viewport"})


def all_forms(parent: type) -> list[type]:
    children: list[type] = parent.__subclasses__()
    return children + [form for child in children for form in all_forms(child)]


_texts = st.one_of(
    st.sampled_from(
        [
            "",
            EMAIL,
            PASSWORD,
            "eleven owls count paperclips",
            "ann@example.org",
            "symbols",
            "watchlists",
            "30",
            "spot",
            "futures",
            "mainnet",
            "spot-testnet",
            "spot:BTCUSDT",
            "BTCUSDT",
            "k" * 64,
            "0" * 32,
            "1",
            "-1",
            "9" * 400,
            "٣",
            "\0",
            "a\0b",
            "x" * 50_000,
            "é" * 5_000 + "@example.org",
            "a" * 400 + "@example.org",
            "a@" + "b" * 300 + ".org",
            "a@[127.0.0.1]",
            "a@xn--0.example",
            "\u202eabc",
            "//evil.example",
            "/\\evil.example",
            "{{ 7 * 7 }}",
            "<script>alert(1)</script>",
            "%00%ff",
            "[" * 3_000,
        ]
    ),
    st.text(max_size=80),
    st.text(st.characters(categories=["Cs", "Cc", "Zs", "Mn"]), max_size=8),
)
_pairs = st.lists(
    st.tuples(st.one_of(st.sampled_from(field_names()), st.text(max_size=6)), _texts), max_size=8
)
_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from(field_names()), st.text(max_size=8)), inner, max_size=4
        ),
    ),
    max_leaves=12,
)
_types = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
        "application/json; charset=utf-7",
        "text/plain",
        "text/csv; charset=nonsense",
        "",
        "\xff",
    ]
)
_numbers = count()


@pytest.fixture
def forms(app: Flask) -> Forms:
    return forms_on_pages(app)


@pytest.mark.on_both_databases
@WITHIN
@given(data=st.data())
def test_no_form_breaks_whatever_is_sent_to_it(app: Flask, forms: Forms, data: st.DataObject):
    rule = data.draw(st.sampled_from(changing_rules(app)), label="rule")
    client, email = signed_in_client(app, data)
    before = kept_state(app)
    answer = client.open(
        path_of(rule, data),
        method=data.draw(st.sampled_from(sorted(methods_of(rule)))),
        environ_base={"REMOTE_ADDR": f"2001:db8:0:{next(_numbers):x}::1"},  # who is new may try
        headers=data.draw(_headers, label="headers"),
        **body_of(data, forms.get(rule.endpoint, []), client, email),
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert kept_state(app) == before
    require_fit_to_be_shown(rule, answer)


_headers = st.sampled_from(
    [{}, {"HX-Request": "true"}, {"Authorization": "Bearer mdk_x"}, {"Authorization": "Bearer"}]
)


def changing_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if methods_of(rule)]


def methods_of(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}


def path_of(rule: Rule, data: st.DataObject) -> str:
    def part(_match: re.Match[str]) -> str:
        return quote(
            data.draw(_texts, label="in the path").encode("utf-8", "surrogatepass")[:3000], safe=""
        )

    path = re.sub(r"<[^>]+>", part, rule.rule)
    query = data.draw(st.one_of(st.just([]), _pairs), label="query")
    return path + ("?" + urlencoded(query) if query else "")


def body_of(
    data: st.DataObject, own_fields: list[str], client: FlaskClient, email: str
) -> dict[str, Any]:
    """Mostly the form as it stands on its page with odd values, and with fields of others."""
    kind = data.draw(st.sampled_from(["form", "form", "form", "files", "json", "bytes"]))
    if kind == "json":
        return {
            "data": json.dumps(data.draw(_json, label="JSON")),
            "content_type": "application/json",
        }
    if kind == "bytes":
        return {"data": data.draw(st.binary(max_size=200)), "content_type": data.draw(_types)}
    own = [
        (name, data.draw(_texts, label=name))
        for name in own_fields
        if data.draw(st.integers(0, 7), label=f"without {name} if 0")
    ]
    pairs = [
        (name, email if value == EMAIL else value)
        for name, value in own + data.draw(_pairs, label="more fields")
    ]
    if data.draw(st.integers(0, 9), label="has no form token if 0"):
        pairs.append(("csrf_token", form_token(client)))
    if kind == "form":
        return {
            "data": urlencoded(pairs),
            "content_type": "application/x-www-form-urlencoded",
        }
    fields: dict[str, Any] = {
        clean(name): clean(value) for name, value in pairs if name and "\0" not in name
    }
    name = data.draw(st.sampled_from(field_names()))
    fields[name] = (io.BytesIO(data.draw(st.binary(max_size=100))), "file\r\n.txt")
    return {"data": fields, "content_type": "multipart/form-data"}


def clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def urlencoded(pairs: list[tuple[str, str]]) -> str:
    """As a browser writes it, and lone surrogates as no browser would."""

    def coded(text: str) -> str:
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")

    return "&".join(f"{coded(name)}={coded(value)}" for name, value in pairs)


def forms_on_pages(app: Flask) -> Forms:
    """The fields of each form that a page shows to somebody, by the endpoint that it is sent to."""
    adapter = app.url_map.bind("localhost")
    found: Forms = {}
    for who in ("person", "waiting", "nobody"):
        client, _ = client_of(app, who)
        paths = [rule.rule for rule in app.url_map.iter_rules() if is_page(rule)]
        for path in paths:  # which grows as it is read: pages link to pages with names in them
            reader = PageReader(path)
            reader.feed(client.get(path).text)
            paths += [link for link in reader.links if link not in paths]
            for action, fields in reader.forms:
                endpoint, _ = adapter.match(urlsplit(action).path, method="POST")
                found[endpoint] = sorted({*found.get(endpoint, ()), *fields} - {"csrf_token"})
    assert {"accounts.make_token", "accounts.sign_in", "accounts.save_key"} <= found.keys()
    return found


def is_page(rule: Rule) -> bool:
    return not rule.arguments and "GET" in (rule.methods or ()) and "events" not in rule.rule


class PageReader(HTMLParser):
    """A page's forms that change something (where each leads, its fields), and account links."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[str]]] = []
        self.links: list[str] = []
        self._path = path
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and (given.get("href") or "").startswith("/account/"):
            self.links.append(given["href"] or "")
        if tag == "form":
            self._is_open = (given.get("method") or "").lower() == "post"
            if self._is_open:
                self.forms.append((given.get("action") or self._path, []))
        elif self._is_open and given.get("name"):
            self.forms[-1][1].append(given["name"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False


def signed_in_client(app: Flask, data: st.DataObject) -> tuple[FlaskClient, str]:
    """A browser of a new person, or of nobody; at times one that waits for a code."""
    who = data.draw(st.sampled_from(["person", "person", "nobody", "waiting"]), label="who asks")
    return client_of(app, who)


def client_of(app: Flask, who: str) -> tuple[FlaskClient, str]:
    client, email = app.test_client(), f"person{next(_numbers)}@example.org"
    with client.session_transaction() as session:
        if who == "person":
            session[SESSION_TOKEN] = app.extensions["sign_ins"].start(
                new_person(app, email), "", ""
            )
        if who == "waiting":
            code_id, _ = app.extensions["email_codes"].make(email)
            session["code"] = {"id": code_id, "email": email}
    return client, email


def new_person(app: Flask, email: str) -> str:
    database: Database = app.extensions["database"]
    with database.writing() as session:
        person = Person(email=email, password_hash=PASSWORD_HASH)
        session.add(person)
        session.flush()
        return person.id


def form_token(client: FlaskClient) -> str:
    for path in ("/account", "/account/sign-in"):
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(path).text)
        if found:
            return found[1]
    raise AssertionError("no page has a form")


def kept_state(app: Flask) -> dict[str, list[Any]]:
    """All rows that a form may change; a code counts the tries at it even when it refuses one."""
    tables = [table for table in Base.metadata.sorted_tables if table != EmailCode.__table__]
    database: Database = app.extensions["database"]
    with database.reading() as session:
        return {
            table.name: sorted(
                map(
                    tuple,
                    session.execute(
                        select(*(column for column in table.c if column.name not in SEEN))
                    ),
                ),
                key=repr,
            )
            for table in tables
        }


def require_fit_to_be_shown(rule: Rule, answer: TestResponse) -> None:
    if 300 <= answer.status_code < 400:
        target = urlsplit(answer.location or "")
        assert target.netloc in ("", "localhost"), answer.location
        assert target.path.startswith("/")
        assert not target.path.startswith("//")
    elif rule.rule.startswith(API_PREFIX) or answer.is_json:
        json.loads(answer.data)
    elif answer.status_code >= 400:
        assert "<title>" in answer.text
