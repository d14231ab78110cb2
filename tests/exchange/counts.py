"""What the exchange was asked, so that a test can say how many calls reached it."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

_KEPT_TIMES = 20_000


@dataclass(slots=True)
class EndpointCount:
    """Calls of one endpoint.

    How many, how each was answered ("200", "429", "hang", "reset" …), and when (epoch s).
    """

    total: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    times: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT_TIMES))


@dataclass(slots=True)
class SocketCount:
    """WebSocket traffic of one venue. `attempts` are handshakes asked for,
    refused ones included."""

    attempts: int = 0
    open: int = 0
    messages_in: int = 0
    messages_out: int = 0
    attempt_times: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT_TIMES))
    closed: Counter[str] = field(default_factory=Counter)
    subscribed: Counter[str] = field(default_factory=Counter)  # stream name -> SUBSCRIBEs ever


class Counts:
    """One venue's counts."""

    def __init__(self) -> None:
        self.rest: dict[str, EndpointCount] = {}
        self.sockets = SocketCount()

    def asked(self, endpoint: str, now: float) -> None:
        """Count a call on arrival, whatever becomes of it."""
        count = self.rest.setdefault(endpoint, EndpointCount())
        count.total += 1
        count.times.append(now)

    def answered(self, endpoint: str, answer: str) -> None:
        """Count how a call ended."""
        self.rest.setdefault(endpoint, EndpointCount()).answers[answer] += 1

    def reset(self) -> None:
        """Start from nought; open sockets stay counted."""
        self.rest.clear()
        self.sockets = SocketCount(open=self.sockets.open)

    def as_json(self) -> dict[str, Any]:
        """Give all counts: {"rest": {endpoint: {total, answers, times}}, "ws": {…}}."""
        rest = {
            name: {"total": count.total, "answers": dict(count.answers), "times": list(count.times)}
            for name, count in self.rest.items()
        }
        ws = self.sockets
        return {"rest": rest, "ws": {
            "attempts": ws.attempts, "open": ws.open, "messages_in": ws.messages_in,
            "messages_out": ws.messages_out,
            "attempt_times": list(ws.attempt_times), "closed": dict(ws.closed),
            "subscribed": dict(ws.subscribed),
        }}  # fmt: skip
