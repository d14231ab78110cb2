"""The gate before every call: is this host's door shut to us, and how much have we asked?"""

from __future__ import annotations

import logging
import math
import time

import msgspec

from webapp.binance.ban_files import Ban, BanFiles
from webapp.binance.errors import AskedTooMuch, Banned, BinanceError, RestrictedLocation
from webapp.shared_facts import SharedFacts

log = logging.getLogger(__name__)

# How long we stay away when Binance names no time. A 429 counts one minute's weight; a 418 lasts
# from two minutes to three days; a 403 is the firewall's; a 451 is about where this server stands.
# https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#limits
DEFAULT_BAN_SECONDS = {429: 60.0, 418: 300.0, 403: 300.0, 451: 900.0}
BUSY_FRACTION = 0.8
LONGEST_BAN_SECONDS = 3 * 24 * 3600.0
_MINUTE_SECONDS = 60


class _UsedWeight(msgspec.Struct, frozen=True):
    minute: int  # minutes since the epoch: Binance counts by its clock's minutes
    weight: int


class BanGate:
    """Bans and used weight per host, shared by all processes and kept in this one too.

    A ban is kept on disk as well, for a process that cannot ask Redis and was not there.
    """

    def __init__(self, facts: SharedFacts, files: BanFiles | None = None) -> None:
        self._facts = facts
        self._files = files
        self._bans: dict[str, Ban] = {}
        self._weights: dict[str, _UsedWeight] = {}

    def refusal(self, host: str) -> BinanceError | None:
        """The error that a call to this host would meet, or None when the door is open."""
        ban = self.ban(host)
        if ban is None:
            return None
        seconds_left = ban.until - time.time()
        sentence = f"{ban.message}; not asked again for {math.ceil(seconds_left)} s"
        if ban.status == 451:
            return RestrictedLocation(sentence)
        kind = AskedTooMuch if ban.status == 429 else Banned
        return kind(sentence, seconds_left)

    def ban(self, host: str) -> Ban | None:
        """The ban that is in force, wherever it was met; asks Redis, and the disk."""
        shared = self._facts.read(f"ban:{host}", Ban)
        last = _last_in_force(shared, self.known_ban(host))
        if last is None:
            return None
        self._bans[host] = last
        if last != shared:  # Redis has lost it, or was replaced
            self._facts.write(f"ban:{host}", last, last.until - time.time())
        return last

    def known_ban(self, host: str) -> Ban | None:
        """The ban that is in force as far as this process and the disk know."""
        return _last_in_force(self._bans.get(host), self._files.read(host) if self._files else None)

    def note_refusal(self, host: str, status: int, error: BinanceError) -> None:
        """Shut the door when the status says so: 429, 418, 403 or 451."""
        if status not in DEFAULT_BAN_SECONDS:
            return
        seconds = error.retry_after_seconds
        if seconds is None:
            seconds = DEFAULT_BAN_SECONDS[status]
        seconds = min(seconds, LONGEST_BAN_SECONDS)
        ban = Ban(time.time() + seconds, status, str(error))
        log.warning("%s is not asked for %.0f s: %s", host, seconds, error)
        self._bans[host] = ban
        self._facts.write(f"ban:{host}", ban, seconds)
        if self._files:
            self._files.write(host, ban)

    def note_weight(self, host: str, used_weight: str | None) -> None:
        """Keep what an answer's ``X-MBX-USED-WEIGHT-1M`` says of this minute."""
        if used_weight is None or not (used_weight.isascii() and used_weight.isdecimal()):
            return
        used = _UsedWeight(_minute(), int(used_weight[:9]))
        self._weights[host] = used
        self._facts.write(f"weight:{host}", used, _MINUTE_SECONDS)

    def busy_seconds(self, host: str, weight_limit: int) -> float:
        """How long background work must wait for the next minute; 0 below 80 % of the limit."""
        if self.used_weight(host) < BUSY_FRACTION * weight_limit:
            return 0.0
        return _MINUTE_SECONDS - time.time() % _MINUTE_SECONDS

    def used_weight(self, host: str) -> int:
        """What is known of the request weight used in this minute, by any process; asks Redis."""
        shared = self._facts.read(f"weight:{host}", _UsedWeight)
        return max(_weight_now(shared), self.known_weight(host))

    def known_weight(self, host: str) -> int:
        """What this process knows by itself of the request weight used in this minute."""
        return _weight_now(self._weights.get(host))


def _last_in_force(*bans: Ban | None) -> Ban | None:
    known = [ban for ban in bans if ban and ban.until > time.time()]
    return max(known, key=lambda ban: ban.until, default=None)


def _weight_now(used: _UsedWeight | None) -> int:
    return used.weight if used and used.minute == _minute() else 0


def _minute() -> int:
    return int(time.time() // _MINUTE_SECONDS)
