"""The page's scripts: what it starts with, and what the set-up makes of the sources."""

import re
from pathlib import Path

from webapp import STATIC_DIR
from webapp.release import BUILT

SOURCES = STATIC_DIR / "js"
JOINED = STATIC_DIR / BUILT / "js"
IMPORTED = re.compile(r'^(?:import|export) [^;]*?"(\..+?\.js)";', re.MULTILINE)
WANTED_LATER = re.compile(r'(?:await|=>|=) import\("(\..+?\.js)"\)')


def test_the_page_starts_with_just_the_modules_that_its_main_one_needs():
    """What only parts for later need stands below ``later`` too."""
    needed = with_imports(SOURCES / "main.js")
    assert needed == {path for path in SOURCES.rglob("*.js") if "later" not in path.parts}


def test_a_browser_starts_with_two_files_and_each_part_for_later_is_one():
    parts = {
        (path.parent / name).resolve().relative_to(SOURCES)
        for path in SOURCES.rglob("*.js")
        for name in WANTED_LATER.findall(path.read_text(encoding="utf-8"))
    }
    assert len(parts) > 5
    joined = {path.relative_to(JOINED) for path in JOINED.rglob("*.js")}
    assert joined == {Path("main.js"), Path("start.js"), *parts}


def with_imports(path: Path, known: frozenset[Path] = frozenset()) -> frozenset[Path]:
    """The module and all that it imports from the start, and so on."""
    known |= {path}
    for name in IMPORTED.findall(path.read_text(encoding="utf-8")):
        imported = (path.parent / name).resolve()
        if imported not in known:
            known = with_imports(imported, known)
    return known
