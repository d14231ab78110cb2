"""What all contenders share: a Redis, the stand-in exchange, and the settings that name both."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.support.site import Site, product_env

WORKERS = 2
# Requests are counted for the limit, as in production, and none is refused.
_NO_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Surroundings:
    """Servers of this run alone, a folder that goes with them, and settings by variable name."""

    exchange: ExchangeProcess
    redis: RedisServer
    folder: Path
    env: dict[str, str]

    def site(self, **more: str) -> Site:
        """The product on gunicorn, with these settings on top; what it says goes to a file."""
        return Site({**self.env, **more}, log=self.folder / "sites.log")


@contextmanager
def surroundings(ttl_seconds: int = 3600) -> Iterator[Surroundings]:
    """``ttl_seconds`` is how long both lists are fresh."""
    with tempfile.TemporaryDirectory(prefix="marketdeck-bench-") as name:
        folder = Path(name)
        with ExchangeProcess() as exchange, RedisServer(folder) as server:
            env = {
                **product_env(exchange, server.url, folder),
                "METRICS_DIR": str(folder / "metrics"),
                "WEB_CONCURRENCY": str(WORKERS),
                "API_REQUESTS_PER_MINUTE": str(_NO_LIMIT),
                "LOG_LEVEL": "WARNING",
                "SPOT_SYMBOLS_CACHE_TTL_SECONDS": str(ttl_seconds),
                "FUTURES_SYMBOLS_CACHE_TTL_SECONDS": str(ttl_seconds),
            }
            yield Surroundings(exchange, server, folder, env)
