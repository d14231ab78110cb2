"""The status page, from gunicorn as in production."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
import requests

from tests.exchange.process import ExchangeProcess
from tests.faults.redis_server import RedisServer
from tests.support.program import Program
from tests.support.site import Site
from tests.support.waiting import wait_until


@pytest.fixture
def warm_site(settings_env: dict[str, str], own_redis: RedisServer) -> Iterator[Site]:
    with Site({**settings_env, "REDIS_URL": own_redis.url}) as site:
        wait_until(site.is_warm, "both lists are cached")
        yield site


def look(site: Site) -> str:
    """The page's text, with its marks."""
    answer = requests.get(f"{site.url}/status", timeout=30)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def levels(page: str) -> dict[str, str]:
    """What each line is about, with its level."""
    lines = re.findall(r'data-level="(\w+)">\s*<dt>([^<]+)</dt>', page)
    return {name: level for level, name in lines}


def test_where_all_is_well_the_page_says_so(warm_site: Site):
    with (
        Program("jobs.worker", warm_site.settings_env),
        Program("jobs.scheduler", warm_site.settings_env),
    ):
        page = wait_until(
            lambda: page if "All is well." in (page := look(warm_site)) else None, "all is well"
        )
    assert set(levels(page).values()) == {"ok"}
    assert re.search(r"\d{3} pairs, ", page)


def test_the_page_tells_a_stranger_nothing_of_the_inside(
    warm_site: Site, exchange: ExchangeProcess
):
    """Binance's own message of a ban holds this server's address, too."""
    exchange.control.fault("status", venue="spot", endpoint="*", status=418, retry_after=600)
    requests.get(f"{warm_site.url}/api/v1/depth/spot/BTCUSDT?limit=100", timeout=30)
    page = wait_until(
        lambda: page if "takes no question" in (page := look(warm_site)) else None, "it shows"
    )
    body = page[page.index("<main") :]
    assert levels(page)["Binance, spot"] == "warning"
    for told in ("127.0.0.1", "418", "banned", "Valkey", "Redis", "gunicorn", "http", "python"):
        assert told not in body, told


def test_binance_is_asked_nothing_for_it(warm_site: Site, exchange: ExchangeProcess):
    before = exchange.control.counts("spot")["rest"]
    for _ in range(5):
        look(warm_site)
    assert exchange.control.counts("spot")["rest"] == before


@pytest.mark.measured
def test_with_redis_hung_or_gone_it_answers_in_a_fraction_of_a_second(
    warm_site: Site, own_redis: RedisServer
):
    look(warm_site)
    own_redis.stop()
    took = []
    for _ in range(6):  # both processes, and what they remember of it
        began = time.monotonic()
        look(warm_site)
        took.append(time.monotonic() - began)
    wait_until(lambda: levels(look(warm_site))["Shared cache"] == "warning", "it is told")
    assert max(took) < 0.9, took
    own_redis.go_on()
    wait_until(lambda: levels(look(warm_site))["Shared cache"] == "ok", "Redis is back")
    own_redis.kill()
    page = wait_until(  # of the two processes it is one that has looked since
        lambda: page if levels(page := look(warm_site))["Shared cache"] == "warning" else None,
        "it is told",
    )
    assert levels(page)["Spot pairs"] == "ok", "the list is served from memory"
    assert "Nobody knows" in page


def test_a_database_that_hangs_is_told_and_not_waited_for(
    settings_env: dict[str, str], hung_database: str
):
    with Site({**settings_env, "DATABASE_URL": hung_database}) as site:
        wait_until(site.is_warm, "both lists are cached")
        began = time.monotonic()
        page = look(site)
        assert time.monotonic() - began < 3  # by far more than it takes
    assert levels(page)["Accounts"] == "warning"
    assert "All is well." not in page


def test_without_any_list_it_says_that_something_does_not_work(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    exchange.control.fault("status", venue="*", endpoint="*", status=503)
    with Site(settings_env) as site:
        page = look(site)
    assert levels(page)["Spot pairs"] == "wrong"
    assert "There is no list to serve yet." in page
    assert "Something does not work." in page


def test_the_markets_page_leads_there(warm_site: Site):
    assert 'href="/status"' in requests.get(f"{warm_site.url}/markets", timeout=30).text
