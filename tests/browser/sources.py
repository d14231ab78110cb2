"""The scripts' sources, for a page that is to run one of them by itself.

A site serves them only as the set-up has joined them.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from webapp import STATIC_DIR

FOLDER = "/sources"


def lay_open(page: Page) -> None:
    """Give the page every file of ``static/`` below ``/sources/``."""
    page.route(f"**{FOLDER}/**", _answer)


def _answer(route: Route) -> None:
    path = urlsplit(route.request.url).path
    route.fulfill(path=STATIC_DIR / path.removeprefix(f"{FOLDER}/"))
