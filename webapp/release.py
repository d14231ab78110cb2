"""What this release's static files are: their hashes, and one version for all of them."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path


@cache
def file_hashes(static_folder: Path) -> dict[str, str]:
    """Each static file's path below the folder, with its hash as a browser checks it.

    Read once: files that change on disk are another release, for which the server starts anew.
    """
    files = sorted(path for path in static_folder.rglob("*") if path.is_file())
    return {
        path.relative_to(static_folder).as_posix(): integrity(path.read_bytes()) for path in files
    }


def static_version(static_folder: Path) -> str:
    """A name for just these files with just this content."""
    lines = [f"{name} {digest}" for name, digest in file_hashes(static_folder).items()]
    return sha256("\n".join(lines).encode()).hexdigest()[:12]


def integrity(content: bytes) -> str:
    """The content's hash in the form of https://www.w3.org/TR/SRI/."""
    return "sha256-" + b64encode(sha256(content).digest()).decode()
