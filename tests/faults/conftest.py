"""What the fault matrix shares: the settings of a product whose Redis may fall ill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.process import ExchangeProcess
from tests.faults.proxy import TcpProxy


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
