"""A file that is replaced whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes, modified_at: float | None = None) -> None:
    """Write ``content`` as the file, made with its folder; raises ``OSError`` and leaves the old.

    ``modified_at`` is the modification time that it gets, in epoch seconds; now where None.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            if modified_at is not None:
                os.utime(draft.name, (modified_at, modified_at))
            Path(draft.name).replace(path)
        except OSError:
            Path(draft.name).unlink(missing_ok=True)
            raise
