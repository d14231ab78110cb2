"""Which WebSocket stream lives on which path of Binance's stream hosts, for the browser."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_settings import NoDecode

ALL_OTHERS = "*"


class StreamRoute(BaseModel, frozen=True, extra="forbid"):
    """One route: its paths under each base, best first, and the kinds of streams that it carries.

    A kind is what follows a stream's ``@`` or ``!``; ``streams`` holds how such kinds begin
    ("depth" covers ``btcusdt@depth20@100ms``), or ``*`` for all that no other route names.
    """

    paths: tuple[Annotated[str, Field(pattern=r"^/[\w./-]*$")], ...] = Field(min_length=1)
    streams: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _leads_everywhere(routes: dict[str, StreamRoute]) -> dict[str, StreamRoute]:
    if not any(ALL_OTHERS in route.streams for route in routes.values()):
        raise ValueError(f'one route must carry all other streams: "streams": ["{ALL_OTHERS}"]')
    return routes


StreamRoutes = Annotated[
    dict[str, StreamRoute], NoDecode, BeforeValidator(_parsed), AfterValidator(_leads_everywhere)
]

SPOT_ROUTES = {"all": StreamRoute(paths=("/stream",), streams=(ALL_OTHERS,))}

# Futures split by path on 2026-04-23; since then the unrouted path still acknowledges
# subscriptions but sends nothing, so it is only the last resort, for hosts (demo, testnet) of
# which nobody knows whether they have the split.
# https://github.com/binance/binance-public-data/issues/472
FUTURES_ROUTES = {
    "public": StreamRoute(
        paths=("/public/stream", "/stream"), streams=("bookTicker", "depth", "rpiDepth")
    ),
    "market": StreamRoute(paths=("/market/stream", "/stream"), streams=(ALL_OTHERS,)),
}
