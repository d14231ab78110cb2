"""Redis: whether it can be asked, and whether it keeps what it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import redis
from redis.exceptions import NoPermissionError

from webapp.doctor.findings import Finding
from webapp.redis_client import seconds_of_a_ping

NAME = "Redis"
_OLDEST = (6, 0, 6)  # LPOS, which the scheduler needs
_ROUNDS = 5
_FULL_FRACTION = 0.8
# A key of a kind that the product writes, so that an ACL made for it allows this one too.
_PROBE = "fact:doctor"


def check_redis(client: redis.Redis, where: str, patience_seconds: float) -> Iterator[Finding]:
    """``where`` is its address without secrets; the client gives up after its own patience."""
    try:
        slowest = max(seconds_of_a_ping(client) for _ in range(_ROUNDS))
    except redis.RedisError as error:
        yield _away(error, where)
        return
    found = [*_latency(slowest, patience_seconds), *_writing(client)]
    facts = _facts(client)
    if facts is None:
        found.append(
            Finding(
                "warning",
                NAME,
                "It does not tell its version, its memory and how it keeps data (INFO is refused).",
                "Allow the product's user the command INFO, or look yourself.",
            )
        )
    else:
        found += [*_version(facts), *_memory(facts), *_persistence(client, facts)]
    yield from found
    if all(finding.level == "ok" for finding in found):
        yield Finding(
            "ok",
            NAME,
            f"{_product_of(facts or {})} at {where} answers in {slowest * 1000:.1f} ms at most and "
            "takes what it is given.",
        )


def _away(error: redis.RedisError, where: str) -> Finding:
    if isinstance(error, redis.AuthenticationError):
        return Finding(
            "wrong",
            NAME,
            f"Redis at {where} refuses the user or the password.",
            "Correct them in REDIS_URL: redis://user:password@host:port/0",
        )
    if isinstance(error, redis.TimeoutError):
        cause = "does not answer in time"
    elif "certificate" in str(error).lower() or "ssl" in str(error).lower():
        cause = "cannot be trusted: its certificate is not good for this name, or TLS is off there"
    else:
        cause = "cannot be reached"
    return Finding(
        "wrong",
        NAME,
        f"Redis at {where} {cause}. Lists are served from memory and disk, but jobs do not run.",
        "Start it, or correct REDIS_URL; a firewall or a full disk may hold it up as well.",
    )


def _latency(slowest: float, patience_seconds: float) -> Iterator[Finding]:
    if slowest > patience_seconds / 4:
        yield Finding(
            "warning",
            NAME,
            f"It takes up to {slowest * 1000:.0f} ms to answer, and the product gives it up after "
            f"{patience_seconds * 1000:.0f} ms.",
            "Bring it closer or relieve it; else raise REDIS_TIMEOUT_SECONDS.",
        )


def _writing(client: redis.Redis) -> Iterator[Finding]:
    try:
        client.set(_PROBE, b"1", px=1000)
    except redis.RedisError as error:
        reason, advice = _why_not_written(error)
        yield Finding("wrong", NAME, f"It takes no writing: {reason}.", advice)


def _why_not_written(error: redis.RedisError) -> tuple[str, str]:
    if isinstance(error, redis.OutOfMemoryError):
        return "it is full", "Raise maxmemory."
    if isinstance(error, redis.ReadOnlyError):
        return "it is a replica", "Let REDIS_URL lead to the primary."
    if isinstance(error, NoPermissionError):
        return "this user may not", "Give the user's ACL the product's keys."
    if str(error).startswith("MISCONF"):
        return "it cannot save to its disk", "Free its disk, and look at its log."
    return "it does not say why", "Look at its log."


def _facts(client: redis.Redis) -> dict[str, Any] | None:
    try:
        return dict(client.info())
    except redis.RedisError:
        return None


def _product_of(facts: dict[str, Any]) -> str:
    if "valkey_version" in facts:
        return f"Valkey {facts['valkey_version']}"
    return f"Redis {facts['redis_version']}" if "redis_version" in facts else "Redis"


def _version(facts: dict[str, Any]) -> Iterator[Finding]:
    told = str(facts.get("redis_version", ""))
    numbers = tuple(int(part) for part in re.findall(r"\d+", told)[:3])
    if numbers and numbers < _OLDEST:
        yield Finding(
            "wrong",
            NAME,
            f"Redis {told} is too old: the scheduler needs 6.0.6 or newer.",
            "Install a newer Redis, or Valkey.",
        )


def _memory(facts: dict[str, Any]) -> Iterator[Finding]:
    used, limit = int(facts.get("used_memory", 0)), int(facts.get("maxmemory", 0))
    policy = str(facts.get("maxmemory_policy", "noeviction"))
    if policy.startswith("allkeys"):
        yield Finding(
            "wrong" if limit else "warning",
            NAME,
            f"Its policy {policy} throws away queued jobs, the schedule and the last good lists "
            f"{'when memory is short' if limit else 'as soon as it is given a limit of memory'}.",
            "Set maxmemory-policy noeviction in Redis.",
        )
    elif policy.startswith("volatile") and limit:
        yield Finding(
            "warning",
            NAME,
            f"Its policy {policy} throws away what has an end when memory is short: Binance's "
            "bans, limits, the signs of life of workers. Jobs and last good lists stay.",
            "Set maxmemory-policy noeviction in Redis.",
        )
    if limit and used > _FULL_FRACTION * limit:
        yield Finding(
            "warning",
            NAME,
            f"{used / limit:.0%} of its memory of {limit >> 20} MB is in use.",
            "Raise maxmemory; when it is full nothing new is kept.",
        )


def _persistence(client: redis.Redis, facts: dict[str, Any]) -> Iterator[Finding]:
    failed = [
        name
        for name in ("rdb_last_bgsave_status", "aof_last_write_status", "aof_last_bgrewrite_status")
        if facts.get(name, "ok") != "ok"
    ]
    if failed:
        yield Finding(
            "wrong",
            NAME,
            f"It could not save its data the last time ({', '.join(failed)}).",
            "Look at its log and at the free space and permissions of its folder.",
        )
    if not facts.get("aof_enabled") and _saves_nothing(client):
        yield Finding(
            "warning",
            NAME,
            "It keeps nothing on disk: when it restarts, the log of changes and the counts of "
            "limits are lost. Lists and schedule come back by themselves.",
            "Set appendonly yes, or save points, in Redis.",
        )


def _saves_nothing(client: redis.Redis) -> bool:
    try:
        return client.config_get("save").get("save") == ""
    except redis.RedisError:  # it may be refused, as managed ones do: then nobody knows
        return False
