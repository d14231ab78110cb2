"""The last good lists on disk: what a machine serves when all else is gone."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import msgspec

from webapp.symbols.listing import Market, SymbolList
from webapp.whole_file import replace_file

log = logging.getLogger(__name__)


class _Header(msgspec.Struct):
    sha256: str
    listed_at: float


class Snapshots:
    """One file a market: a line of JSON with the list's hash and time, then the list as stored.

    A file is replaced whole or not at all; its modification time is the list's own.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, listing: SymbolList) -> None:
        """Write the list unless the file holds one as new; a disk that fails costs a log line."""
        path = self._path(listing.market)
        try:
            if path.exists() and path.stat().st_mtime >= listing.listed_at:
                return
            replace_file(path, _file_of(listing), modified_at=listing.listed_at)
        except OSError as error:
            log.warning("the %s list could not be kept in %s: %s", listing.market, path, error)

    def load(self, market: Market) -> SymbolList | None:
        """Read the market's list, or None; a damaged file is refused with a log line."""
        path = self._path(market)
        try:
            header, _, stored = path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("%s cannot be read: %s", path, error)
            return None
        try:
            return _checked(market, header, stored)
        except ValueError as error:
            log.error("%s is damaged and is not served: %s", path, error)
            return None

    def _path(self, market: Market) -> Path:
        return self._directory / f"{market}.snapshot"


def _file_of(listing: SymbolList) -> bytes:
    stored = listing.to_bytes()
    return msgspec.json.encode(_Header(_hash(stored), listing.listed_at)) + b"\n" + stored


def _checked(market: Market, header: bytes, stored: bytes) -> SymbolList:
    # msgspec's and Unicode's decoding errors are ValueErrors too.
    if msgspec.json.decode(header, type=_Header).sha256 != _hash(stored):
        raise ValueError("its hash is wrong")
    listing = SymbolList.from_bytes(stored)
    if listing.market != market:
        raise ValueError(f"it holds the {listing.market} list")
    return listing


def _hash(stored: bytes) -> str:
    return hashlib.sha256(stored).hexdigest()
