"""What a fault does to a REST call."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from tests.exchange.errors import (
    BANNED,
    CLOUDFRONT_403,
    RESTRICTED_LOCATION,
    TOO_MUCH_WEIGHT,
    text_of,
)
from tests.exchange.faults import Fault
from tests.exchange.rows import dump
from tests.exchange.venue import Venue

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s
_CODE_OF_STATUS = {429: -1003, 418: -1003, 500: -1000, 502: -1001, 503: -1008, 504: -1007}


@dataclass(slots=True)
class Outcome:
    """`answer` (status, body) instead of the real one; `gone`: how the connection ended.

    `bend` the real body.
    """

    answer: tuple[int, bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    gone: str = ""
    bend: Callable[[bytes], bytes] | None = None
    truncate: bool = False


async def apply_faults(venue: Venue, endpoint: str, request: web.Request) -> Outcome:
    """Wait, hang, reset, or say what to answer, as the faults in force for this call tell."""
    outcome = Outcome()
    for fault in venue.faults.rest(venue.name, endpoint):
        if fault.kind == "latency":
            with suppress(TimeoutError):  # once faults are cleared nothing is late any more
                await asyncio.wait_for(venue.faults.cleared.wait(), fault.ms / 1000)
        elif fault.kind == "hang":
            await _hang(venue, request)
            outcome.gone = "hang"
        elif fault.kind == "reset":
            reset_connection(request)
            outcome.gone = "reset"
        elif fault.kind == "status":
            outcome.answer, outcome.headers = status_answer(fault, venue.now_ms)
        elif fault.kind == "html":
            outcome.answer, outcome.headers = (
                (fault.status, CLOUDFRONT_403.encode()),
                {"Content-Type": "text/html"},
            )
        elif fault.kind == "truncated":
            outcome.truncate = True
        else:
            outcome.bend = {"malformed": _malformed, "empty": _emptied, "half": _halved}[fault.kind]
    return outcome


def status_answer(fault: Fault, now_ms: int) -> tuple[tuple[int, bytes], dict[str, str]]:
    """Give Binance's own body for a status.

    403 is CloudFront's HTML page, 451 has code 0 and no CORS header.
    """
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.status == 403 and fault.code is None:
        return (403, CLOUDFRONT_403.encode()), headers | {"Content-Type": "text/html"}
    if fault.status == 451 and fault.code is None:
        body = json.dumps({"code": 0, "msg": fault.message or RESTRICTED_LOCATION}, indent=2)
        return (451, body.encode()), headers | {"Access-Control-Allow-Origin": ""}
    code = fault.code if fault.code is not None else _CODE_OF_STATUS.get(fault.status, -1000)
    message = fault.message or _message(fault, code, now_ms)
    return (fault.status, dump({"code": code, "msg": message}).encode()), headers


def reset_connection(request: web.BaseRequest) -> None:
    """Close the connection with a TCP reset."""
    if request.transport is None:
        return
    sock: socket.socket | None = request.transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    request.transport.abort()


def _message(fault: Fault, code: int, now_ms: int) -> str:
    if fault.status == 418:
        return BANNED.format(until_ms=now_ms + (fault.retry_after or 120) * 1000)
    if fault.status == 429:
        return TOO_MUCH_WEIGHT.format(limit=6000)
    return text_of(code)


async def _hang(venue: Venue, request: web.Request) -> None:
    """Accept and never answer, until the faults are cleared or the client gives up."""
    cleared = venue.faults.cleared
    while (
        not cleared.is_set()
        and request.transport is not None
        and not request.transport.is_closing()
    ):
        try:
            await asyncio.wait_for(cleared.wait(), 0.25)
        except TimeoutError:
            continue
    reset_connection(request)


def _malformed(body: bytes) -> bytes:
    """Break the JSON near its end, outside every string: stray commas where a value should be."""
    return body[:-1] + b",," + body[-1:]


def _emptied(body: bytes) -> bytes:
    """Take all rows out of a list, or all symbols out of exchangeInfo."""
    value = json.loads(body)
    return dump({**value, "symbols": []} if isinstance(value, dict) else []).encode()


def _halved(body: bytes) -> bytes:
    """Lose every second row."""
    value = json.loads(body)
    if isinstance(value, dict):
        return dump({**value, "symbols": value.get("symbols", [])[::2]}).encode()
    return dump(value[::2]).encode()
