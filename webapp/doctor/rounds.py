"""All checks at once, within a time: what does not end is a finding too."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from webapp.doctor.findings import Finding

Value = TypeVar("Value")
Check = Callable[[], Iterable[Finding]]


def examine(checks: Mapping[str, Check], within_seconds: float) -> list[Finding]:
    """Run the checks, by what they are about; their findings come in the order of the checks."""
    found = together({name: _safely(name, check) for name, check in checks.items()}, within_seconds)
    findings: list[Finding] = []
    for name in checks:
        findings += found.get(name, [_late(name, within_seconds)])
    return findings


def together(
    questions: Mapping[str, Callable[[], Value]], within_seconds: float
) -> dict[str, Value]:
    """Ask all at once; what answered in time, by name. Nothing that hangs is waited for."""
    answers: queue.SimpleQueue[tuple[str, Value]] = queue.SimpleQueue()

    def ask(name: str, question: Callable[[], Value]) -> None:
        answers.put((name, question()))

    for name, question in questions.items():
        threading.Thread(target=ask, args=(name, question), daemon=True, name=f"ask-{name}").start()
    gives_up_at = time.monotonic() + within_seconds
    found: dict[str, Value] = {}
    while len(found) < len(questions):
        try:
            name, answer = answers.get(timeout=max(0.0, gives_up_at - time.monotonic()))
        except queue.Empty:
            break
        found[name] = answer
    return found


def _late(name: str, within_seconds: float) -> Finding:
    return Finding(
        "wrong",
        name,
        f"The check did not end within {within_seconds:g} s.",
        "What it asks hangs: try again, and look at the network and the machine's load.",
    )


def _safely(name: str, check: Check) -> Callable[[], list[Finding]]:
    def run() -> list[Finding]:
        try:
            return list(check())
        except Exception as error:  # noqa: BLE001 - the others' findings must not go down with it
            # Without the error's text, which may hold anything.
            return [
                Finding(
                    "wrong",
                    name,
                    f"The check itself failed with {type(error).__name__}.",
                    "This is a mistake in Marketdeck: please report it, with the other findings.",
                )
            ]

    return run
