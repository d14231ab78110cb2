"""Request weights: counted per IP and minute, announced, and enforced with 429 and then 418."""

from dataclasses import dataclass

from tests.exchange.errors import BANNED, TOO_MUCH_WEIGHT


@dataclass(slots=True)
class Limits:
    """What an operator may change by the control URL."""

    weight_per_minute: int
    calls_after_429: int = (
        5  # this many calls on top of a 429 lead to the ban; Binance does not tell its number
    )
    ban_seconds: float = 120.0  # the first ban; each further one doubles, up to three days
    messages_per_second: int = 5  # WebSocket frames from the client
    streams_per_connection: int = 1024
    connections_per_5_minutes: int = 300
    ping_seconds: float = 20.0
    pong_within_seconds: float = 60.0
    lifetime_seconds: float = 86_400.0


@dataclass(slots=True)
class Client:
    """One IP address's record with a venue."""

    minute: int = 0
    weight: int = 0
    refused: int = 0
    bans: int = 0
    banned_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429 or 418 with the body and the `Retry-After` that go with it."""

    status: int
    message: str
    retry_after_s: int


_LONGEST_BAN_S = 3 * 86_400.0


class Limiter:
    """Counts weight per client IP in whole minutes of the clock, as `X-MBX-USED-WEIGHT-1M` does."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self._first_limits = limits, limits
        self.clients: dict[str, Client] = {}

    def charge(self, ip: str, weight: int, now: float) -> Refusal | None:
        """Add a call's weight; give the refusal it meets, if any.

        A call during a ban is refused and costs nothing.
        """
        client = self._client(ip, now)
        if now < client.banned_until:
            return self._banned(client, now)
        client.weight += weight
        if client.weight <= self.limits.weight_per_minute:
            return None
        client.refused += 1
        if client.refused > self.limits.calls_after_429:
            client.bans, client.refused = client.bans + 1, 0
            client.banned_until = now + min(
                _LONGEST_BAN_S, self.limits.ban_seconds * 2 ** (client.bans - 1)
            )
            return self._banned(client, now)
        return Refusal(
            429,
            TOO_MUCH_WEIGHT.format(limit=self.limits.weight_per_minute),
            max(1, int(60 - now % 60)),
        )

    def used(self, ip: str, now: float) -> int:
        """Give the weight an IP has used in this minute."""
        return self._client(ip, now).weight

    def reset(self) -> None:
        """Forget all clients and their bans; the limits are again those of the start."""
        self.limits = self._first_limits
        self.clients.clear()

    def _client(self, ip: str, now: float) -> Client:
        client = self.clients.setdefault(ip, Client())
        if client.minute != int(now // 60):
            client.minute, client.weight, client.refused = int(now // 60), 0, 0
        return client

    def _banned(self, client: Client, now: float) -> Refusal:
        message = BANNED.format(until_ms=int(client.banned_until * 1000))
        return Refusal(418, message, max(1, int(client.banned_until - now + 0.999)))
