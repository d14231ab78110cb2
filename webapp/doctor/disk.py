"""Folders that the product writes, and files that nobody else should read."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from webapp.config import PROJECT_DIR, Settings
from webapp.doctor.findings import Finding, Level

NAME = "Disk"
_FREE_WARNING_BYTES = 500 << 20
_FREE_WRONG_BYTES = 50 << 20
_SQLITE = "sqlite:///"


def check_disk(settings: Settings) -> Iterator[Finding]:
    folders = {
        "SNAPSHOT_DIR": settings.snapshot_dir,
        "RELEASE_DIR": settings.release_dir,
        "var": PROJECT_DIR / "var",
    }
    found = [
        *_writable(folders),
        *_free_space(folders),
        *_only_ours(settings),
    ]
    yield from found
    if not found:
        whoever = " As root, who may write anywhere." if os.geteuid() == 0 else ""
        yield Finding(
            "ok", NAME, f"Its folders can be written, with {_free(folders)} GB free.{whoever}"
        )


def _writable(folders: dict[str, Path]) -> Iterator[Finding]:
    for name, folder in folders.items():
        place = _nearest(folder)
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            yield Finding(
                "wrong",
                NAME,
                f"{name}, {folder}, cannot be written ({error.strerror}): what is kept there is "
                "lost with the process.",
                f"Give the product's user the folder: chown and chmod u+rwx {folder}",
            )


def _free_space(folders: dict[str, Path]) -> Iterator[Finding]:
    for name, folder in folders.items():
        free = shutil.disk_usage(_nearest(folder)).free
        if free < _FREE_WARNING_BYTES:
            yield Finding(
                "wrong" if free < _FREE_WRONG_BYTES else "warning",
                NAME,
                f"{free >> 20} MB are free where {name}, {folder}, lies.",
                "Make room: lists take a few MB, a database and Redis on the same disk more.",
            )
            return  # most often all lie on one disk


def _free(folders: dict[str, Path]) -> int:
    return min(shutil.disk_usage(_nearest(folder)).free for folder in folders.values()) >> 30


def _nearest(folder: Path) -> Path:
    """The folder, or while it is not there the one that it would be made in."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _only_ours(settings: Settings) -> Iterator[Finding]:
    var = PROJECT_DIR / "var"
    levels: dict[Path, Level] = {
        var / "secret_key": "wrong",
        var / "credentials_encryption_keys": "wrong",
    }
    database = settings.database_url.get_secret_value()
    if database.startswith(_SQLITE):  # hashes, sealed keys, addresses
        levels[Path(database.removeprefix(_SQLITE))] = "warning"
    for file, level in levels.items():
        if not file.exists():
            continue
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(
                level,
                NAME,
                f"Others on this machine may read {file} (mode {mode:o}).",
                f"chmod 600 {file}",
            )
