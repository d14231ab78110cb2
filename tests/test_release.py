"""The static files as they are served."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webapp import STATIC_DIR
from webapp.release import KEPT_RELEASES, SHEETS, file_hashes, release_folder


def bare_css(text: str) -> str:
    """All but comments, white space and semicolons, of which a sheet has more than it needs."""
    return re.sub(r"\s+|;", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def source(folder: Path, script: str = "let a") -> Path:
    texts = {
        "js/main.js": "// why\nlet a",
        "built/js/main.js": script,
        "css/docs.css": "/* why */ a { color: red; }",
        "vendor/library.js": "/* a licence */ let b;",
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_what_is_served_is_what_the_set_up_made_and_nothing_that_is_written_for_people(
    tmp_path: Path,
):
    folder = release_folder(source(tmp_path / "static"), tmp_path / "releases")
    assert (folder / "js" / "main.js").read_text() == "let a"
    assert (folder / "css" / "docs.css").read_text() == "a{color:red}"
    assert "a licence" in (folder / "vendor" / "library.js").read_text()
    names = ["css/desk.css", "css/docs.css", "js/main.js", "vendor/library.js"]
    assert list(file_hashes(folder)) == names


def test_without_the_set_up_it_says_what_is_to_be_done(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="make setup"):
        release_folder(tmp_path, tmp_path / "releases")


def test_one_content_is_one_address_and_another_is_another(tmp_path: Path):
    texts = {"a": "let a", "b": "let a", "c": "let c"}
    a, b, c = (
        release_folder(source(tmp_path / name, text), tmp_path / "releases").name
        for name, text in texts.items()
    )
    assert a == b != c


def test_processes_that_start_at_once_end_with_one_whole_folder(tmp_path: Path):
    sources = [source(tmp_path / str(number)) for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        folders = set(threads.map(lambda it: release_folder(it, tmp_path / "releases"), sources))
    assert list((tmp_path / "releases").iterdir()) == list(folders)


def test_a_web_server_of_another_user_may_read_all_of_it(tmp_path: Path):
    usual = os.umask(0o077)
    try:
        folder = release_folder(source(tmp_path / "static"), tmp_path / "releases")
    finally:
        os.umask(usual)
    modes = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert modes == {path: 0o755 if path.is_dir() else 0o644 for path in modes}


def test_only_the_newest_releases_are_kept(tmp_path: Path):
    for number in range(KEPT_RELEASES + 3):
        newest = release_folder(source(tmp_path / str(number), f"let a{number}"), tmp_path / "kept")
    kept = list((tmp_path / "kept").iterdir())
    assert len(kept) == KEPT_RELEASES
    assert newest in kept


def test_all_style_sheets_are_served_as_one(tmp_path: Path):
    folder = release_folder(STATIC_DIR, tmp_path)
    written = {path.stem: path.read_text() for path in (STATIC_DIR / "css").iterdir()}
    apart = {"account", "docs", "status"}  # of pages that are not the desk
    assert set(written) == {*SHEETS, *apart}
    assert {path.stem for path in (folder / "css").glob("*.css")} == {"desk", *apart}
    served = (folder / "css" / "desk.css").read_text()
    joined = "\n".join(written[name] for name in SHEETS)
    assert bare_css(served) == bare_css(joined)
