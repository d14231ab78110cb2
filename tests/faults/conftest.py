"""What the fault matrix shares: a Redis of its own behind a proxy, and the product's settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.process import ExchangeProcess
from tests.faults.proxy import TcpProxy
from tests.faults.redis_server import RedisServer


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that the test may kill."""
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def redis_proxy(own_redis: RedisServer) -> Iterator[TcpProxy]:
    with TcpProxy(own_redis.port) as proxy:
        yield proxy


@pytest.fixture
def env(
    exchange: ExchangeProcess, redis_proxy: TcpProxy, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """Settings of a product whose Redis is behind the proxy, by variable name."""
    yield {
        **exchange.urls.environment(),
        "REDIS_URL": redis_proxy.redis_url,
        "SNAPSHOT_DIR": str(tmp_path / "snapshots"),
        "BINANCE_RETRY_BACKOFF_BASE": "0.01",
        "LOG_LEVEL": "INFO",
    }
    exchange.control.reset()
