"""The daily round: every kept key is looked at again, gently."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

from webapp.binance.errors import BinanceError
from webapp.credentials.checks import KeyChecks
from webapp.credentials.sealing import CannotOpen
from webapp.credentials.slots import Slot
from webapp.credentials.vault import Vault

log = logging.getLogger(__name__)

# A round's share of what an address may ask in a minute (6,000): people come first.
WEIGHT_PER_MINUTE = 1200
# The warm-up jobs wait meanwhile; who was longest unseen comes first, the rest next time.
ROUND_SECONDS = 600.0
# A venue that fails so often in a row is down: its other keys keep until the next round.
_FAILURES_MAX = 3


class DailyRound:
    """Looks at all keys once; Binance being down sets nothing aside."""

    def __init__(
        self, vault: Vault, checks: KeyChecks, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._vault = vault
        self._checks = checks
        self._sleep = sleep

    def run(self) -> int:
        """How many keys were looked at; raises ``DatabaseAway``."""
        ends_at = time.monotonic() + ROUND_SECONDS
        looked_at = 0
        failures: Counter[Slot] = Counter()
        for credential_id, slot in self._vault.registered():
            if time.monotonic() > ends_at:
                log.warning("the round over all keys was ended; the rest is for the next one")
                break
            if failures[slot] < _FAILURES_MAX:
                looked_at += self._look(credential_id, slot, failures)
        return looked_at

    def _look(self, credential_id: str, slot: Slot, failures: Counter[Slot]) -> bool:
        self._sleep(self._checks.busy_seconds(slot) or self._pace_seconds(slot))
        try:
            self._vault.look_again(credential_id)
        except BinanceError as error:
            failures[slot] += 1
            log.warning("the key %s could not be looked at: %s", credential_id, error)
            return False
        except CannotOpen as error:
            log.error("the key %s: %s", credential_id, error)
            return False
        failures[slot] = 0
        return True

    def _pace_seconds(self, slot: Slot) -> float:
        return self._checks.weight(slot) * 60 / WEIGHT_PER_MINUTE
