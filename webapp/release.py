"""This release's static files as they are served, under a version of their own.

A browser need not load what is written for people, and gets few files in place of many: all style
sheets are one, and the set-up joins the scripts (``rolldown.config.js``). Each file has compressed
copies beside it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import rcssmin

from webapp.compression import FINEST_COMPRESSORS

KEPT_RELEASES = 5  # pages of an older one may still be open, and a web server may have its files
# The set-up makes these of the scripts, and what it makes is served in their place.
BUILT = "built"
_MADE_FROM = {"js", "worker"}
# In the order in which they are joined: a later sheet has the last word.
SHEETS = (
    "tokens",
    "base",
    "layout",
    "table",
    "columns",
    "watchlist",
    "settings",
    "pair",
    "related",
    "picker",
    "chart",
    "alerts",
    "help",
)
SHEET = Path("css", "desk.css")  # all of them
# Content codings that static files are offered in, best first, and the endings of their copies.
CODINGS = {"br": ".br", "gzip": ".gz"}
_COMPRESSED = {".js", ".mjs", ".css", ".json", ".svg"}

_SQUEEZERS: dict[str, Callable[[str], str]] = {
    ".css": rcssmin.cssmin,
    ".json": lambda text: json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")),
}


@cache
def release_folder(source: Path, releases: Path) -> Path:
    """The folder below ``releases`` with the files of ``source`` as they are served.

    It is named after their content and made when it is not there yet. Read once: sources that
    change are another release, for which the server starts anew. Raises ``FileNotFoundError``
    where the set-up has not joined the scripts.
    """
    built = source / BUILT
    if not built.is_dir():
        raise FileNotFoundError(f"{built} is not there: `make setup` makes it")
    apart = _MADE_FROM | {BUILT}
    written = (path for path in _files(source) if path.relative_to(source).parts[0] not in apart)
    contents = {
        **{path.relative_to(source): _squeezed(path) for path in written},
        **{path.relative_to(built): _squeezed(path) for path in _files(built)},
    }
    contents[SHEET] = b"\n".join(contents.pop(Path("css", f"{name}.css"), b"") for name in SHEETS)
    folder = releases / _version(contents)
    if not folder.exists():
        _write(folder, contents)
        _forget_old(releases)
    return folder


@cache
def file_hashes(folder: Path) -> dict[str, str]:
    """Each file's path below the folder, with its hash as a browser checks it."""
    copies = tuple(CODINGS.values())
    return {
        path.relative_to(folder).as_posix(): integrity(path.read_bytes())
        for path in _files(folder)
        if path.suffix not in copies
    }


def integrity(content: bytes) -> str:
    """The content's hash in the form of https://www.w3.org/TR/SRI/."""
    return "sha256-" + b64encode(sha256(content).digest()).decode()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _squeezed(path: Path) -> bytes:
    squeeze = _SQUEEZERS.get(path.suffix)
    if squeeze is None:
        return path.read_bytes()
    return squeeze(path.read_text(encoding="utf-8")).encode()


def _version(contents: dict[Path, bytes]) -> str:
    lines = [f"{path.as_posix()} {integrity(content)}" for path, content in contents.items()]
    return sha256("\n".join(lines).encode()).hexdigest()[:12]


def _write(folder: Path, contents: dict[Path, bytes]) -> None:
    """Put the folder there in one step: several processes may start at once, or one may die."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    half_done = Path(tempfile.mkdtemp(dir=folder.parent, prefix="."))
    for path, content in contents.items():
        target = half_done / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if path.suffix in _COMPRESSED:
            for coding, ending in CODINGS.items():
                copy = target.with_name(target.name + ending)
                copy.write_bytes(FINEST_COMPRESSORS[coding](content))
    for path in (half_done, *half_done.rglob("*")):  # a web server of another user may read them
        path.chmod(0o755 if path.is_dir() else 0o644)
    try:
        half_done.rename(folder)
    except OSError:  # another process was quicker
        shutil.rmtree(half_done)
        if not folder.exists():
            raise


def _forget_old(releases: Path) -> None:
    done = (folder for folder in releases.iterdir() if not folder.name.startswith("."))
    by_age = sorted(done, key=lambda folder: folder.stat().st_mtime)
    for folder in by_age[:-KEPT_RELEASES]:
        shutil.rmtree(folder, ignore_errors=True)
