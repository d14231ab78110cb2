"""Binance over HTTP: each host's door, and the exchange's clock beside ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from webapp.binance.ban_files import Ban
from webapp.binance.client import BinanceClient, RetryPolicy, host_name
from webapp.binance.errors import BinanceError, Unreachable
from webapp.binance.gate import BanGate
from webapp.binance.server_time import measured_offset_ms
from webapp.config import Settings
from webapp.doctor.findings import Finding, Level, duration
from webapp.doctor.reach import why_unreachable
from webapp.doctor.rounds import Check, together
from webapp.vitals.clock import utc_text

_PATIENCE_SECONDS = 3.0
# The client asks, and what it did not reach is looked at step by step.
_HOST_SECONDS = 2 * _PATIENCE_SECONDS + 0.5
# A signed call may come 5 s late and not a second early; lists' ages are by our clock.
_CLOCK_WARNING_MS = 500
_CLOCK_WRONG_MS = 1000
_TIME = {"spot": "/api/v3/time", "futures": "/fapi/v1/time"}
_WEIGHT_LIMIT = 1  # no call here waits for spare weight

_ADVICE = {
    451: "Binance does not serve the place where this server stands: run it elsewhere, or name a "
    "host that does, such as https://data-api.binance.vision for spot's lists.",
    403: "Binance's firewall keeps this server's address out: wait, and ask less; a hoster's "
    "address may be kept out for good.",
    418: "Too much was asked in spite of warnings: wait, and see what else asks from this address.",
    429: "Too much was asked in this minute: see what else asks from this address.",
}
_NO_WAY = "Look at this machine's network, DNS and firewall, and at Binance's own status."


class _Door(msgspec.Struct, frozen=True):
    """How one host received us: ``offset_ms`` of its clock, or what keeps us out."""

    offset_ms: int | None = None
    round_trip_ms: float = 0.0
    problem: str = ""
    advice: str = ""


def binance_checks(settings: Settings, gate: BanGate) -> dict[str, Check]:
    """One check a venue, by name; each asks its hosts for the time, which has weight 1."""
    venues = {
        "Binance spot": (settings.binance_spot_url, "spot", True),
        "Binance futures": (settings.binance_futures_url, "futures", True),
        "Spot testnet": (settings.binance_spot_testnet_url, "spot", False),
        "Futures testnet": (settings.binance_futures_testnet_url, "futures", False),
    }
    return {
        name: partial(_check_venue, name, hosts, _TIME[kind], gate, is_needed)
        for name, (hosts, kind, is_needed) in venues.items()
    }


def _check_venue(
    name: str, hosts: tuple[str, ...], path: str, gate: BanGate, is_needed: bool
) -> Iterator[Finding]:
    questions: dict[str, Callable[[], _Door]] = {
        host: partial(_knock, host, path, gate) for host in hosts
    }
    doors = together(questions, _HOST_SECONDS)
    silent = _Door(problem="gives no answer in time", advice=_NO_WAY)
    told = {host: doors.get(host, silent) for host in hosts}
    is_open = any(not door.problem for door in told.values())
    level: Level = "wrong" if is_needed and not is_open else "warning"
    for host, door in told.items():
        if door.problem:
            yield Finding(level, name, f"{_shown(host)} {door.problem}.", door.advice)
        else:
            yield _clock(name, host, door)


def _knock(host: str, path: str, gate: BanGate) -> _Door:
    ban = gate.ban(host_name(host))
    if ban:
        return _shut(ban)
    policy = RetryPolicy(max_attempts=1, deadline_seconds=_PATIENCE_SECONDS)
    client = BinanceClient((host,), policy, gate, _WEIGHT_LIMIT)
    began = time.monotonic()
    try:
        offset_ms = measured_offset_ms(lambda: client.get(path))
    except Unreachable:
        return _Door(
            problem=f"cannot be reached: {why_unreachable(host, _PATIENCE_SECONDS)}", advice=_NO_WAY
        )
    except BinanceError as error:
        ban = gate.ban(host_name(host))
        problem = f"does not help: {str(error).removesuffix('.')}"
        return _shut(ban) if ban else _Door(problem=problem, advice=_NO_WAY)
    return _Door(offset_ms, (time.monotonic() - began) * 1000)


def _shut(ban: Ban) -> _Door:
    how_long = duration(ban.until - time.time())
    return _Door(
        problem=f"keeps us out with {ban.status} and is not asked before {utc_text(ban.until)}, "
        f"in {how_long}: {ban.message.removesuffix('.')}",
        advice=_ADVICE.get(ban.status, _NO_WAY),
    )


def _clock(name: str, host: str, door: _Door) -> Finding:
    offset_ms = door.offset_ms or 0
    # The answer is as of some moment of the round trip: so much nobody can tell.
    sure_ms = max(0.0, abs(offset_ms) - door.round_trip_ms / 2)
    level: Level = "ok"
    if sure_ms > _CLOCK_WARNING_MS:
        level = "wrong" if sure_ms > _CLOCK_WRONG_MS else "warning"
    beside = "behind" if offset_ms > 0 else "ahead of"
    told = f"{_shown(host)} answers in {door.round_trip_ms:.0f} ms"
    if level == "ok":
        return Finding(level, name, f"{told}, and our clocks agree within {abs(offset_ms)} ms.")
    return Finding(
        level,
        name,
        f"{told}, but this machine's clock is {abs(offset_ms)} ms {beside} Binance's, which "
        "refuses personal calls that come from another time.",
        "Let the clock be set by NTP: systemd-timesyncd or chrony.",
    )


def _shown(host: str) -> str:
    return host_name(host).rpartition("@")[2]
