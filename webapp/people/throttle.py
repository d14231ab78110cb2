"""How often somebody may try, by account and by address, such that no stranger locks anyone out.

https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html
"""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from webapp.networks import network_of
from webapp.people.errors import TooManyTries
from webapp.shared_limits import SharedLimits

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
    """Judges each try before it is made."""

    def __init__(self, limits: SharedLimits) -> None:
        self._limits = limits

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
        if not self._limits.is_free(_ATTACK, email):
            self._count(_PER_ACCOUNT_AND_NETWORK_UNDER_ATTACK, email, network)

    def sign_in_failed(self, email: str, device: str | None) -> None:
        if not device:
            self._limits.hit(_ATTACK, email)

    def signed_in(self, email: str, address: str, device: str | None) -> None:
        """Whoever knows the password has not been guessing."""
        if device:
            self._limits.clear(_PER_DEVICE, email, device)
        else:
            self._limits.clear(_PER_ACCOUNT_AND_NETWORK, email, network_of(address))

    def before_code(self, address: str) -> None:
        """Count a code that somebody asks for; raises ``TooManyTries``."""
        self._count(_CODES_PER_NETWORK, network_of(address))

    def may_mail(self, email: str) -> bool:
        """Whether this address has room for one more mail; what is said is the same if not."""
        return self._limits.hit(_CODES_PER_ACCOUNT, email)

    def before_code_try(self, address: str) -> None:
        """Count a code that somebody types; raises ``TooManyTries``."""
        self._count(_CODE_TRIES_PER_NETWORK, network_of(address))

    def _count(self, limit: RateLimitItem, *who: str) -> None:
        if not self._limits.hit(limit, *who):
            raise TooManyTries(self._limits.seconds_left(limit, *who))
