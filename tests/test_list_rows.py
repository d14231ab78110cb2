"""What is made of a list once: its rows, their orders and their HTML."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType

import pytest
from flask.testing import FlaskClient

from tests.test_markets import HandMadeCatalogue, made_app
from webapp.markets import list_rows, row_html, rows

WORK: dict[CodeType, str] = {
    rows.row_of.__code__: "made",
    list_rows.in_order.__code__: "sorted",
    row_html._rendered.__code__: "rendered",
}


@pytest.fixture
def client() -> FlaskClient:
    return made_app(HandMadeCatalogue()).test_client()


@contextmanager
def work_done() -> Iterator[list[str]]:
    """What is done meanwhile in this thread, of the work that a list needs once."""
    done: list[str] = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in WORK:
            done.append(WORK[frame.f_code])

    sys.setprofile(watch)
    try:
        yield done
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("query", ["", "market=futures", "q=u", "sort=price", "sort=symbol&q=b"])
def test_the_second_page_of_a_list_makes_sorts_and_renders_no_row(client: FlaskClient, query: str):
    with work_done() as first:
        page = client.get(f"/markets?{query}").text
    with work_done() as second:
        again = client.get(f"/markets?{query}").text
    assert "made" in first
    assert "rendered" in first
    assert second == []
    assert page.count("data-row") == again.count("data-row") > 1


def test_another_list_has_rows_of_its_own():
    catalogue = HandMadeCatalogue()
    client = made_app(catalogue).test_client()
    client.get("/markets")
    catalogue.lists = HandMadeCatalogue().lists
    with work_done() as done:
        client.get("/markets")
    assert {"made", "rendered"} <= set(done)
