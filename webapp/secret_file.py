"""A secret that development makes once and keeps in a file of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def new_secret() -> str:
    return secrets.token_urlsafe(48)


def read_or_create_secret(path: Path, make: Callable[[], str] = new_secret) -> str:
    """Return the file's secret, made on first use; safe when several processes start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(make())
    try:
        os.link(draft, path)  # fails when another process was first: then its secret is used
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
