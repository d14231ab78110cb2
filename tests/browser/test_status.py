"""The status page in a browser, narrow and wide, without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Visitor, capture


@pytest.fixture(params=[360, 1280])
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {
        "viewport": {"width": request.param, "height": 800},
        "color_scheme": "dark" if request.param == 1280 else "light",
    }


def test_the_status_page_fits_and_is_accessible(url: str, visitor: Visitor):
    page = visitor.open(url.replace("/markets", "/status"))
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.get_by_role("heading", level=1).inner_text() == "Status"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("script").count() == 0, "it needs none"
    assert violations(page) == []
    capture(page, f"status-{width}")
