"""The modules that the page names in its head."""

import re
from pathlib import Path

from webapp.config import PROJECT_DIR
from webapp.scripts import modules

IMPORTED = re.compile(r'^(?:import|export) [^;]*?"(\..+?\.js)";', re.MULTILINE)


def test_the_page_starts_with_all_modules_but_those_for_later(tmp_path: Path):
    for name in ("main.js", "lib/words.js", "later/chart.js"):
        path = tmp_path / "js" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert modules(str(tmp_path)) == ("js/lib/words.js", "js/main.js")


def test_the_page_starts_with_just_the_modules_that_its_main_one_needs():
    """What only parts for later need stands below ``later`` too."""
    static = PROJECT_DIR / "static"
    needed = with_imports(static / "js" / "main.js")
    assert modules(str(static)) == tuple(sorted(str(path.relative_to(static)) for path in needed))


def with_imports(path: Path, known: frozenset[Path] = frozenset()) -> frozenset[Path]:
    """The module and all that it imports from the start, and so on."""
    known |= {path}
    for name in IMPORTED.findall(path.read_text(encoding="utf-8")):
        imported = (path.parent / name).resolve()
        if imported not in known:
            known = with_imports(imported, known)
    return known
