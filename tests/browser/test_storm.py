"""A little of everything that can go wrong with an open page; ``make storm`` does it all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import marks
from tests.browser.conftest import Visitor
from tests.browser.storm import ATTEMPTS_MAX_PER_5_MINUTES, Storm
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site
from tests.support.waiting import wait_until

SEED = 2


@pytest.mark.timeout(120)
def test_a_dozen_faults_leave_the_page_with_the_truth(
    troubled_visitor: Visitor,
    settings_env: dict[str, str],
    exchange: ExchangeProcess,
    tmp_path: Path,
):
    with Site({**settings_env, "SNAPSHOT_DIR": str(tmp_path), "LOG_LEVEL": "ERROR"}) as site:
        wait_until(site.is_warm, "both lists are cached", within_seconds=30)
        page = troubled_visitor.open(f"{site.url}/markets")
        marks.expect_live(page)
        outcome = Storm(page, site, exchange, SEED).rage(12)
    print(outcome)
    assert outcome.blanks == []
    assert outcome.crossed == []
    assert outcome.attempts_per_5_minutes < ATTEMPTS_MAX_PER_5_MINUTES
