"""The job that looks at people's keys again."""

from __future__ import annotations

from jobs.product import product
from webapp.credentials.rounds import DailyRound


def check_credentials() -> int:
    """Set aside the keys that may do too much or work no more; returns how many were looked at."""
    daily_round: DailyRound = product()["daily_round"]
    return daily_round.run()
