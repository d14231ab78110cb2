"""FastAPI with fastapi-cache2 over Redis, as its README has it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_cache import FastAPICache
from fastapi_cache.backends.redis import RedisBackend
from fastapi_cache.decorator import cache
from redis import asyncio as aioredis

from tests.bench.contenders.upstream import PATH, TTL_SECONDS, fetched


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with aioredis.from_url(os.environ["REDIS_URL"]) as client:
        FastAPICache.init(RedisBackend(client), prefix="bench:fastapi-cache")
        yield


app = FastAPI(lifespan=lifespan)


@app.get(PATH)
@cache(expire=TTL_SECONDS)
def symbols():
    return fetched()
