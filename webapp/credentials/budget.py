"""How much request weight one person's keys may cost in a minute."""

from __future__ import annotations

from limits import RateLimitItemPerMinute

from webapp.shared_limits import SharedLimits

# Of the 6,000 that all share: enough to open each account of a person's once and once more.
WEIGHT_PER_MINUTE = 120


class WeightBudget:
    """Counts each person's weight by the minute."""

    def __init__(self, limits: SharedLimits, weight_per_minute: int = WEIGHT_PER_MINUTE) -> None:
        self._limits = limits
        self._limit = RateLimitItemPerMinute(weight_per_minute, 1, "key-weight")

    def spend(self, person_id: str, weight: int) -> bool:
        """Whether the person may cost so much now; if so it counts."""
        return self._limits.hit(self._limit, person_id, cost=weight)
