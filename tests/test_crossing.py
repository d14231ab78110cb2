"""No answer reaches another than its asker: many at once, through nginx with its cache on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
import requests
import zstandard
from flask import Flask

from tests.exchange.process import ExchangeProcess
from tests.support.nginx import Nginx
from tests.support.people import give_key
from tests.support.site import Site
from tests.support.waiting import wait_until
from tests.support.web_person import WebPerson

MARKETS = {"spot": "/api/v1/symbols/spot", "futures": "/api/v1/symbols/futures"}
CODINGS = ("identity", "gzip", "br", "zstd")
WATCHED = {"tradegroup": "ADAUSDT", "readonly": "LTCUSDT"}
REQUESTS = 2000
THREADS = 8

pytestmark = [pytest.mark.timeout(180), pytest.mark.heavy]

NO_WAY_PAST_THE_CACHE = {"proxy_cache $marketdeck_cache;": "proxy_cache marketdeck;"}
NO_LOCK_EITHER = {**NO_WAY_PAST_THE_CACHE, "proxy_no_cache $marketdeck_not_kept;": ""}


@dataclass
class Asker:
    """Who asks, by which header, and what belongs to them and to nobody else."""

    name: str
    headers: dict[str, str]
    source: str
    kept_by: str
    symbols: dict[str, set[str]] = field(default_factory=dict)
    etags: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, url: str) -> None:
        """Ask the site itself, past nginx and one after the other."""
        for market, path in MARKETS.items():
            for coding in CODINGS:
                answer = requests.get(
                    url + path, headers={**self.headers, "Accept-Encoding": coding}, timeout=30
                )
                assert answer.headers["X-Data-Source"] == self.source, self.name
                self.symbols[market] = symbols_in(answer)
                self.etags[market, coding] = answer.headers["ETag"]


@dataclass
class World:
    """A site with two people who are signed in, have tokens and keys that open different lists."""

    site: Site
    people: dict[str, WebPerson]
    tokens: dict[str, str]
    askers: list[Asker]


@pytest.fixture
def world(
    settings_env: dict[str, str], app: Flask, exchange: ExchangeProcess, tmp_path: Path
) -> Iterator[World]:
    exchange.control.set_permissions("ADAUSDT", [["SPOT"], ["TRD_GRP_004"]])  # for one of the two
    exchange.control.set_permissions("XRPUSDT", [["SPOT"], ["TRD_GRP_009"]])  # for neither of them
    env = {**settings_env, "TRUSTED_PROXIES": "1", "WEB_CONCURRENCY": "3"}
    with Site(env) as site:
        wait_until(site.is_warm, "the lists are cached")
        people = {
            name: WebPerson(site.url, tmp_path / "mail", f"{name}@example.org", f"{name} on a hill")
            for name in WATCHED
        }
        tokens = {}
        for name, person in people.items():
            person.sign_up()
            person.post("/markets/watchlist", add=f"spot:{WATCHED[name]}")
            tokens[name] = person.make_token("symbols")
            give_key(app, id_of(app, person), "mainnet", name)
        yield World(site, people, tokens, askers(site, tokens))
        for person in people.values():
            person.close()


def askers(site: Site, tokens: Mapping[str, str]) -> list[Asker]:
    by_token = [
        Asker(name, {"Authorization": f"Bearer {token}"}, "mainnet-key", "private, no-store")
        for name, token in tokens.items()
    ]
    anybody = Asker("anybody", {}, "cache", "public, max-age=")
    for asker in by_token:
        wait_until(partial(is_known, site, asker), f"{asker.name}'s key is accepted")
    for asker in (*by_token, anybody):
        asker.learn(site.url)
    lists = [asker.symbols["spot"] for asker in (*by_token, anybody)]
    assert lists[0] ^ lists[1] == {"ADAUSDT"}
    assert lists[0] ^ lists[2] == {"XRPUSDT"}
    return [*by_token, anybody, anybody]


def is_known(site: Site, asker: Asker) -> bool:
    answers = [
        requests.get(site.url + path, headers=asker.headers, timeout=30)
        for path in MARKETS.values()
    ]
    return all(answer.headers["X-Data-Source"] == asker.source for answer in answers)


class Storm:
    """Requests of all at once. ``crossed`` tells each answer that was not its asker's."""

    def __init__(self, world: World, nginx: Nginx, count: int) -> None:
        self.crossed: list[str] = []
        self.from_the_cache = 0
        self._world = world
        self._url = nginx.url
        self._etags = [
            (asker, market, coding, etag)
            for asker in world.askers
            for (market, coding), etag in asker.etags.items()
        ]
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(self._some, range(THREADS), [count // THREADS] * THREADS))

    def _some(self, seed: int, count: int) -> None:
        dice = random.Random(seed)
        with requests.Session() as kept_alive:
            for _ in range(count):
                if dice.random() < 0.15:
                    self._page(dice)
                else:
                    self._list(dice, kept_alive)

    def _list(self, dice: random.Random, kept_alive: requests.Session) -> None:
        asker = dice.choice(self._world.askers)
        market, coding = dice.choice(tuple(MARKETS)), dice.choice(CODINGS)
        headers = {**asker.headers, "Accept-Encoding": coding}
        sent = ""
        if dice.random() < 0.4:
            *_, sent = dice.choice(self._etags)
            headers["If-None-Match"] = sent
        method = "HEAD" if dice.random() < 0.2 else "GET"
        if dice.random() < 0.7:
            answer = kept_alive.request(
                method, self._url + MARKETS[market], headers=headers, timeout=20
            )
        else:
            headers["Connection"] = "close"
            answer = requests.request(
                method, self._url + MARKETS[market], headers=headers, timeout=20
            )
        self.from_the_cache += answer.headers.get("X-Cache-Status") == "HIT"
        for wrong in self._wrongs(answer, asker, market, coding, sent):
            self.crossed.append(f"{asker.name} {method} {market} {coding} {sent}: {wrong}")

    def _wrongs(
        self, answer: requests.Response, asker: Asker, market: str, coding: str, sent: str
    ) -> Iterator[str]:
        own_etag = asker.etags[market, coding]
        if answer.status_code == 304 and sent != own_etag:
            yield "another's list counts as theirs"
        if answer.status_code not in (200, 304):
            yield f"status {answer.status_code}"
        told = answer.headers
        if told.get("ETag") != own_etag:
            yield f"the tag {told.get('ETag')}"
        if answer.status_code == 200 and told["X-Data-Source"] != asker.source:
            yield f"a list by {told['X-Data-Source']}"
        if not told["Cache-Control"].startswith(asker.kept_by):
            yield f"to be kept as {told['Cache-Control']}"
        if asker.headers and "X-Cache-Status" in told:
            yield f"the cache was asked: {told['X-Cache-Status']}"
        has_list = answer.status_code == 200 and answer.content
        if has_list and symbols_in(answer) != asker.symbols[market]:
            yield "another's symbols"

    def _page(self, dice: random.Random) -> None:
        name, other = dice.sample(tuple(WATCHED), 2)
        cookies = self._world.people[name].session.cookies
        path = dice.choice(("/account", "/markets"))
        answer = requests.get(self._url + path, cookies=cookies, timeout=20)
        if path == "/account":
            text = answer.text
            own, others = (self._world.people[who].address for who in (name, other))
        else:
            text = answer.text.partition('data-panel="watchlist"')[2].partition("</section>")[0]
            own, others = (f'data-symbol="{WATCHED[who]}"' for who in (name, other))
        if own not in text or others in text:
            self.crossed.append(f"{name} {path}: another's page")
        if not answer.headers["Cache-Control"].startswith("private"):
            self.crossed.append(f"{name} {path}: {answer.headers['Cache-Control']}")


def test_no_answer_crosses_under_load_with_the_cache_on(world: World, tmp_path: Path):
    with Nginx(world.site, folder_in(tmp_path, "nginx")) as nginx:
        storm = Storm(world, nginx, REQUESTS)
        kept = b"".join(nginx.cached())
    assert storm.crossed == []
    assert storm.from_the_cache > REQUESTS / 4
    assert personal_parts(world, kept) == []
    assert b"X-Data-Source: cache" in kept


@pytest.mark.parametrize(
    ("changes", "is_kept"),
    [(NO_WAY_PAST_THE_CACHE, False), (NO_LOCK_EITHER, True)],
    ids=["asked-by-all", "kept-of-all"],
)
def test_without_its_locks_the_cache_would_cross_and_it_would_be_seen(
    world: World, tmp_path: Path, changes: dict[str, str], is_kept: bool
):
    with Nginx(world.site, folder_in(tmp_path, "nginx"), changes) as nginx:
        storm = Storm(world, nginx, REQUESTS // 4)
        kept = b"".join(nginx.cached())
    assert len(storm.crossed) > 10
    assert bool(personal_parts(world, kept)) == is_kept


def personal_parts(world: World, kept: bytes) -> list[str]:
    """What of a person's is among these bytes."""
    parts = ["mainnet-key", "private", "Set-Cookie", *world.tokens.values()]
    for person in world.people.values():
        parts += [person.address, person.session_cookie()]
    return [part for part in parts if part.encode() in kept]


def symbols_in(answer: requests.Response) -> set[str]:
    body = answer.content
    if answer.headers.get("Content-Encoding") == "zstd":  # which requests leaves as it is
        body = zstandard.decompress(body)
    return {row["symbol"] for row in json.loads(body)["data"]["symbols"]}


def folder_in(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def id_of(app: Flask, person: WebPerson) -> str:
    found: str = app.extensions["people"].authenticate(person.address, person.password)
    return found
