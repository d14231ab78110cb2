"""Known vulnerabilities in the packages that are installed: ``python -m tests.audit``.

OSV is asked by pip-audit for Python's, the registry by npm for the browser's. A known one fails the
audit. A database that cannot be asked does not, and is told in one line: whoever works without a
network, or behind a mirror that has none, could check nothing at all otherwise.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PROJECT_DIR = Path(__file__).resolve().parent.parent
OSV_URL = "https://api.osv.dev/v1/query"
_ANSWER_SECONDS = 5
_LONGEST_SECONDS = 120


class NotAsked(Exception):
    """The database of vulnerabilities gave no answer; the text says which."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requirements", type=Path, default=PROJECT_DIR / "constraints.txt")
    parser.add_argument("--osv-url", default=OSV_URL)
    parser.add_argument("--npm-registry", help="the one that npm is set to unless given")
    asked = parser.parse_args()
    found, silent = _audited(
        lambda: of_python(asked.requirements, asked.osv_url), lambda: of_npm(asked.npm_registry)
    )
    for line in found:
        print(line)
    if silent:
        print(f"audit: not done for {' and '.join(silent)}.")
    elif not found:
        print("audit: no known vulnerability.")
    sys.exit(1 if found else 0)


def of_python(requirements: Path, osv_url: str) -> list[str]:
    """A line for each vulnerability in these pinned packages; raises ``NotAsked``."""
    answer = _json_of(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(requirements)),
            *("--no-deps", "--disable-pip", "--vulnerability-service", "osv"),
            *("--osv-url", osv_url, "--timeout", str(_ANSWER_SECONDS)),
            *("--format", "json", "--progress-spinner", "off"),
        ]
    )
    if "dependencies" not in answer:
        raise NotAsked("Python's packages (OSV cannot be asked)")
    return [
        f"audit: {package['name']} {package['version']}: {hole['id']}, "
        f"mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for package in answer["dependencies"]
        for hole in package.get("vulns", [])
    ]


def of_npm(registry: str | None) -> list[str]:
    """The same for what package-lock.json names."""
    npm = shutil.which("npm")
    silent = NotAsked("the browser's packages (the npm registry cannot be asked)")
    if npm is None:
        raise silent
    answer = _json_of(
        [
            *(npm, "audit", "--json", "--package-lock-only", "--fetch-retries=0"),
            f"--fetch-timeout={_ANSWER_SECONDS * 1000}",
            *([f"--registry={registry}"] if registry else []),
        ]
    )
    if "vulnerabilities" not in answer:
        raise silent
    return [
        f"audit: {name}: {hole['severity']}, {_title(hole)}"
        for name, hole in answer["vulnerabilities"].items()
    ]


def _audited(*audits: Callable[[], list[str]]) -> tuple[list[str], list[str]]:
    """What was found by all of them at once, and which could not be asked."""
    found: list[str] = []
    silent: list[str] = []
    with ThreadPoolExecutor(len(audits)) as threads:
        for audit in [threads.submit(audit) for audit in audits]:
            try:
                found += audit.result()
            except NotAsked as error:
                silent.append(str(error))
    return found, silent


def _json_of(command: list[str]) -> dict[str, Any]:
    """What the command says on standard output; nothing when it is no JSON or takes too long."""
    try:
        ran = subprocess.run(
            command, cwd=PROJECT_DIR, capture_output=True, text=True, timeout=_LONGEST_SECONDS
        )
        answer = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _title(hole: dict[str, Any]) -> str:
    # What depends on a vulnerable package is named by that package's name alone.
    return ", ".join(via if isinstance(via, str) else str(via["title"]) for via in hole["via"])


if __name__ == "__main__":
    main()
