"""The control port: faults, symbols, limits, keys and counts, as JSON over HTTP.

See README.md beside this file.
"""

import asyncio
from dataclasses import asdict, fields, replace
from fnmatch import fnmatchcase
from typing import Any

from aiohttp import web

from tests.exchange.faults import KINDS, Fault, Faults
from tests.exchange.keys import demo_keys
from tests.exchange.node import Node
from tests.exchange.signing import ApiKey
from tests.exchange.weights import Limits

_FAULT_FIELDS = {f.name for f in fields(Fault)} - {"id", "used", "set_at"}


class Control:
    """Answers the control port.

    Unknown names and wrong shapes are answered 400 with what was wrong.
    """

    def __init__(self, nodes: dict[str, Node], faults: Faults, keys: dict[str, ApiKey]) -> None:
        self.nodes, self.faults, self.keys = nodes, faults, keys
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Give the control API."""
        return [
            web.get("/health", self._health), web.get("/counts", self._counts), web.post("/reset",
                self._reset),
            web.get("/faults", self._list_faults), web.post("/faults", self._add_fault),
            web.delete("/faults", self._clear_faults),
            web.post("/symbols", self._change_symbol), web.post("/keys", self._add_key),
            web.post("/clock", self._set_clock),
            web.post("/limits", self._set_limits),
            web.post("/rate", self._set_rate), web.post("/streams/drop", self._drop),
            web.post("/streams/shutdown", self._shut_down),
            web.post("/listening", self._set_listening), web.get("/book", self._book),
            web.post("/freeze", self._freeze), web.post("/session", self._set_session),
            web.post("/price", self._set_price),
        ]  # fmt: skip

    def _picked(self, pattern: str) -> list[Node]:
        picked = [node for name, node in self.nodes.items() if fnmatchcase(name, pattern)]
        if not picked:
            raise ValueError(f"no venue is named {pattern!r}; there are {', '.join(self.nodes)}")
        return picked

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _counts(self, _request: web.Request) -> web.Response:
        return web.json_response({name: node.counts() for name, node in self.nodes.items()})

    async def _reset(self, _request: web.Request) -> web.Response:
        """As at the start: no faults, counts, weights, bans.

        Limits, symbols and rate undone, all ports open.
        """
        self.faults.clear()
        self.keys.update(demo_keys())
        for node in self.nodes.values():
            await node.listen()
            node.venue.market.restore()
            node.venue.frozen = False
            node.venue.clock_ahead_ms = 0
            node.venue.sessions.reset()
            node.venue.updates_per_second, node.venue.mini_ticker_period_ms = node.first_rate, 1000
            node.venue.counts.reset()
            node.venue.limiter.reset()
        return web.json_response({"ok": True})

    async def _list_faults(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in self.faults.active])

    async def _add_fault(self, request: web.Request) -> web.Response:
        wish = await _json(request, _FAULT_FIELDS)
        if wish.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        nodes = self._picked(wish.get("venue", "*"))
        fault = Fault(**wish)
        if fault.kind == "drop":
            return web.json_response(
                {"id": 0, "dropped": sum(node.sockets.drop(fault.stream) for node in nodes)}
            )
        return web.json_response({"id": self.faults.add(fault).id})

    async def _clear_faults(self, request: web.Request) -> web.Response:
        fault_id = request.query.get("id")
        self.faults.clear(int(fault_id) if fault_id else None)
        return web.json_response({"ok": True})

    async def _change_symbol(self, request: web.Request) -> web.Response:
        """{"venue", "symbol", "status"} changes; with "base", "quote", "like" lists anew.

        With "remove": true delists; "permission_sets": [["SPOT"], ["TRD_GRP_004"]] says who may
        trade it.
        """
        wish = await _json(
            request,
            {"venue", "symbol", "status", "base", "quote", "like", "remove", "permission_sets"},
        )
        for node in self._picked(wish.get("venue", "spot")):
            market, symbol = node.venue.market, wish["symbol"]
            if wish.get("remove"):
                market.remove(symbol)
            elif "permission_sets" in wish:
                market.set_permissions(symbol, tuple(map(tuple, wish["permission_sets"])))
            elif symbol in market.instruments:
                market.set_status(symbol, wish["status"])
            else:
                base, quote = (
                    wish.get("base", symbol.removesuffix("USDT")),
                    wish.get("quote", "USDT"),
                )
                market.add_like(
                    symbol, base, quote, wish.get("like", "ADAUSDT"), wish.get("status", "TRADING")
                )
        return web.json_response({"ok": True})

    async def _add_key(self, request: web.Request) -> web.Response:
        """Fields of ``ApiKey``: a new key, or what is to change of a known one.

        With "remove": true the exchange knows it no more.
        """
        wish = await _json(request, {f.name for f in fields(ApiKey)} | {"remove"})
        if wish.pop("remove", False):
            del self.keys[wish["key"]]
            return web.json_response({"ok": True})
        for name in ("venues", "permissions", "allowed_ips"):
            if name in wish:
                wish[name] = tuple(wish[name])
        if "balances" in wish:
            wish["balances"] = {asset: tuple(pair) for asset, pair in wish["balances"].items()}
        known = self.keys.get(wish["key"])
        self.keys[wish["key"]] = replace(known, **wish) if known else ApiKey(**wish)
        return web.json_response({"ok": True})

    async def _set_clock(self, request: web.Request) -> web.Response:
        """{"venue", "ahead_ms": 90000}: what /time tells, and what signed calls are judged by."""
        wish = await _json(request, {"venue", "ahead_ms"})
        for node in self._picked(wish.get("venue", "*")):
            node.venue.clock_ahead_ms = int(wish["ahead_ms"])
        return web.json_response({"ok": True})

    async def _set_limits(self, request: web.Request) -> web.Response:
        wish = await _json(request, {f.name for f in fields(Limits)} | {"venue"})
        for node in self._picked(wish.pop("venue", "*")):
            node.venue.limiter.limits = replace(node.venue.limiter.limits, **wish)
        return web.json_response({"ok": True})

    async def _set_rate(self, request: web.Request) -> web.Response:
        """{"updates_per_second": 2000 | null, "mini_ticker_period_ms": 1000}"""
        wish = await _json(request, {"updates_per_second", "mini_ticker_period_ms"})
        for node in self.nodes.values():
            node.venue.mini_ticker_period_ms = wish.get("mini_ticker_period_ms", 1000)
            node.venue.updates_per_second = wish.get("updates_per_second")
        return web.json_response({"ok": True})

    async def _drop(self, request: web.Request) -> web.Response:
        wish = await _json(request, {"venue", "stream"})
        dropped = sum(
            node.sockets.drop(wish.get("stream", "*"))
            for node in self._picked(wish.get("venue", "*"))
        )
        return web.json_response({"dropped": dropped})

    async def _shut_down(self, request: web.Request) -> web.Response:
        """{"venue",
        "close_after": seconds}: sends serverShutdown now and closes the sockets later."""
        wish = await _json(request, {"venue", "close_after"})
        for node in self._picked(wish.get("venue", "*")):
            task = asyncio.create_task(node.sockets.shut_down(wish.get("close_after", 5.0)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.json_response({"ok": True})

    async def _set_listening(self, request: web.Request) -> web.Response:
        """{"venue", "up": false}: stop listening and drop all connections ("connection refused").

        True: the same port again.
        """
        wish = await _json(request, {"venue", "up"})
        for node in self._picked(wish.get("venue", "*")):
            await (node.listen() if wish["up"] else node.stop_listening())
        return web.json_response({"ok": True})

    async def _freeze(self, request: web.Request) -> web.Response:
        """{"venue", "frozen": true}: stop all trading.

        Streams tell what has happened and then fall silent.
        """
        wish = await _json(request, {"venue", "frozen"})
        for node in self._picked(wish.get("venue", "*")):
            node.venue.frozen = bool(wish["frozen"])
        return web.json_response({"ok": True})

    async def _set_session(self, request: web.Request) -> web.Response:
        """{"market": "COMMODITY", "type": "NO_TRADING", "next": "REGULAR", "seconds": 3600}."""
        wish = await _json(request, {"market", "type", "next", "seconds"})
        for node in self._picked("futures*"):
            node.venue.sessions.set(
                wish["market"], wish["type"], wish["next"], node.venue.now_ms, wish["seconds"]
            )
        return web.json_response({"ok": True})

    async def _set_price(self, request: web.Request) -> web.Response:
        """{"venue", "symbol", "price": 64000.5}: the next trades are at about this price."""
        wish = await _json(request, {"venue", "symbol", "price"})
        for node in self._picked(wish.get("venue", "spot")):
            node.venue.market.set_price(wish["symbol"], float(wish["price"]))
        return web.json_response({"ok": True})

    async def _book(self, request: web.Request) -> web.Response:
        """Give the stand-in's own book: {"lastUpdateId", "bids": [[price, quantity]], "asks".

        …}, all levels.
        """
        venue = self._picked(request.query.get("venue", "spot"))[0].venue
        state = venue.market.state(request.query["symbol"])
        book = venue.watch(state).book
        price, lot = state.inst.price.text, state.inst.lot.text
        sides = {"bids": book.top_bids(len(book.bids)), "asks": book.top_asks(len(book.asks))}
        texts = {side: [[price(p), lot(q)] for p, q in levels] for side, levels in sides.items()}
        return web.json_response({"lastUpdateId": book.update_id, **texts})


@web.middleware
async def plain_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Answer a bad control call with 400 and a sentence."""
    try:
        response: web.StreamResponse = await handler(request)
    except (KeyError, TypeError, ValueError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
    return response


async def _json(request: web.Request, known: set[str]) -> dict[str, Any]:
    wish = await request.json() if request.can_read_body else {}
    if not isinstance(wish, dict) or not set(wish) <= known:
        raise ValueError(f"expected an object with some of {', '.join(sorted(known))}")
    return wish
