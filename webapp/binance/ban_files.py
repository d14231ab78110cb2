"""Bans on disk: what a process knows of them that starts while Redis is away."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import quote

import msgspec

from webapp.whole_file import replace_file

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
        """Keep the ban for processes to come."""
        path = self._path(host)
        try:
            replace_file(path, msgspec.json.encode(ban))
        except OSError as error:
            log.warning("the ban of %s could not be kept in %s: %s", host, path, error)

    def _path(self, host: str) -> Path:
        return self._directory / f"{quote(host, safe='')}.ban"
