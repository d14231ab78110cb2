"""How often somebody may try, by account and by address, such that no stranger locks anyone out.

https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html
"""

from __future__ import annotations

import logging
import math
import time
from ipaddress import ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from webapp.people.errors import TooManyTries

log = logging.getLogger(__name__)

# Tries at one account from one network, and from one browser that it was signed in with before.
_PER_ACCOUNT_AND_NETWORK = RateLimitItemPerMinute(10, 15, "account-network")
_PER_DEVICE = RateLimitItemPerMinute(10, 15, "device")
# Tries at all accounts from one network.
_PER_NETWORK = RateLimitItemPerMinute(60, 15, "network")
# So many failures at one account from anywhere are an attack. It is not shut then, which any
# stranger could bring about: a network that it does not know just has fewer tries.
_ATTACK = RateLimitItemPerHour(50, 1, "attack")
_PER_ACCOUNT_AND_NETWORK_UNDER_ATTACK = RateLimitItemPerMinute(2, 15, "account-network-attack")
# Codes by mail: nobody's letter box is to be filled from here.
_CODES_PER_NETWORK = RateLimitItemPerHour(20, 1, "codes-network")
_CODES_PER_ACCOUNT = RateLimitItemPerHour(5, 1, "codes-account")
_CODE_TRIES_PER_NETWORK = RateLimitItemPerMinute(30, 15, "code-tries-network")


class Throttle:
    """Counts in ``shared`` (Redis), and in this process while that is away."""

    def __init__(self, shared: Storage) -> None:
        self._shared = FixedWindowRateLimiter(shared)
        self._own = FixedWindowRateLimiter(MemoryStorage())

    def before_sign_in(self, email: str, address: str, device: str | None) -> None:
        """Count a try at an account; raises ``TooManyTries``.

        ``device`` is the id of a browser that was signed in to this very account before.
        """
        if device:
            self._count(_PER_DEVICE, email, device)
            return
        network = network_of(address)
        self._count(_PER_NETWORK, network)
        self._count(_PER_ACCOUNT_AND_NETWORK, email, network)
        if not self._is_free(_ATTACK, email):
            self._count(_PER_ACCOUNT_AND_NETWORK_UNDER_ATTACK, email, network)

    def sign_in_failed(self, email: str, device: str | None) -> None:
        if not device:
            self._hit(_ATTACK, email)

    def signed_in(self, email: str, address: str, device: str | None) -> None:
        """Whoever knows the password has not been guessing."""
        if device:
            self._clear(_PER_DEVICE, email, device)
        else:
            self._clear(_PER_ACCOUNT_AND_NETWORK, email, network_of(address))

    def before_code(self, address: str) -> None:
        """Count a code that somebody asks for; raises ``TooManyTries``."""
        self._count(_CODES_PER_NETWORK, network_of(address))

    def may_mail(self, email: str) -> bool:
        """Whether this address has room for one more mail; what is said is the same if not."""
        return self._hit(_CODES_PER_ACCOUNT, email)

    def before_code_try(self, address: str) -> None:
        """Count a code that somebody types; raises ``TooManyTries``."""
        self._count(_CODE_TRIES_PER_NETWORK, network_of(address))

    def _count(self, limit: RateLimitItem, *who: str) -> None:
        if not self._hit(limit, *who):
            raise TooManyTries(self._seconds_left(limit, *who))

    def _hit(self, limit: RateLimitItem, *who: str) -> bool:
        try:
            return self._shared.hit(limit, *who)
        except StorageError as error:
            log.warning("tries are counted in this process: %s", error)
            return self._own.hit(limit, *who)

    def _is_free(self, limit: RateLimitItem, *who: str) -> bool:
        try:
            return self._shared.test(limit, *who)
        except StorageError:
            return self._own.test(limit, *who)

    def _clear(self, limit: RateLimitItem, *who: str) -> None:
        try:
            self._shared.clear(limit, *who)
        except StorageError:
            self._own.clear(limit, *who)

    def _seconds_left(self, limit: RateLimitItem, *who: str) -> int:
        try:
            until = self._shared.get_window_stats(limit, *who).reset_time
        except StorageError:
            until = self._own.get_window_stats(limit, *who).reset_time
        return max(1, math.ceil(until - time.time()))


def network_of(address: str) -> str:
    """The address, or of an IPv6 one the network that one customer has."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped or ip_network(f"{known}/64", strict=False))
