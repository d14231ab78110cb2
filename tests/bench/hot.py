"""The hot endpoint, side by side: one list, asked for by 32 connections without a pause."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import requests

from tests.bench.contenders.upstream import HELLO, KEYS, PATH, is_listed
from tests.bench.figures import Goal, Part, Row, Spread, Table
from tests.bench.line_up import LINE_UP, Contender, Running, rows_of
from tests.bench.machine import Disturbance, cpu_seconds, undisturbed
from tests.bench.picture import draw
from tests.bench.surroundings import Surroundings, surroundings
from tests.bench.wrk import CONNECTIONS, GZIP, Load, load

WARM_UP_SECONDS = 1
# What an answer may weigh beside its body; and what a run's last, unfinished answers may add.
_HEADERS_MAX_BYTES = 2_000
_UNFINISHED = 0.02

# Ours, the other, how many times its requests a second.
RATIOS = (
    ("ours", "plain", 9),
    ("ours", "cached", 3.5),
    ("ours", "fastapi-cache2", 35),
    ("ours", "bare-flask", 1),
    ("ours-nginx", "static", 0.9),
    ("ours-nginx", "fastapi-copy", 4),
    ("ours-granian", "plain", 30),
    ("ours-granian", "fastapi-copy", 2.5),
)
P99_RATIOS = (("ours", "bare-flask", 1),)


class WrongAnswer(AssertionError):
    """A contender does not answer as it should, so that its figures say nothing."""


@dataclass(frozen=True)
class Turn:
    """One contender's run in one round."""

    load: Load
    cpu_us: float  # of the server, a request
    disturbance: Disturbance

    @property
    def per_second(self) -> float:
        return self.load.per_second


Turns = dict[str, list[Turn]]


def run(rounds: int, seconds: float) -> Part:
    with surroundings() as place, ExitStack() as stack:
        expected = rows_expected(place)
        present = [contender for contender in LINE_UP if not contender.absent()]
        running = {
            contender.key: stack.enter_context(contender.serve(place)) for contender in present
        }
        place.exchange.control.freeze()
        for contender in present:
            _check(contender, running[contender.key], expected)
            load(running[contender.key].url + PATH, WARM_UP_SECONDS)
        turns: Turns = {contender.key: [] for contender in present}
        for number in range(rounds):
            for contender in present:
                turn = _turn(contender, running[contender.key], expected, seconds)
                turns[contender.key].append(turn)
                print(f"round {number + 1}: {contender.key}: {turn.per_second:,.0f}", flush=True)
    part = judged(turns, len(expected), seconds)
    draw(part.tables[0].rows)
    return part


def rows_expected(place: Surroundings) -> list[dict[str, Any]]:
    """The list as the exchange has it, read by the contenders' own few lines."""
    url = place.exchange.urls.spot
    answer = requests.get(f"{url}/api/v3/exchangeInfo", timeout=30).json()
    listed = filter(is_listed, answer["symbols"])
    rows = [{key: row[key] for key in KEYS} for row in listed]
    return sorted(rows, key=lambda row: str(row["symbol"]))


def _turn(
    contender: Contender, server: Running, expected: list[dict[str, Any]], seconds: float
) -> Turn:
    length = _check(contender, server, expected)

    def measured() -> tuple[Load, float]:
        before = cpu_seconds(server.pids)
        done = load(server.url + PATH, seconds)
        return done, (cpu_seconds(server.pids) - before) / done.requests * 1e6

    (done, cpu_us), disturbance = undisturbed(measured)
    _check(contender, server, expected)
    least, most = length * (1 - _UNFINISHED), (length + _HEADERS_MAX_BYTES) * (1 + _UNFINISHED)
    if not least <= done.bytes_an_answer <= most:
        raise WrongAnswer(f"{contender.key}: {done.bytes_an_answer:.0f} bytes, and not {length}")
    return Turn(done, cpu_us, disturbance)


def _check(contender: Contender, server: Running, expected: list[dict[str, Any]]) -> int:
    """Ask once as the load does and read it all; gives the body's bytes on the wire."""
    answer = requests.get(server.url + PATH, headers=GZIP, timeout=30)
    if answer.status_code != 200:
        raise WrongAnswer(f"{contender.key}: status {answer.status_code}")
    is_right = (
        answer.content == HELLO if contender.says_hello else rows_of(answer.content) == expected
    )
    if not is_right:
        raise WrongAnswer(f"{contender.key}: another body: {answer.content[:200]!r}")
    return int(answer.headers["Content-Length"])


def judged(turns: Turns, symbols: int, seconds: float) -> Part:
    """The table and the goals, from what each contender reached in each round."""
    rows: list[Row] = []
    for contender in LINE_UP:
        if contender.key in turns:
            rows.append(_row(contender, turns[contender.key], turns["plain"]))
        else:
            absent = ", ".join(contender.absent())
            rows.append({"contender": contender.name, "note": f"not installed: {absent}"})
    rounds = len(turns["plain"])
    title = (
        f"The hot endpoint: {symbols} symbols, two workers each, {CONNECTIONS} connections,"
        f" medians of {rounds} rounds of {seconds:g} s"
    )
    return Part([Table(title, rows)], _goals(turns))


def _row(contender: Contender, own: Sequence[Turn], plain: Sequence[Turn]) -> Row:
    speeds = Spread.of([turn.per_second for turn in own])
    ratios = Spread.of_ratios(
        [turn.per_second for turn in own], [turn.per_second for turn in plain]
    )
    disturbed = sum(not turn.disturbance.is_quiet for turn in own)
    return {
        "contender": contender.name,
        "req/s": speeds.middle,
        "spread": str(speeds),
        "×": ratios.middle,
        "p50 ms": Spread.of([turn.load.p50_ms for turn in own]).middle,
        "p99 ms": Spread.of([turn.load.p99_ms for turn in own]).middle,
        "CPU µs": Spread.of([turn.cpu_us for turn in own]).middle,
        "bytes": Spread.of([turn.load.bytes_an_answer for turn in own]).middle,
        "errors": sum(turn.load.errors for turn in own),
        "note": f"{disturbed} of {len(own)} rounds disturbed" if disturbed else "",
    }


def _goals(turns: Turns) -> list[Goal]:
    goals = []
    for mine, other, limit in RATIOS:
        if mine in turns and other in turns:
            speeds = Spread.of_ratios(
                [turn.per_second for turn in turns[mine]],
                [turn.per_second for turn in turns[other]],
            )
            cpu = Spread.of_ratios(
                [turn.cpu_us for turn in turns[other]], [turn.cpu_us for turn in turns[mine]]
            )
            name, note = f"{mine}: × {other}", f"by CPU time × {cpu.middle:.3g}"
            goals.append(Goal(name, "at least", limit, speeds.middle, str(speeds), note))
    for mine, other, limit in P99_RATIOS:
        if mine in turns and other in turns:
            waits = Spread.of_ratios(
                [turn.load.p99_ms for turn in turns[mine]],
                [turn.load.p99_ms for turn in turns[other]],
            )
            name = f"{mine}: p99 × {other}'s"
            goals.append(Goal(name, "at most", limit, waits.middle, str(waits)))
    return goals
