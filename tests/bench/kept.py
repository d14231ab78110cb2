"""The figures of the last run of each part: ``var/bench.json``."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

from tests.bench.figures import Part
from tests.bench.machine import Disturbance, described
from webapp.config import PROJECT_DIR

FIGURES = PROJECT_DIR / "var" / "bench.json"


def keep(name: str, began_at: datetime, part: Part, disturbance: Disturbance) -> None:
    """Put a part's figures into the file, in place of its last ones."""
    kept: dict[str, Any] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    kept[name] = {
        "began_at": f"{began_at:%Y-%m-%dT%H:%M:%SZ}",
        "seconds": round(time.time() - began_at.timestamp()),
        "machine": described(),
        "foreign_share": round(disturbance.foreign, 4),
        "steal_share": round(disturbance.steal, 4),
        "tables": [{"title": table.title, "rows": table.rows} for table in part.tables],
        "goals": [goal.as_row() for goal in part.goals],
    }
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
