"""The storm: hurts the product by a schedule while it is under load, and judges the outcome."""

from __future__ import annotations

import heapq
import itertools
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.load import LISTS, Load
from tests.chaos.marks import Marks
from tests.chaos.product import ASKERS, Product, send
from tests.chaos.schedule import BAN_SECONDS, BANS, REDIS, STOPPED_SECONDS, Event, schedule
from tests.exchange.process import ControlClient, ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.faults.visitor import Seen, get
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

TTL_SECONDS = 4
CLIENTS = 4
FRESH_WITHIN_SECONDS = 10
# A call that had passed the gate when another met the ban could not know of it. It may come late
# where its process was stopped in between, but each process then knows: it asks no second time.
_ON_THEIR_WAY_SECONDS = STOPPED_SECONDS[1] + 0.25
_LOG = PROJECT_DIR / "var" / "chaos.log"


@dataclass
class Outcome:
    """What a storm showed."""

    seed: int
    seconds: float
    events: Counter[str]
    answers: Counter[str]
    slowest_seconds: float
    calls: Counter[str]
    fresh_after_seconds: float
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"chaos: {self.seconds:.0f} s, seed {self.seed}",
            f"  faults: {sum(self.events.values())} ({_listed(self.events)})",
            f"  answers: {sum(self.answers.values())} ({_listed(self.answers)})",
            f"  slowest answer: {self.slowest_seconds:.2f} s",
            f"  asked of Binance: {_listed(self.calls)}",
            f"  all fresh again {self.fresh_after_seconds:.1f} s after the last fault",
            f"  violations: {len(self.violations)}",
            *(f"    {violation}" for violation in self.violations[:20]),
        ]
        return "\n".join(lines)


def storm(seconds: float, seed: int) -> Outcome:
    """Run the product through a storm of so many seconds."""
    _LOG.parent.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        ExchangeProcess() as exchange,
        RedisServer(Path(directory)) as server,
        Product(_settings(exchange, server, directory), _LOG) as product,
    ):
        return _Storm(product, server, exchange.control, seconds, seed).run()


def _settings(exchange: ExchangeProcess, server: RedisServer, directory: str) -> dict[str, str]:
    return {
        **exchange.urls.environment(),
        "REDIS_URL": server.url,
        "SNAPSHOT_DIR": f"{directory}/snapshots",
        "SPOT_SYMBOLS_CACHE_TTL_SECONDS": str(TTL_SECONDS),
        "FUTURES_SYMBOLS_CACHE_TTL_SECONDS": str(TTL_SECONDS),
        "SYMBOLS_WARMUP_INTERVAL_SECONDS": str(TTL_SECONDS),
        "BINANCE_RETRY_BACKOFF_BASE": "0.1",
        "API_REQUESTS_PER_MINUTE": "0",
        "LOG_LEVEL": "WARNING",
    }


