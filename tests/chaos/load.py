"""Constant load, and a judgement on every answer."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import Any

from tests.chaos.marks import Marks
from tests.faults.visitor import Seen, Visitor

LISTS = {"spot": "/api/v1/symbols/spot", "futures": "/api/v1/symbols/futures"}
PAGE = "/markets"
_PAUSE_SECONDS = 0.06


class Load:
    """Clients that ask for both lists and the page, each on a thread of its own."""

    def __init__(self, url: str, marks: Marks, ttl_seconds: int, clients: int, seed: int) -> None:
        self.answers: Counter[str] = Counter()
        self.violations: list[str] = []
        self.slowest_seconds = 0.0
        self._url = url
        self._marks = marks
        self._ttl_seconds = ttl_seconds
        self._over = threading.Event()
        self._judged: dict[tuple[str, str], set[str]] = {}
        self._threads = [
            threading.Thread(target=self._visit, args=(random.Random(seed + number),), daemon=True)
            for number in range(clients)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=20)

    def _visit(self, dice: random.Random) -> None:
        etags: dict[str, str] = {}
        with Visitor(self._url, timeout=15) as visitor:
            while not self._over.wait(_PAUSE_SECONDS):
                path = dice.choice((*LISTS.values(), *LISTS.values(), PAGE))
                headers = _request_headers(dice, etags.get(path))
                asked_at = time.time()
                try:
                    seen = visitor.get(path, headers)
                except (OSError, http.client.HTTPException):
                    self.answers["none: process killed or starting"] += 1
                    continue
                self.slowest_seconds = max(self.slowest_seconds, seen.seconds)
                etags[path] = seen.headers.get("etag", "")
                for fault in self._judge(seen, headers, asked_at):
                    self.violations.append(f"{path}: {fault}")

    def _judge(self, seen: Seen, headers: dict[str, str], asked_at: float) -> list[str]:
        if seen.path == PAGE:
            self.answers[f"page {seen.status}"] += 1
            return [] if seen.status in (200, 503) else [f"the page answered {seen.status}"]
        self.answers[f"{seen.status} {seen.source}".strip()] += 1
        if seen.status == 500:
            return _judge_error(seen)
        if seen.status == 304:
            agrees = seen.headers["etag"] == headers.get("If-None-Match")
            return [] if agrees else ["304 for another ETag"]
        if seen.status != 200:
            return [f"status {seen.status}"]
        return self._judge_list(seen, asked_at)

    def _judge_list(self, seen: Seen, asked_at: float) -> list[str]:
        market = seen.path.rsplit("/", 1)[1]
        etag = seen.headers["etag"].strip('"')
        encoding = seen.headers.get("content-encoding", "")
        body = gzip.decompress(seen.body) if encoding == "gzip" else seen.body
        if hashlib.sha256(body).hexdigest()[:32] != etag.removesuffix(f"-{encoding}"):
            return ["ETag and body do not agree"]
        symbols = self._judged.get((market, etag))
        if symbols is None:
            symbols = _symbols(body)
            self._judged[market, etag] = symbols
        listed_at = parsedate_to_datetime(seen.headers["last-modified"]).timestamp()
        faults = [
            f"the list of {listed_at:.0f} lacks {mark}"
            for mark in self._marks.listed_by(market, listed_at)
            if mark not in symbols
        ]
        if len(symbols) < 400:
            faults.append(f"the list holds {len(symbols)} symbols")
        if seen.age < asked_at - listed_at - 2:
            faults.append(f"Age {seen.age} is too young by {asked_at - listed_at - seen.age:.1f} s")
        if seen.source == "cache" and seen.age > self._ttl_seconds + 1:
            faults.append(f"from the cache at age {seen.age}")
        return faults


def _request_headers(dice: random.Random, etag: str | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    if etag and dice.random() < 0.3:
        headers["If-None-Match"] = etag
    if dice.random() < 0.3:
        headers["Accept-Encoding"] = "gzip"
    return headers


def _judge_error(seen: Seen) -> list[str]:
    error: dict[str, Any] = json.loads(seen.body)["error"]
    is_honest = error["code"] == "no_symbol_list" and error["message"]
    return [] if is_honest and seen.headers.get("retry-after") else [f"dishonest: {error}"]


def _symbols(body: bytes) -> set[str]:
    data = json.loads(body)["data"]
    symbols = {row["symbol"] for row in data["symbols"]}
    return symbols if len(symbols) == data["count"] else set()
