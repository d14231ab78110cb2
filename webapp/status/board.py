"""What the status page says, looked up once a second at most."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from webapp.doctor.findings import Level, worst
from webapp.symbols.listing import MARKETS, Market
from webapp.vitals.lists import ListState
from webapp.vitals.signs import Vitals, VitalSigns

_GOOD_FOR_SECONDS = 1.0


class Status(NamedTuple):
    """All that the page tells, and how bad each of it is; ``at`` is in epoch seconds."""

    at: float
    vitals: Vitals

    def level_of_list(self, state: ListState) -> Level:
        if not state.listing:
            return "wrong"
        return "ok" if state.is_fresh and not state.failure else "warning"

    def level_of_door(self, market: Market) -> Level:
        return "warning" if self.vitals.shut_until(market) else "ok"

    @property
    def level_of_redis(self) -> Level:
        return "ok" if self.vitals.redis_answers else "warning"

    @property
    def level_of_jobs(self) -> Level:
        return "ok" if self.vitals.jobs and self.vitals.jobs.is_well else "warning"

    @property
    def level_of_accounts(self) -> Level:
        return "ok" if self.vitals.database_answers else "warning"

    @property
    def level(self) -> Level:
        """The whole: without a list it is wrong, and nothing else stops lists from being served."""
        return worst(
            [
                *map(self.level_of_list, self.vitals.lists),
                *map(self.level_of_door, MARKETS),
                self.level_of_redis,
                self.level_of_jobs,
                self.level_of_accounts,
            ]
        )


class StatusBoard:
    """Looks at the vital signs; one look serves all who ask in its second."""

    def __init__(self, vital_signs: VitalSigns) -> None:
        self._vital_signs = vital_signs
        self._mutex = threading.Lock()
        self._kept: Status | None = None
        self._good_until = 0.0  # monotonic seconds

    def status(self) -> Status:
        with self._mutex:  # who comes second has the first one's look
            if self._kept is None or time.monotonic() >= self._good_until:
                self._kept = Status(time.time(), self._vital_signs.read())
                self._good_until = time.monotonic() + _GOOD_FOR_SECONDS
            return self._kept