class _Storm:
    def __init__(
        self,
        product: Product,
        server: RedisServer,
        control: ControlClient,
        seconds: float,
        seed: int,
    ) -> None:
        self._product = product
        self._server = server
        self._control = control
        self._seconds = seconds
        self._seed = seed
        self._events = schedule(seed, seconds)
        self._bans: list[tuple[str, float, float]] = []  # venue, from, until
        self._ends: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._redis_is_busy = False

    def run(self) -> Outcome:
        marks = Marks(self._control)
        load = Load(self._product.url, marks, TTL_SECONDS, CLIENTS, self._seed)
        marks.start()
        load.start()
        self._rage()
        fresh_after, stale = self._until_fresh()
        load.stop()
        marks.stop()
        return Outcome(
            self._seed,
            self._seconds,
            Counter(f"{event.deed} {event.target}" for event in self._events),
            load.answers,
            load.slowest_seconds,
            self._calls(),
            fresh_after,
            load.violations + self._calls_during_bans() + stale,
        )

    def _rage(self) -> None:
        began = time.monotonic()
        for event in self._events:
            self._wait(began + event.at)
            self._begin(event)
        self._wait(None)
        self._control.clear()

    def _wait(self, until: float | None) -> None:
        """Let time pass, and end what is over; without a time, end everything at its time."""
        while self._ends and (until is None or self._ends[0][0] < until):
            at, _, end = heapq.heappop(self._ends)
            _sleep_until(at)
            end()
        if until is not None:
            _sleep_until(until)

    def _later(self, seconds: float, end: Callable[[], None]) -> None:
        heapq.heappush(self._ends, (time.monotonic() + seconds, next(self._numbers), end))

    def _begin(self, event: Event) -> None:
        if event.deed in ("kill", "stop"):
            hurt = self._hurt_redis if event.target == REDIS else self._hurt_process
            hurt(event)
        elif event.deed in BANS:
            self._ban(event)
        elif event.deed == "refuse":
            self._control.listening(False, event.target)
            self._later(event.lasts, lambda: self._control.listening(True, event.target))
        else:
            self._misbehave(event)

    def _hurt_process(self, event: Event) -> None:
        victim = self._product.victim(event.target, event.pick)
        if event.deed == "kill":
            send(victim, signal.SIGKILL)
        else:
            send(victim, signal.SIGSTOP)
            self._later(event.lasts, lambda: send(victim, signal.SIGCONT))

    def _hurt_redis(self, event: Event) -> None:
        if self._redis_is_busy:
            return
        self._redis_is_busy = True
        if event.deed == "kill":
            self._server.kill()
            self._later(event.lasts, self._redis_again(self._server.start))
        else:
            self._server.stop()
            self._later(event.lasts, self._redis_again(self._server.go_on))

    def _redis_again(self, begin: Callable[[], None]) -> Callable[[], None]:
        def again() -> None:
            begin()
            self._redis_is_busy = False

        return again

    def _ban(self, event: Event) -> None:
        """Every call in these seconds is refused; only the first should be made."""
        self._control.clear()  # what else is wrong would hide the ban from the first call
        self._control.fault(
            "status",
            venue=event.target,
            status=int(event.deed),
            retry_after=BAN_SECONDS,
            seconds=BAN_SECONDS,
        )
        now = time.time()
        self._bans.append((event.target, now, now + BAN_SECONDS))
        self._later(2 * BAN_SECONDS, lambda: None)  # it may be met late, and lasts from then

    def _misbehave(self, event: Event) -> None:
        details: dict[str, object] = {"venue": event.target, "seconds": event.lasts}
        if event.deed == "500":
            self._control.fault("status", status=500, **details)
        elif event.deed == "latency":
            self._control.fault("latency", ms=3000 * event.pick, **details)
        else:
            self._control.fault(event.deed, **details)

    def _until_fresh(self) -> tuple[float, list[str]]:
        ended = time.monotonic()
        try:
            wait_until(self._is_fresh, "all is fresh", within_seconds=FRESH_WITHIN_SECONDS)
        except AssertionError:
            return FRESH_WITHIN_SECONDS, ["not all was fresh 10 s after the last fault"]
        return time.monotonic() - ended, []

    def _is_fresh(self) -> bool:
        try:
            answers: list[Seen] = [
                get(self._product.url, path) for path in LISTS.values() for _ in range(6)
            ]
        except OSError:
            return False
        return all(
            seen.source in ("cache", "binance") and seen.age <= TTL_SECONDS for seen in answers
        )

    def _calls(self) -> Counter[str]:
        return Counter(
            {
                f"{venue} {endpoint}": count["total"]
                for venue in LISTS
                for endpoint, count in self._control.counts(venue)["rest"].items()
            }
        )

    def _calls_during_bans(self) -> list[str]:
        return [
            f"a call to {venue} {late:.2f} s into a ban, number {number}"
            for venue, begins, ends in self._bans
            for number, late in enumerate(_refused(self._times(venue), begins, ends), start=1)
            if number > ASKERS or late > _ON_THEIR_WAY_SECONDS
        ]

    def _times(self, venue: str) -> list[float]:
        rest = self._control.counts(venue)["rest"]
        return sorted(moment for count in rest.values() for moment in count["times"])


def _refused(times: list[float], begins: float, ends: float) -> list[float]:
    """Calls to a host that had banned us, in seconds since the first one that learned of it."""
    refused = [moment for moment in times if begins <= moment < ends]
    return [moment - refused[0] for moment in refused]


def _sleep_until(moment: float) -> None:
    while (left := moment - time.monotonic()) > 0:
        time.sleep(min(left, 0.1))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())
