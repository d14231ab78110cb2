"""Bans on disk: what a process knows of them that starts while Redis is away."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

import msgspec

log = logging.getLogger(__name__)


class Ban(msgspec.Struct, frozen=True):
    """A host's door is shut to us."""

    until: float  # epoch seconds
    status: int
    message: str


class BanFiles:
    """One small file a host, replaced whole; a disk that fails costs a log line."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self, host: str) -> Ban | None:
        """The ban that was last written, be it over or not, or None."""
        path = self._path(host)
        try:
            return msgspec.json.decode(path.read_bytes(), type=Ban)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("%s cannot be read: %s", path, error)
            return None

    def write(self, host: str, ban: Ban) -> None:
        path = self._path(host)
        draft = None
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self._directory)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(ban))
            Path(draft).replace(path)
        except OSError as error:
            log.warning("the ban of %s could not be kept in %s: %s", host, path, error)
            if draft:
                Path(draft).unlink(missing_ok=True)

    def _path(self, host: str) -> Path:
        return self._directory / f"{quote(host, safe='')}.ban"
