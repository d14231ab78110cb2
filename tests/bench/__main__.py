"""``python -m tests.bench``: measures the product beside others, and prints how far its goals are.

Everything is started by the bench itself, on this machine; only the ratios of one run carry over to
another machine or hour. The figures go to ``var/bench.json`` too, where those of parts that were
not asked for stay as they were.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

from tests.bench import cold, growth, hosts, hot, outage, page, sse, stampede
from tests.bench.figures import Part
from tests.bench.kept import keep
from tests.bench.machine import Clock, Disturbance, described

ROUNDS = 5
SECONDS = 4.0

PARTS: dict[str, Callable[[int, float], Part]] = {
    "hot": hot.run,
    "cold": cold.run,
    "stampede": stampede.run,
    "outage": outage.run,
    "growth": growth.run,
    "hosts": hosts.run,
    "sse": sse.run,
    "page": page.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=PARTS, help="one part of it; all unless told")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run in a round")
    wish = parser.parse_args()
    for name in [wish.only] if wish.only else PARTS:
        began_at, before = datetime.now(UTC), Clock.now()
        part = PARTS[name](wish.rounds, wish.seconds)
        disturbance = Disturbance.between(before, Clock.now())
        keep(name, began_at, part, disturbance)
        for table in part.shown():
            print(table)
        print(
            f"\n{name}: {began_at:%Y-%m-%d %H:%M} UTC, {_machine()}. Of the machine went to"
            f" others {disturbance.foreign:.0%}, was stolen {disturbance.steal:.1%}.",
            flush=True,
        )


def _machine() -> str:
    facts = described()
    return f"{facts['cores']} cores, {facts['processor']}, Python {facts['python']}"


if __name__ == "__main__":
    main()
