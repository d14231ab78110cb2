"""FastAPI with a copy in each process, compressed once: the strongest peer."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from tests.bench.contenders.upstream import PATH, fetched

copies: dict[bool, bytes] = {}  # by whether they are compressed


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    copies[False] = json.dumps(fetched(), separators=(",", ":")).encode()
    copies[True] = gzip.compress(copies[False], compresslevel=9)
    yield


app = FastAPI(lifespan=lifespan)


@app.get(PATH)
async def symbols(request: Request) -> Response:
    compressed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"vary": "accept-encoding"}
    if compressed:
        headers["content-encoding"] = "gzip"
    return Response(copies[compressed], media_type="application/json", headers=headers)
