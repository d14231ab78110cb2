"""Symbols that are listed one after the other, to tell how old a list really is."""

from __future__ import annotations

import threading
import time

from tests.exchange.process import ControlClient

_EVERY_SECONDS = 1.0


class Marks:
    """Lists a new pair on both venues every second, and remembers when."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control
        self._listed: dict[str, list[tuple[float, str]]] = {"spot": [], "futures": []}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(timeout=30)

    def listed_by(self, market: str, moment: float) -> list[str]:
        """The symbols that a list of that moment (epoch seconds) must hold."""
        return [symbol for at, symbol in tuple(self._listed[market]) if at <= moment]

    def _run(self) -> None:
        number = 0
        while not self._over.wait(_EVERY_SECONDS):
            number += 1
            for venue, listed in self._listed.items():
                self._control.add_symbol(f"MARK{number}USDT", venue)
                listed.append((time.time(), f"MARK{number}USDT"))
