"""``python -m tests.melt``: the page's figures at 2,000 updates a second, against their limits.

``--minutes 60 --calm`` is the soak: an hour at the exchange's natural rate.
"""

from __future__ import annotations

import argparse
import sys

from tests.melt.desk import SETTLING_SECONDS, chromium, desk, place
from tests.melt.report import Line, report

COLD_STARTS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3, help="at least 1")
    parser.add_argument("--calm", action="store_true", help="at the exchange's natural rate")
    wish = parser.parse_args()
    lines = measured(wish.minutes, wish.calm)
    for line in lines:
        print(line)
    sys.exit(0 if all(line.is_kept for line in lines) else 1)


def measured(minutes: float, is_calm: bool) -> list[Line]:
    """Start a site and a browser, and keep the page open for so many minutes, at least 1."""
    with place() as market, chromium() as browser:
        starts = []
        for _ in range(COLD_STARTS):
            with desk(browser) as page:
                starts.append(page.open(market.url))
        if not is_calm:
            market.storm()
        with desk(browser) as page:
            page.open(market.url)
            page.endure(SETTLING_SECONDS)
            minute = page.endure(60)
            early = page.footprint()
            page.endure((minutes - 1) * 60)
            late = page.footprint()
            writes = page.writes(10)
    return report(starts, minute, early, late, writes)


if __name__ == "__main__":
    main()
