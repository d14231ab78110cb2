"""A layer before Flask: a list that is at hand is answered again as Flask did it the first time.

Flask's way to a list costs twenty times what the list itself does, and leads to the same bytes for
all who ask with the same headers, until there is another list. So Flask's answer is kept and given
again, with the age that it has now. Whatever could be another answer goes to Flask: a person's own
list, a cookie, another method, a list that has to be fetched, a caller who asks too much.

The list is the fresh one or, while Binance fails, the last good one: an outage is no slower than a
good day.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from webapp.metrics import counted
from webapp.request_counts import RequestCounts
from webapp.symbols.catalogue import Catalogue, ServedList
from webapp.symbols.listing import MARKETS, Market
from webapp.traffic import REQUEST_ID, Traffic

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# True in the environ where a server cannot wait for an answer: see ``NotAtHand``.
AT_ONCE = "marketdeck.at_once"

_MARKETS_BY_PATH: dict[str, Market] = {f"/api/v1/symbols/{market}": market for market in MARKETS}
# How the requests begin that ``ListsAgain`` may have an answer for.
MAY_BE_AT_HAND = tuple(f"GET {path}".encode() for path in _MARKETS_BY_PATH)
_ENDPOINT = "api.symbols"
# By these two an answer may be one person's own.
_PERSONAL = frozenset({"HTTP_AUTHORIZATION", "HTTP_COOKIE"})
# What else of a request an answer goes by.
_DECISIVE = (
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "wsgi.url_scheme",
)
_OF_EACH_ANSWER = frozenset({"Age", "Date", REQUEST_ID})  # the server dates what it sends
# A client may write anything into its headers, and an answer is kept for each that was written.
_KEPT_MAX = 64

Headers = list[tuple[str, str]]


class _Kept(NamedTuple):
    served: ServedList
    status: str
    headers: Headers  # without those that are each answer's own
    body: bytes

    def is_of(self, served: ServedList) -> bool:
        known = self.served
        return known.listing is served.listing and known.source == served.source


class NotAtHand(Exception):
    """Raised in place of asking Flask where the answer was wanted ``AT_ONCE``."""


class ListsAgain:
    """WSGI: gives again what ``app`` answered; its log and its counts are those of Flask's way."""

    def __init__(
        self, app: WSGIApplication, catalogue: Catalogue, counts: RequestCounts, traffic: Traffic
    ) -> None:
        self._app = app
        self._catalogue = catalogue
        self._counts = counts
        self._traffic = traffic
        self._kept: dict[tuple[object, ...], _Kept] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        market = _MARKETS_BY_PATH.get(environ["PATH_INFO"])
        is_for_all = environ["REQUEST_METHOD"] == "GET" and _PERSONAL.isdisjoint(environ)
        if market is None or not is_for_all:
            return self._by_flask(environ, start_response)
        served = self._catalogue.at_hand(market, waits=not environ.get(AT_ONCE))
        if served is None:
            return self._by_flask(environ, start_response)
        question = (market, *map(environ.get, _DECISIVE))
        kept = self._kept.get(question)
        if kept is None or not kept.is_of(served):
            return self._kept_of_flask(question, served, environ, start_response)
        if self._counts.seconds_to_wait(environ.get("REMOTE_ADDR", "")):
            return self._by_flask(environ, start_response)  # which says so
        return self._again(kept, environ, start_response)

    def _by_flask(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get(AT_ONCE):
            raise NotAtHand
        return self._app(environ, start_response)

    def _again(
        self, kept: _Kept, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        listing, source = kept.served
        age = max(0, int(time.time() - listing.listed_at))
        own = self._traffic.note(environ, _ENDPOINT, int(kept.status[:3]), source)
        counted.list_served(listing.market, source)
        start_response(kept.status, [*kept.headers, ("Age", str(age)), own])
        return [kept.body]

    def _kept_of_flask(
        self,
        question: tuple[object, ...],
        served: ServedList,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        told: list[tuple[str, Headers]] = []

        def hear(status: str, headers: Headers, *error: Any) -> Callable[[bytes], object]:
            told.append((status, headers))
            return start_response(status, headers, *error)

        answer = self._by_flask(environ, hear)
        try:
            body = b"".join(answer)
        finally:
            _close(answer)
        status, headers = told[-1]
        ours = [header for header in headers if header[0] not in _OF_EACH_ANSWER]
        kept = _Kept(served, status, ours, body)
        # Only then was it this list that Flask answered with.
        is_of_the_list = ("X-Data-Source", served.source) in headers
        now = self._catalogue.at_hand(served.listing.market)
        if is_of_the_list and now and kept.is_of(now):
            if len(self._kept) >= _KEPT_MAX:
                self._kept.clear()
            self._kept[question] = kept
        return [body]


def _close(answer: Iterable[bytes]) -> None:
    if hasattr(answer, "close"):
        answer.close()
