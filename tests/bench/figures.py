"""The harness's own arithmetic: medians with their spread, ratios within rounds, goals, tables."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Cell = str | float | int | None
Row = dict[str, Cell]


@dataclass(frozen=True)
class Spread:
    """The median of some measurements, and the least and the most of them."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), statistics.median(values), max(values))

    @classmethod
    def of_ratios(cls, ours: Sequence[float], theirs: Sequence[float]) -> Spread:
        """Of what was measured in the same round: what slows a whole round down is not in it."""
        return cls.of([mine / other for mine, other in zip(ours, theirs, strict=True)])

    def __str__(self) -> str:
        return f"{number(self.low)} … {number(self.high)}"


@dataclass(frozen=True)
class Goal:
    """A figure and what it is to be."""

    name: str
    bound: Literal["at least", "at most"]
    limit: float
    figure: float
    spread: str = ""
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.figure >= self.limit if self.bound == "at least" else self.figure <= self.limit

    @property
    def verdict(self) -> str:
        """ "met", or by what factor it is missed."""
        if self.is_met:
            return "met"
        nought = 0 in (self.limit, self.figure)
        if nought:
            return "missed"
        ratio = self.limit / self.figure
        return f"missed by × {number(ratio if self.bound == 'at least' else 1 / ratio)}"

    def as_row(self) -> Row:
        return {
            "goal": self.name,
            "": self.bound,
            "limit": self.limit,
            "measured": self.figure,
            "spread": self.spread,
            "verdict": self.verdict,
            "note": self.note,
        }


@dataclass(frozen=True)
class Table:
    """Rows of one kind under a heading."""

    title: str
    rows: list[Row]

    def __str__(self) -> str:
        """In Markdown; a column that is empty in every row is left out."""
        names = [
            name
            for name in dict.fromkeys(name for row in self.rows for name in row)
            if any(row.get(name) not in ("", None) for row in self.rows)
        ]
        cells = [names] + [[text(row.get(name)) for name in names] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "| " + " | ".join(map(str.ljust, line, widths)) + " |"
            for line in [cells[0], ["-" * width for width in widths], *cells[1:]]
        ]
        return "\n".join([f"\n{self.title}\n", *lines])


@dataclass(frozen=True)
class Part:
    """What one part of the bench found."""

    tables: list[Table]
    goals: list[Goal] = field(default_factory=list)

    def shown(self) -> list[Table]:
        goals = [Table("Goals", [goal.as_row() for goal in self.goals])] if self.goals else []
        return [*self.tables, *goals]


def text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else number(cell)


def number(value: float) -> str:
    """With three digits that count, and all before the point."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
