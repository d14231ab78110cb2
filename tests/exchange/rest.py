"""The REST side of a venue: count, fault, weigh, answer; with Binance's headers on everything."""

import asyncio
import gzip
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from tests.exchange.call import Call
from tests.exchange.endpoints import endpoints
from tests.exchange.errors import ApiError
from tests.exchange.rest_faults import Outcome, apply_faults
from tests.exchange.rows import dump
from tests.exchange.venue import Venue
from tests.exchange.weights import Refusal

_GZIP_FROM_BYTES = 1000
_VERSIONED = re.compile(r"^/(?:api|fapi|sapi)/v\d+/")


class RestSide:
    """Answers every path of a venue that is no WebSocket path."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self._endpoints = endpoints(futures=venue.futures, testnet=venue.testnet)
        self._caches: dict[object, Any] = {}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request: what the exchange would say, bent by the faults in force."""
        path = urlsplit(request.raw_path).path
        name = _VERSIONED.sub("", path)
        self.venue.counts.asked(name, self.venue.now_ms / 1000)
        if request.method == "OPTIONS":
            return self._finish(request, name, 200, b"")
        outcome = await apply_faults(self.venue, name, request)
        if outcome.answer is not None:
            return self._finish(request, name, *outcome.answer, extra=outcome.headers)
        if outcome.gone:
            self.venue.counts.answered(name, outcome.gone)
            return web.Response(status=503)  # never arrives: the connection is closed
        status, body, headers = await self._real_answer(request, path)
        return await self._send(request, name, status, body, headers, outcome)

    async def _real_answer(
        self, request: web.Request, path: str
    ) -> tuple[int, bytes, dict[str, str]]:
        endpoint = self._endpoints.get(path)
        if endpoint is None or request.method not in endpoint.methods:
            return 404, _error_body(ApiError(-5000, path, request.method)), {}
        call = await self._call(request)
        refusal = self.venue.limiter.charge(
            call.ip, endpoint.weigh(call.params), call.now_ms / 1000
        )
        # Announced as charged: an answer may take until a new minute has begun to count.
        weight = self._announced_weight(request)
        if refusal is not None:
            status, text, headers = _refused(refusal)
            return status, text, headers | weight
        try:
            body = endpoint.answer(call)
        except ApiError as error:
            return error.status, _error_body(error), weight
        return 200, body if isinstance(body, bytes) else body.encode(), weight

    async def _call(self, request: web.Request) -> Call:
        query = urlsplit(request.raw_path).query
        body = await request.text()
        params = dict(parse_qsl(query, keep_blank_values=True)) | dict(
            parse_qsl(body, keep_blank_values=True)
        )
        return Call(
            self.venue, params, query, body, request.headers.get("X-MBX-APIKEY", ""),
            request.remote or "", self.venue.now_ms,
            request.headers.get("X-MBX-TIME-UNIT", "").upper() == "MICROSECOND", self._caches,
        )  # fmt: skip

    async def _send(
        self,
        request: web.Request,
        name: str,
        status: int,
        body: bytes,
        headers: dict[str, str],
        outcome: Outcome,
    ) -> web.StreamResponse:
        if status == 200 and outcome.bend is not None:
            body = outcome.bend(body)
        if "gzip" in request.headers.get("Accept-Encoding", "") and len(body) > _GZIP_FROM_BYTES:
            body = await asyncio.to_thread(gzip.compress, body, 1)
            headers = {**headers, "Content-Encoding": "gzip"}
        if outcome.truncate:
            return await self._send_half(request, name, body, headers)
        return self._finish(request, name, status, body, extra=headers)

    def _finish(
        self,
        request: web.Request,
        name: str,
        status: int,
        body: bytes,
        extra: dict[str, str] | None = None,
    ) -> web.Response:
        self.venue.counts.answered(name, str(status))
        headers = self._headers(request) | (extra or {})
        return web.Response(
            status=status,
            body=body,
            headers={key: value for key, value in headers.items() if value},
        )

    async def _send_half(
        self, request: web.Request, name: str, body: bytes, headers: dict[str, str]
    ) -> web.StreamResponse:
        """Promise the whole body, send half of it and close: what a broken connection leaves."""
        response = web.StreamResponse(
            headers=self._headers(request) | headers | {"Content-Length": str(len(body))}
        )
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        self.venue.counts.answered(name, "truncated")
        if request.transport is not None:
            request.transport.close()
        return response

    def _announced_weight(self, request: web.Request) -> dict[str, str]:
        used = str(self.venue.limiter.used(request.remote or "", self.venue.now_ms / 1000))
        return {"X-MBX-USED-WEIGHT": used, "X-MBX-USED-WEIGHT-1M": used}

    def _headers(self, request: web.Request) -> dict[str, str]:
        return {
            "Content-Type": "application/json;charset=UTF-8",
            "Cache-Control": "no-cache, no-store, must-revalidate",
            **self._announced_weight(request),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
            "X-Cache": "Miss from cloudfront",
        }


def _error_body(error: ApiError) -> bytes:
    return dump({"code": error.code, "msg": error.message}).encode()


def _refused(refusal: Refusal) -> tuple[int, bytes, dict[str, str]]:
    body = dump({"code": -1003, "msg": refusal.message}).encode()
    return refusal.status, body, {"Retry-After": str(refusal.retry_after_s)}
