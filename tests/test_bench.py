"""The bench's own arithmetic: what it makes of what it measures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench import hot, kept, machine
from tests.bench.figures import Goal, Part, Row, Spread, Table, number
from tests.bench.line_up import Contender, rows_of
from tests.bench.machine import Clock, Disturbance, undisturbed
from tests.bench.picture import drawn
from tests.bench.wrk import Load, WrkError, parsed

SAID = """Running 4s test @ http://127.0.0.1:8000/
  1 threads and 32 connections
Requests/sec:   5000.00

wrk: {"requests": 20000, "microseconds": 4000000, "bytes": 64000000, "p50_us": 2900, \
"p99_us": 14000, "connect": 0, "read": 0, "write": 0, "status": 3, "timeout": 1}
"""
QUIET = Disturbance(steal=0, foreign=0)


def a_turn(per_second: float, cpu_us: float = 100, p99_ms: float = 10) -> hot.Turn:
    seen = Load(round(per_second), 1.0, round(per_second) * 3000, p99_ms / 2, p99_ms, 0)
    return hot.Turn(seen, cpu_us, QUIET)


def test_a_spread_has_the_median_and_both_ends():
    assert Spread.of([5, 1, 9, 4]) == Spread(1, 4.5, 9)


def test_a_ratio_is_taken_within_each_round_so_that_a_slow_round_does_not_bend_it():
    ours, theirs = [900.0, 450.0, 880.0], [100.0, 50.0, 80.0]
    assert Spread.of_ratios(ours, theirs) == Spread(9, 9, 11)


def test_ratios_of_rounds_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        Spread.of_ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("bound", "limit", "figure", "verdict"),
    [
        ("at least", 9.0, 9.0, "met"),
        ("at least", 9.0, 4.5, "missed by × 2"),
        ("at most", 10.0, 9.9, "met"),
        ("at most", 10.0, 25.0, "missed by × 2.5"),
        ("at most", 0.0, 3.0, "missed"),
    ],
)
def test_a_goal_says_whether_it_is_met_and_how_far_it_is(bound, limit, figure, verdict):
    assert Goal("a goal", bound, limit, figure).verdict == verdict


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (0.123456, "0.123"), (9.876, "9.88"), (99.96, "100"), (58613.4, "58,613")],
)
def test_numbers_are_written_with_three_digits_that_count(value, written):
    assert number(value) == written


def test_a_table_is_markdown_and_leaves_out_a_column_that_is_empty_everywhere():
    table = Table("Speeds", [{"who": "a", "req/s": 1234.5, "note": ""}, {"who": "longer"}])
    assert str(table).splitlines() == [
        "",
        "Speeds",
        "",
        "| who    | req/s |",
        "| ------ | ----- |",
        "| a      | 1,234 |",
        "| longer |       |",
    ]


def test_wrks_report_is_read_with_all_kinds_of_errors_added_up():
    seen = parsed(SAID)
    assert seen == Load(20000, 4.0, 64_000_000, 2.9, 14.0, 4)
    assert seen.per_second == 5000
    assert seen.bytes_an_answer == 3200


@pytest.mark.parametrize("said", ["unable to connect to 127.0.0.1:1", SAID.replace("20000", "0")])
def test_a_run_of_wrk_without_an_answer_is_an_error(said: str):
    with pytest.raises(WrkError):
        parsed(said)


def test_what_neither_we_nor_idle_cores_had_went_to_others():
    before = Clock(possible=100, busy=50, stolen=1, own=40)
    after = Clock(possible=120, busy=66, stolen=1.2, own=52)
    seen = Disturbance.between(before, after)
    assert seen.foreign == pytest.approx(0.2)
    assert seen.steal == pytest.approx(0.01)
    assert not seen.is_quiet


def test_cpu_time_that_is_counted_late_makes_no_negative_disturbance():
    seen = Disturbance.between(Clock(100, 50, 0, 40), Clock(110, 59.9, 0, 50))
    assert seen.foreign == 0
    assert seen.is_quiet


def disturb(monkeypatch: pytest.MonkeyPatch, *shares: float) -> None:
    """Let the runs to come lose these shares of the machine to others."""
    clocks: list[Clock] = []
    busy = 0.0
    for share in shares:
        clocks.append(Clock(100 * len(clocks), busy, 0, 0))
        busy += share * 100
        clocks.append(Clock(100 * len(clocks), busy, 0, 0))
    told = iter(clocks)
    monkeypatch.setattr(machine.Clock, "now", lambda: next(told))


def test_a_quiet_run_is_not_repeated(monkeypatch: pytest.MonkeyPatch):
    disturb(monkeypatch, 0.01)
    assert undisturbed(iter([5.0]).__next__)[0] == 5


def test_a_disturbed_run_is_repeated_until_one_is_quiet(monkeypatch: pytest.MonkeyPatch):
    disturb(monkeypatch, 0.5, 0.01)
    assert undisturbed(iter([9.0, 5.0]).__next__)[0] == 5


def test_of_runs_that_are_all_disturbed_the_quietest_counts_and_not_the_best(
    monkeypatch: pytest.MonkeyPatch,
):
    disturb(monkeypatch, 0.5, 0.2, 0.4)
    value, disturbance = undisturbed(iter([9.0, 5.0, 8.0]).__next__)
    assert value == 5
    assert disturbance.foreign == pytest.approx(0.2)


def test_cpu_time_of_a_process_that_is_gone_is_nought():
    assert machine.cpu_seconds([2**22 + 1]) == 0


def test_the_hot_table_compares_within_rounds_and_says_what_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(Contender, "absent", lambda it: list(it.needs))
    turns = {
        "plain": [a_turn(100, 1800), a_turn(50, 1800), a_turn(100, 1800)],
        "bare-flask": [a_turn(500, p99_ms=20)] * 3,
        "ours": [a_turn(900, 200, p99_ms=30), a_turn(400, 200), a_turn(1000, 200, p99_ms=30)],
    }
    part = hot.judged(turns, symbols=430, seconds=4)
    rows = {row["contender"]: row for row in part.tables[0].rows}
    assert rows["**ours, gunicorn alone**"]["×"] == 9
    assert rows["**ours under granian**"] == {
        "contender": "**ours under granian**",
        "note": "not installed: granian",
    }
    goals = {goal.name: goal for goal in part.goals}
    assert list(goals) == ["ours: × plain", "ours: × bare-flask", "ours: p99 × bare-flask's"]
    assert goals["ours: × plain"].is_met
    assert goals["ours: × plain"].note == "by CPU time × 9"
    assert goals["ours: p99 × bare-flask's"].verdict == "missed by × 1.5"


def test_an_answer_that_miscounts_its_rows_is_refused():
    row = {"symbol": "BTCUSDT"}
    body = {"status": "success", "data": {"symbols": [row], "count": 1}}
    assert rows_of(json.dumps(body).encode()) == [row]
    body["data"] = {"symbols": [row], "count": 2}
    with pytest.raises(ValueError, match="how many"):
        rows_of(json.dumps(body).encode())


def test_a_part_replaces_its_own_figures_and_leaves_those_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept, "FIGURES", tmp_path / "bench.json")
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    for name, figure in (("hot", 1.0), ("cold", 2.0), ("hot", 3.0)):
        part = Part([Table(name, [{"figure": figure}])], [Goal("g", "at least", 2, figure)])
        kept.keep(name, now, part, QUIET)
    written = json.loads((tmp_path / "bench.json").read_text())
    assert written["hot"]["tables"] == [{"title": "hot", "rows": [{"figure": 3.0}]}]
    assert written["hot"]["began_at"] == "2026-01-02T03:04:05Z"
    assert written["cold"]["goals"][0]["verdict"] == "met"


def test_the_picture_has_a_bar_for_each_that_was_measured_the_longest_first():
    rows: list[Row] = [
        {"contender": "plain <design>", "×": 1.0},
        {"contender": "**ours**", "×": 4.0},
        {"contender": "another", "note": "not installed"},
    ]
    picture = ElementTree.fromstring(drawn(rows))  # noqa: S314  (our own)
    bars = picture.findall("{*}rect")
    assert [bar.get("class") for bar in bars] == ["ours", None]
    assert float(bars[0].get("width", 0)) == pytest.approx(4 * float(bars[1].get("width", 0)))
    texts = [text.text for text in picture.findall("{*}text")]
    assert texts[1:] == ["ours", "× 4", "plain <design>", "× 1"]
