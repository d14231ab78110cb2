"""docs/security.md names only what there is."""

from __future__ import annotations

import ast
import re

import pytest

from webapp.config import PROJECT_DIR

TEXT = (PROJECT_DIR / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in TEXT.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+ \|", line)
]
NAMED = sorted(set(re.findall(r"`([\w./-]+/[\w.-]+\.\w+|wsgi\.py|README\.md)(?:::(\w+))?`", TEXT)))


def test_every_requirement_stands_there_once_with_a_status_and_what_shows_it():
    ids = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert ids == sorted(set(ids))
    assert {chapter for chapter, *_ in ids} == {6, 7, 8, 11, 13, 14}
    for row in ROWS:
        identifier, asked, status, shown_by = row
        assert status in ("met", "not met", "does not apply"), identifier
        assert asked, identifier
        assert shown_by, identifier


def test_what_is_met_is_shown_by_a_file_a_test_or_the_decisions():
    for identifier, _, status, shown_by in ROWS:
        if status == "met":
            assert "`" in shown_by or shown_by == "above", identifier


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_every_file_and_every_test_that_is_named_exists(path: str, test: str):
    source = (PROJECT_DIR / path).read_text(encoding="utf-8")
    if test:
        nodes = ast.walk(ast.parse(source))
        assert test in {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
