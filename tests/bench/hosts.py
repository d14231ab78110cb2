"""Two web hosts behind one nginx: what a request costs beside one host, where the cores are shared.

On one machine two hosts cannot be faster than one: they have the same cores. What tells whether two
machines would be twice as fast is the CPU time of a request: it stays the same if nothing is shared
but Redis.
"""

from __future__ import annotations

from contextlib import ExitStack

import requests

from tests.bench.contenders.upstream import PATH
from tests.bench.figures import Goal, Part, Row, Spread, Table
from tests.bench.machine import cpu_seconds, undisturbed
from tests.bench.surroundings import Surroundings, surroundings
from tests.bench.wrk import CONNECTIONS, load
from tests.support.nginx import Nginx
from tests.support.waiting import wait_until

COUNTS = (1, 2)
SPEED_UP_MIN = 1.8  # of two machines over one, by what a request costs
# Each request shall reach a host: nginx answers none by itself.
_NO_CACHE = {"proxy_cache $marketdeck_cache;": "proxy_cache off;"}


def run(rounds: int, seconds: float) -> Part:
    with surroundings() as place, ExitStack() as stack:
        fronts = {count: _front(place, stack, count) for count in COUNTS}
        place.exchange.control.freeze()
        seen: dict[int, list[tuple[float, float]]] = {count: [] for count in COUNTS}
        for _ in range(rounds):
            for count, (url, pids) in fronts.items():
                seen[count].append(undisturbed(lambda: _cost(url, pids, seconds))[0])  # noqa: B023
    costs = {count: [cpu_us for cpu_us, _ in runs] for count, runs in seen.items()}
    rows: list[Row] = [
        {
            "web hosts behind one nginx": count,
            "CPU µs of the hosts, a request": Spread.of(costs[count]).middle,
            "spread": str(Spread.of(costs[count])),
            "req/s on shared cores": Spread.of([speed for _, speed in seen[count]]).middle,
        }
        for count in COUNTS
    ]
    gain = Spread.of_ratios([2 * cpu_us for cpu_us in costs[1]], costs[2])
    goal = Goal("hosts: two × one, by CPU time", "at least", SPEED_UP_MIN, gain.middle, str(gain))
    return Part([Table("Two hosts, two workers each", rows)], [goal])


def _front(place: Surroundings, stack: ExitStack, count: int) -> tuple[str, list[int]]:
    """nginx in front of so many hosts: its address, and the processes of the hosts."""
    folder = place.folder / f"front-of-{count}"
    folder.mkdir()
    sites = [
        stack.enter_context(
            place.site(TRUSTED_PROXIES="1", SNAPSHOT_DIR=str(folder / f"snapshots-{number}"))
        )
        for number in range(count)
    ]
    for site in sites:
        wait_until(site.is_warm, "both lists are cached", 30)
    nginx = stack.enter_context(Nginx(sites[0], folder, _NO_CACHE, others=sites[1:]))
    requests.get(nginx.url + PATH, timeout=30).raise_for_status()
    return nginx.url, [site.process.pid for site in sites]


def _cost(url: str, pids: list[int], seconds: float) -> tuple[float, float]:
    """CPU µs of the hosts for a request, and requests a second.

    Each host has as many connections: what comes at the same time is cheaper to answer.
    """
    before = cpu_seconds(pids)
    seen = load(url + PATH, seconds, CONNECTIONS * len(pids))
    if seen.errors:
        raise AssertionError(f"{seen.errors} of the answers were errors")
    return (cpu_seconds(pids) - before) / seen.requests * 1e6, seen.per_second
