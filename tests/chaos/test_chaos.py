"""A minute of chaos; ``make chaos`` runs five."""

from __future__ import annotations

import pytest

from tests.chaos.schedule import schedule
from tests.chaos.storm import storm

pytestmark = pytest.mark.heavy

SEED = 7


def test_a_seed_always_gives_the_same_faults():
    assert schedule(SEED, 60) == schedule(SEED, 60)
    assert schedule(SEED, 60) != schedule(SEED + 1, 60)


@pytest.mark.timeout(150)
def test_a_minute_of_chaos_does_no_harm():
    outcome = storm(60, SEED)
    print(outcome)
    assert outcome.violations == []
    assert sum(outcome.answers.values()) > 1000, "there was load"
    assert outcome.answers["200 cache"] > 0, "there was calm between"
    assert outcome.answers["200 last-good"] > 0, "there was a storm"
