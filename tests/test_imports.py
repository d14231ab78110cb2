"""Imports point one way: wsgi → webapp → blueprints → services → clients; jobs call services."""

import ast
from pathlib import Path

import pytest

from webapp.config import PROJECT_DIR

# What the modules below a folder may not import.
FORBIDDEN = {
    "webapp": ("jobs", "deploy", "tests", "wsgi"),
    "webapp/binance": (
        "flask",
        "webapp.symbols",
        "webapp.events",
        "webapp.api",
        "webapp.markets",
        "webapp.extensions",
    ),
    "webapp/symbols": (
        "flask",
        "webapp.events",
        "webapp.api",
        "webapp.markets",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/market_data": (
        "flask",
        "webapp.api",
        "webapp.markets",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/credentials": (
        "flask",
        "webapp.personal",
        "webapp.api",
        "webapp.markets",
        "webapp.accounts",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/watchlists": (
        "flask",
        "webapp.api",
        "webapp.markets",
        "webapp.accounts",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/personal": (
        "flask",
        "webapp.api",
        "webapp.markets",
        "webapp.accounts",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/events": (
        "flask",
        "webapp.binance",
        "webapp.api",
        "webapp.markets",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/metrics": (
        "flask",
        "webapp.symbols",
        "webapp.binance",
        "webapp.events",
        "webapp.ops",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/vitals": (
        "flask",
        "webapp.api",
        "webapp.markets",
        "webapp.accounts",
        "webapp.ops",
        "webapp.status",
        "webapp.doctor",
        "webapp.extensions",
        "webapp.config",
    ),
    "webapp/ops": (
        "webapp.api",
        "webapp.markets",
        "webapp.accounts",
        "webapp.status",
        "webapp.doctor",
        "redis",
        "requests",
    ),
    "webapp/api": ("webapp.markets", "webapp.binance", "redis", "requests"),
    "webapp/markets": ("webapp.api", "webapp.binance", "webapp.pwa", "redis", "requests"),
    "webapp/pwa": ("webapp.api", "webapp.binance", "webapp.symbols", "redis", "requests"),
    "webapp/doctor": (
        "flask",
        "webapp.api",
        "webapp.markets",
        "webapp.accounts",
        "webapp.ops",
        "webapp.status",
        "webapp.extensions",
    ),
    "webapp/status": ("webapp.api", "webapp.accounts", "webapp.ops", "redis", "requests"),
    "jobs": ("flask", "deploy", "tests", "webapp.api", "webapp.markets"),
    "tests/exchange": ("webapp", "jobs", "deploy", "flask"),
}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_point_one_way(folder: str):
    wrong = [
        f"{path.relative_to(PROJECT_DIR)} imports {name}"
        for path in (PROJECT_DIR / folder).rglob("*.py")
        for name in _imports(path)
        if any(name == other or name.startswith(other + ".") for other in FORBIDDEN[folder])
    ]
    assert wrong == []


def _imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names
