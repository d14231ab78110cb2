"""The units in ``deploy/systemd``, as systemd itself reads and judges them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.config import PROJECT_DIR

UNITS = PROJECT_DIR / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
EXPOSURE = 11  # tenths, of 100; docs/deploy.md says so too


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_as_closed_as_the_page_says(name: str):
    judged = subprocess.run(
        [
            *("systemd-analyze", "security", "--no-pager", "--offline=true"),
            *(f"--threshold={EXPOSURE}", UNITS / name),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert judged.returncode == 0, judged.stdout
    page = (PROJECT_DIR / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert f"exposure of {EXPOSURE / 10}" in page


def test_systemd_finds_nothing_wrong_in_them(tmp_path: Path):
    here = shutil.copytree(UNITS, tmp_path / "units")
    for unit in filter(Path.is_file, here.rglob("*")):
        text = unit.read_text(encoding="utf-8")
        # Whether the programs are there is looked at too.
        text = text.replace("/srv/marketdeck/.venv/bin", str(Path(sys.executable).parent))
        unit.write_text(text.replace("/srv/marketdeck", str(PROJECT_DIR)))
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(here / name for name in SERVICES)],
        check=False,
        capture_output=True,
        text=True,
    )
    ours = [line for line in found.stderr.splitlines() if "marketdeck" in line]
    assert (found.returncode, ours) == (0, [])


def test_what_closes_them_stands_in_one_place_for_all_three():
    closing = directives(UNITS / "marketdeck-.service.d" / "10-hardened.conf")
    assert len(SERVICES) == 3
    for name in SERVICES:
        assert not closing & directives(UNITS / name)


def directives(file: Path) -> set[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return {line.partition("=")[0] for line in lines if "=" in line and line[0] != "#"}
