"""What is made of a list once: its rows, their orders and their HTML."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import CodeType, FrameType

import pytest
from flask.testing import FlaskClient

from tests.test_markets import SPOT, HandMadeCatalogue, made_app
from webapp.markets import list_rows, row_html
from webapp.markets.rows import row_of
from webapp.symbols.listing import SymbolList

WORK: dict[CodeType, str] = {
    row_of.__code__: "made",
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


def test_all_who_ask_for_a_new_list_at_once_share_its_rows():
    listing = SymbolList("spot", SPOT, 0, None)
    at_once = threading.Barrier(8)

    def rows(_: int) -> int:
        at_once.wait()
        return id(list_rows.rows_of(listing))

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(rows, range(8)))) == 1
