"""``python -m tests.chaos --seconds 300 --seed 7``: a storm, its summary, and how it ended."""

from __future__ import annotations

import argparse
import random
import sys

from tests.chaos.storm import storm


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    wish = parser.parse_args()
    outcome = storm(wish.seconds, wish.seed)
    print(outcome)
    sys.exit(1 if outcome.violations else 0)


if __name__ == "__main__":
    main()
