"""Asks Binance about a key before it is kept, and again while it is."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.binance.accounts import AccountCall
from webapp.binance.answers import decode_api_restrictions
from webapp.binance.signed import SignedClient
from webapp.binance.signing import ApiKey
from webapp.credentials.rights import wrong_rights
from webapp.credentials.slots import Slot

RIGHTS_PATH = "/sapi/v1/account/apiRestrictions"
DEADLINE_SECONDS = 5.0  # somebody waits for it
_RIGHTS_WEIGHT = 1


class KeyChecks:
    """A mainnet key's rights are looked at; a testnet, which cannot tell them, must accept it."""

    def __init__(self, mainnet: SignedClient, testnets: Mapping[Slot, AccountCall]) -> None:
        self._mainnet = mainnet
        self._testnets = testnets

    def wrong_rights(self, slot: Slot, key: ApiKey) -> tuple[str, ...]:
        """Ask; what is wrong with the key's rights, by Binance's names. Raises ``BinanceError``."""
        testnet = self._testnets.get(slot)
        if testnet:
            testnet.ask(key, DEADLINE_SECONDS)
            return ()
        answer = self._mainnet.get(RIGHTS_PATH, key, DEADLINE_SECONDS)
        return wrong_rights(decode_api_restrictions(answer))

    def weight(self, slot: Slot) -> int:
        testnet = self._testnets.get(slot)
        return testnet.weight if testnet else _RIGHTS_WEIGHT

    def busy_seconds(self, slot: Slot) -> float:
        testnet = self._testnets.get(slot)
        return (testnet.client if testnet else self._mainnet).busy_seconds()
