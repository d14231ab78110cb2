"""Numbers for the processes that share a folder, each held by one process at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

_GUARD = 0  # held for a moment by whoever takes a slot
_FIRST = 1
_SLOTS_MAX = 4096
# As prometheus_client names its files, with room for all that is ever counted. They are allocated:
# a page of a file that the disk has no room for kills the process that writes to it (SIGBUS).
_FILES = {"counter": 512 * 1024, "histogram": 2 * 1024 * 1024, "gauge_livesum": 64 * 1024}


class Slots:
    """Hands this process its slot, and a forked child one of its own.

    A slot is a lock of the kernel's on one byte of a file. It ends with its process, however that
    ends, and the next process that takes the slot goes on with its counts: so none is lost, and
    there are no more files than there were processes at one time. Whoever finds nobody else begins
    with an empty folder. Opening the file ``slots`` elsewhere in the process would end the lock.
    """

    def __init__(self, directory: Path) -> None:
        """Make the folder and take a slot; raises ``OSError``."""
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._file = os.open(directory / "slots", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._holder = 0
        self._slot = 0
        self.own()

    def own(self) -> int:
        """This process's slot; takes one when it has none yet. Raises ``OSError``."""
        if self._holder != os.getpid():
            self._slot = self._take()
            self._holder = os.getpid()
        return self._slot

    def files(self) -> list[str]:
        """What all processes have counted; of gauges only what living ones say."""
        return [
            str(path)
            for path in self._directory.glob("*.db")
            if not path.name.startswith("gauge") or self._is_held(int(path.stem.split("_")[-1]))
        ]

    def _take(self) -> int:
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, _GUARD)
        try:
            if self._lock(_FIRST, _SLOTS_MAX):
                fcntl.lockf(self._file, fcntl.LOCK_UN, _SLOTS_MAX - 1, _FIRST + 1)
                self._empty("*.db")
                slot = _FIRST
            else:
                slots = range(_FIRST, _FIRST + _SLOTS_MAX)
                slot = next((slot for slot in slots if self._lock(slot)), 0)
                if not slot:
                    raise OSError("all slots are taken")
                self._empty(f"gauge_*_{slot}.db")
            self._allocate(slot)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _GUARD)
        return slot

    def _lock(self, slot: int, count: int = 1) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, count, slot)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _is_held(self, slot: int) -> bool:
        if slot == self.own():
            return True
        if not self._lock(slot):
            return True
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)
        return False

    def _empty(self, pattern: str) -> None:
        for path in self._directory.glob(pattern):
            path.unlink()

    def _allocate(self, slot: int) -> None:
        for kind, size in _FILES.items():
            file = os.open(self._directory / f"{kind}_{slot}.db", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(file, 0, size)
            finally:
                os.close(file)
