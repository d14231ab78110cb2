"""Faults on command: what to do wrong, for which endpoint or stream, how often or how long."""

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from time import time

REST_KINDS = (
    "status",
    "latency",
    "hang",
    "reset",
    "truncated",
    "malformed",
    "html",
    "empty",
    "half",
)
STREAM_KINDS = ("silent", "drop", "refuse", "gap", "crossed", "delay", "duplicate", "reorder")
KINDS = REST_KINDS + STREAM_KINDS


@dataclass(slots=True)
class Fault:
    """One fault. `times` uses (None: no end) within `seconds` (None: no end).

    Patterns are shell-style.

    `endpoint` ("exchangeInfo", "ticker/24hr", "*") picks REST calls, `stream` ("btcusdt@depth*",
    "*") picks streams. `ms` is the length of "latency" and "delay"; `status`, `code`, `message`,
    `retry_after` shape "status".
    """

    kind: str
    venue: str = "*"
    endpoint: str = "*"
    stream: str = "*"
    times: int | None = None
    seconds: float | None = None
    status: int = 500
    code: int | None = None
    message: str = ""
    retry_after: int | None = None
    ms: float = 0.0
    id: int = 0
    used: int = 0
    set_at: float = field(default_factory=time)

    def spent(self, now: float) -> bool:
        """Say whether it has run out."""
        over = self.seconds is not None and now > self.set_at + self.seconds
        return over or (self.times is not None and self.used >= self.times)


class Faults:
    """The faults in force. `cleared` is an event per generation: hanging requests wait for it."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self.cleared = asyncio.Event()
        self._next_id = 1

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force and give it its id."""
        fault.id, self._next_id = self._next_id, self._next_id + 1
        self.active.append(fault)
        return fault

    def clear(self, fault_id: int | None = None) -> None:
        """End one fault, or all; late answers go out, hung ones are reset."""
        self.active = [
            fault for fault in self.active if fault_id is not None and fault.id != fault_id
        ]
        self.cleared.set()
        self.cleared = asyncio.Event()

    def rest(self, venue: str, endpoint: str) -> list[Fault]:
        """Take the faults for a call: every latency that matches,
        and the first of the other kinds."""
        matching = [
            fault
            for fault in self._in_force(REST_KINDS, venue)
            if fnmatchcase(endpoint, fault.endpoint)
        ]
        latencies = [fault for fault in matching if fault.kind == "latency"]
        others = [fault for fault in matching if fault.kind != "latency"][:1]
        return [self._use(fault) for fault in latencies + others]

    def stream(self, kind: str, venue: str, name: str) -> Fault | None:
        """Take a stream fault of one kind, if it is in force for this stream."""
        for fault in self._in_force((kind,), venue):
            if fnmatchcase(name, fault.stream):
                return self._use(fault)
        return None

    def any_stream_faults(self) -> bool:
        """Say whether a stream fault is in force at all: the usual no costs nothing per frame."""
        return any(fault.kind in STREAM_KINDS for fault in self.active)

    def _in_force(self, kinds: tuple[str, ...], venue: str) -> list[Fault]:
        now = time()
        self.active = [fault for fault in self.active if not fault.spent(now)]
        return [
            fault
            for fault in self.active
            if fault.kind in kinds and fnmatchcase(venue, fault.venue)
        ]

    @staticmethod
    def _use(fault: Fault) -> Fault:
        fault.used += 1
        return fault
