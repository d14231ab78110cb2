"""The figures that the matrix measured, kept for the README: ``var/faults.jsonl``."""

from __future__ import annotations

import json

from webapp.config import PROJECT_DIR

FIGURES = PROJECT_DIR / "var" / "faults.jsonl"


def measured(fault: str, **figures: float | str) -> None:
    """Note what a fault cost."""
    rounded = {
        name: round(value, 2) if isinstance(value, float) else value
        for name, value in figures.items()
    }
    FIGURES.parent.mkdir(exist_ok=True)
    with FIGURES.open("a") as file:
        file.write(json.dumps({"fault": fault, **rounded}) + "\n")
