"""This machine, and how much of it went to others while something was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

Value = TypeVar("Value")

# Of what all cores together could do in the time.
STEAL_MAX = 0.02
FOREIGN_MAX = 0.05
TRIES = 3


@dataclass(frozen=True)
class Clock:
    """CPU seconds since the machine and this program came up."""

    possible: float  # of all cores, idle or not
    busy: float  # in any program of this machine
    stolen: float  # which another machine had
    own: float  # in this program and those that it started

    @classmethod
    def now(cls) -> Clock:
        times = psutil.cpu_times()
        # Linux counts a process's network work with the process and again by itself: left out.
        busy = times.user + times.nice + times.system
        others = times.idle + times.iowait + times.irq + times.softirq + times.steal
        return cls(busy + others, busy, times.steal, cpu_seconds([os.getpid()]))


@dataclass(frozen=True)
class Disturbance:
    """Which part of the machine went elsewhere: 0 is none, 1 is all."""

    steal: float
    foreign: float

    @classmethod
    def between(cls, before: Clock, after: Clock) -> Disturbance:
        possible = max(after.possible - before.possible, 1e-9)
        foreign = (after.busy - before.busy) - (after.own - before.own)
        return cls((after.stolen - before.stolen) / possible, max(0.0, foreign / possible))

    @property
    def is_quiet(self) -> bool:
        return self.steal <= STEAL_MAX and self.foreign <= FOREIGN_MAX

    @property
    def total(self) -> float:
        return self.steal + self.foreign


def undisturbed(measure: Callable[[], Value], tries: int = TRIES) -> tuple[Value, Disturbance]:
    """Measure again when others had the machine, whatever came out; of all tries the quietest."""
    seen: list[tuple[Value, Disturbance]] = []
    while not seen or (not seen[-1][1].is_quiet and len(seen) < tries):
        before = Clock.now()
        value = measure()
        seen.append((value, Disturbance.between(before, Clock.now())))
    return min(seen, key=lambda one: one[1].total)


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU time of these processes and all below them, those that have ended included."""
    total = 0.0
    for root in roots:
        for process in _tree(root):
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def described() -> dict[str, str | int | float]:
    """What the figures belong to."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "cores": os.cpu_count() or 0,
        "processor": models[0] if models else platform.machine(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _tree(root: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(root)
        return [process, *process.children(recursive=True)]
    return []
