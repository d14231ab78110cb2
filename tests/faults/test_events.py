"""Event streams while Redis is away: they stay, and tell what happened when it is back."""

from __future__ import annotations

from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.support.listener import Listener, refresh
from tests.support.site import Site
from tests.support.waiting import wait_until


def test_listeners_outlive_redis_and_are_told_when_it_is_back(
    env: dict[str, str], own_redis: RedisServer, exchange: ExchangeProcess
):
    with Site(env) as site:
        wait_until(site.is_warm, "both lists are cached")
        with Listener(site.url).until_joined() as listener:
            own_redis.kill()
            with Listener(site.url).until_joined() as newcomer:
                own_redis.start()
                exchange.control.set_symbol("ADAUSDT", "HALT")
                refresh(env, "spot")
                assert listener.change() == ("spot", "status", "ADAUSDT")
                assert newcomer.change() == ("spot", "status", "ADAUSDT")
