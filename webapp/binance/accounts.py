"""The signed call that opens an account, and what it says of whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from webapp.binance.answers import check_futures_account, decode_spot_account
from webapp.binance.signed import SignedClient
from webapp.binance.signing import ApiKey

# Of a spot account one may read everything; the names are all that is wanted.
Permissions = frozenset[str] | None


@dataclass(frozen=True)
class AccountCall:
    """One venue's account call and its request weight."""

    client: SignedClient
    path: str
    weight: int
    decode: Callable[[bytes], Permissions]
    params: Mapping[str, str] = field(default_factory=dict)

    def ask(self, key: ApiKey, deadline_seconds: float) -> Permissions:
        """What the account may trade; None where all may trade all. Raises ``BinanceError``."""
        return self.decode(self.client.get(self.path, key, deadline_seconds, self.params))


def spot_account(client: SignedClient) -> AccountCall:
    no_zeroes = {"omitZeroBalances": "true"}
    return AccountCall(client, "/api/v3/account", 20, _spot_permissions, no_zeroes)


def futures_account(client: SignedClient) -> AccountCall:
    """Version 3 tells of what is held alone, so it is the smaller."""
    return AccountCall(client, "/fapi/v3/account", 5, _no_permissions)


def _spot_permissions(body: bytes) -> Permissions:
    return frozenset(decode_spot_account(body))


def _no_permissions(body: bytes) -> Permissions:
    check_futures_account(body)
    return None
