"""The findings on paper: for people, a line each, and for programs, as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import msgspec

from webapp.doctor.findings import Finding, Level, worst

_MARKS: dict[Level, str] = {"ok": "ok", "warning": "warning", "wrong": "WRONG"}
_MARK_WIDTH = 9
_ADVICE = "→ "


def as_text(findings: Sequence[Finding], seconds: float, columns: int) -> str:
    """Lines of at most so many columns; an advice that the next finding has too stands there."""
    name_width = max((len(finding.name) for finding in findings), default=0) + 2
    indent = " " * (_MARK_WIDTH + name_width)
    lines = []
    for finding, following in zip_longest(findings, findings[1:]):
        begins = f"{_MARKS[finding.level]:<{_MARK_WIDTH}}{finding.name:<{name_width}}"
        lines += _wrapped(finding.sentence, begins, indent, columns)
        if finding.advice and not (following and following.advice == finding.advice):
            lines += _wrapped(finding.advice, indent + _ADVICE, indent + "  ", columns)
    return "\n".join([*lines, "", _sum(findings, seconds)])


def as_json(findings: Sequence[Finding], seconds: float) -> bytes:
    told: dict[str, Any] = {
        "level": worst(finding.level for finding in findings),
        "seconds": round(seconds, 2),
        "findings": findings,
    }
    return msgspec.json.format(msgspec.json.encode(told))


def _wrapped(text: str, first: str, others: str, columns: int) -> list[str]:
    return textwrap.wrap(
        text,
        max(columns, len(first) + 20),
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sum(findings: Sequence[Finding], seconds: float) -> str:
    counts = {level: sum(one.level == level for one in findings) for level in _MARKS}
    if counts["wrong"]:
        verdict = "Something is wrong"
    else:
        verdict = "All works, with something to look at" if counts["warning"] else "All is well"
    return (
        f"{verdict}: {counts['wrong']} wrong, {counts['warning']} to look at, {counts['ok']} ok, "
        f"in {seconds:.1f} s."
    )
