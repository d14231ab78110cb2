"""FastAPI returning the bytes that Redis holds."""

import json
import os

from fastapi import FastAPI, Response
from redis import asyncio as aioredis
from starlette.concurrency import run_in_threadpool

from tests.bench.contenders.upstream import PATH, TTL_SECONDS, fetched

KEY = "bench:fastapi-redis"

app = FastAPI()
client = aioredis.from_url(os.environ["REDIS_URL"])


@app.get(PATH)
async def symbols() -> Response:
    body = await client.get(KEY)
    if body is None:
        body = json.dumps(await run_in_threadpool(fetched)).encode()
        await client.set(KEY, body, ex=TTL_SECONDS)
    return Response(body, media_type="application/json")
