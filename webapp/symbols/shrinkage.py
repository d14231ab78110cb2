"""Holds back a list that lost too much at once."""

from __future__ import annotations

import logging

import msgspec

from webapp.binance.errors import BinanceError
from webapp.shared_facts import SharedFacts
from webapp.symbols.listing import SymbolList

log = logging.getLogger(__name__)

# A refresh may lose this part of the symbols; one that lost more is doubted.
LOSS_ALLOWED = 0.2
# A doubted list is believed when so many refreshes in a row agree on it.
AGREEING_REFRESHES = 3
_REMEMBERED_SECONDS = 24 * 3600.0


class ShrunkList(BinanceError):
    """Binance's list lost more symbols at once than is believed at first sight."""


class _Doubt(msgspec.Struct, frozen=True):
    count: int
    refreshes: int


class ShrinkGuard:
    """Compares each new list with the last good one; what it doubts is shared by all processes."""

    def __init__(self, facts: SharedFacts, name: str) -> None:
        self._facts = facts
        self._name = f"doubt:{name}"
        self._doubt: _Doubt | None = None

    def check(self, new: SymbolList, last_good: SymbolList | None) -> None:
        """Raise ``ShrunkList`` when the new list must not yet replace the last good one."""
        if last_good is None or not _lost_too_much(new.count, last_good.count):
            self._settle()
            return
        refreshes = self._agreeing(new.count) + 1
        if refreshes >= AGREEING_REFRESHES:
            log.warning(
                "the %s list went from %d to %d symbols; %d refreshes agree, so it is believed",
                *(new.market, last_good.count, new.count, refreshes),
            )
            self._settle()
            return
        self._doubt = _Doubt(new.count, refreshes)
        self._facts.write(self._name, self._doubt, _REMEMBERED_SECONDS)
        raise ShrunkList(
            f"Binance's {new.market} list went from {last_good.count} to {new.count} symbols "
            f"and is held back (refresh {refreshes} of {AGREEING_REFRESHES} that must agree)"
        )

    def _agreeing(self, count: int) -> int:
        doubt = self._facts.read(self._name, _Doubt) or self._doubt
        if (
            doubt is None
            or _lost_too_much(count, doubt.count)
            or _lost_too_much(doubt.count, count)
        ):
            return 0
        return doubt.refreshes

    def _settle(self) -> None:
        if self._doubt or self._facts.read(self._name, _Doubt):
            self._doubt = None
            self._facts.forget(self._name)


def _lost_too_much(count: int, before: int) -> bool:
    return count < before * (1 - LOSS_ALLOWED)
