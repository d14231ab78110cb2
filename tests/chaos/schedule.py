"""What goes wrong and when: decided by a seed before anything runs."""

from __future__ import annotations

import random
from dataclasses import dataclass

WEB, MASTER, WORKER, SCHEDULER, REDIS = "web", "gunicorn", "worker", "scheduler", "redis"
SPOT, FUTURES = "spot", "futures"

STOPPED_SECONDS = (0.3, 2.0)
_AWAY_SECONDS = (0.3, 2.5)
_MISBEHAVES_SECONDS = (0.5, 4.0)
_PAUSE_SECONDS = (0.2, 1.8)
BAN_SECONDS = 4
BANS = ("429", "418", "403")
_MISDEEDS = (
    "refuse", "hang", "latency", "reset", "malformed", "html", "truncated", "empty", "500",
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One fault: ``deed`` to ``target`` at ``at``, over after ``lasts`` (both in seconds)."""

    at: float
    deed: str
    target: str
    lasts: float = 0
    pick: float = 0  # in [0, 1): which of several processes

    def __str__(self) -> str:
        return f"{self.at:7.2f} s  {self.deed} {self.target} ({self.lasts:.1f} s)"


def schedule(seed: int, seconds: float) -> list[Event]:
    """The same seed gives the same faults at the same times."""
    dice = random.Random(seed)
    events: list[Event] = []
    at = 1.0
    while at < seconds:
        events.append(_event(dice, at))
        at += dice.uniform(*_PAUSE_SECONDS)
    return events


def _event(dice: random.Random, at: float) -> Event:
    kind = dice.choices(("kill", "stop", "exchange"), (3, 2, 4))[0]
    pick = dice.random()
    if kind == "kill":
        target = dice.choices((WEB, MASTER, WORKER, SCHEDULER, REDIS), (4, 1, 2, 2, 3))[0]
        return Event(at, "kill", target, dice.uniform(*_AWAY_SECONDS), pick)
    if kind == "stop":
        target = dice.choice((WEB, WORKER, SCHEDULER, REDIS))
        return Event(at, "stop", target, dice.uniform(*STOPPED_SECONDS), pick)
    venue = dice.choice((SPOT, FUTURES))
    deed = dice.choice((*_MISDEEDS, *BANS))
    lasts = BAN_SECONDS if deed in BANS else dice.uniform(*_MISBEHAVES_SECONDS)
    return Event(at, deed, venue, lasts, pick)
