"""What the services give, as HTTP answers: their bytes, their validators, their freshness."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache

from flask import Response, request

from webapp.api.bodies import (
    Candles,
    CcxtMarkets,
    Changes,
    ContractFacts,
    ListedPair,
    NamedList,
    Watchlists,
)
from webapp.api.ccxt_markets import ccxt_market
from webapp.api.details import details_of
from webapp.bodies import success
from webapp.compression import COMPRESSORS, IDENTITY, KeptBody, best_coding
from webapp.errors import ApiError
from webapp.market_data.contracts import OPEN_INTEREST_SECONDS, Contract
from webapp.market_data.depth import KEPT_SECONDS
from webapp.market_data.klines import Klines
from webapp.metrics import counted
from webapp.once import Answer
from webapp.symbols.catalogue import ServedList
from webapp.symbols.change_log import Page
from webapp.symbols.changes import told
from webapp.symbols.listing import MARKETS, Market, Pair, SymbolList
from webapp.watchlists.lists import AccountList

# How long an HTTP cache may go on serving the list when we cannot be reached.
STALE_IF_ERROR_SECONDS = 86_400


def require_json_acceptable() -> None:
    accepts = request.accept_mimetypes
    if accepts and not accepts["application/json"]:
        raise ApiError(406, "not_acceptable", "This address answers in application/json only.")


def list_answer(served: ServedList, ttl_seconds: int) -> Response:
    """The list's stored bytes, in the coding that the client likes best, or 304."""
    return _as_fresh_as_the_list(served, served.listing.body, ttl_seconds)


def details_answer(
    served: ServedList, pair: Pair, permissions: list[list[str]] | None, ttl_seconds: int
) -> Response:
    """One pair of the list, as fresh as the list is."""
    details = details_of(served.listing.market, pair, permissions)
    return _as_fresh_as_the_list(served, KeptBody(success(details)), ttl_seconds)


def ccxt_answer(served: ServedList, ttl_seconds: int) -> Response:
    """The whole list in ccxt's words, as fresh as the list is."""
    return _as_fresh_as_the_list(served, _in_ccxts_words(served.listing), ttl_seconds)


def personal_list_answer(served: ServedList) -> Response:
    """The list for who shows who they are: for them alone, and for no cache to keep."""
    answer = _kept_answer(served, served.listing.body)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.make_conditional(request, accept_ranges=False)
    return answer


def changes_answer(page: Page) -> Response:
    """A page of the log; who asks again within the second gets the same."""
    changes = [told(entry.id, entry.change) for entry in page.entries]
    body = Changes(changes, page.next_since, page.has_more, page.is_complete)
    return _made_answer(body, good_for_seconds=1)


def depth_answer(book: Answer) -> Response:
    """The stored bytes of a book; whoever asks within the second gets the same."""
    answer = Response(bytes(book.body), mimetype="application/json")
    _set_age(answer, book.taken_at)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


def klines_answer(market: Market, symbol: str, interval: str, history: Klines) -> Response:
    """Candles as rows of Binance's first eight kline fields, good until the open one ends."""
    body = Candles(market, symbol, interval, history.closed_before_ms, history.candles)
    return _made_answer(body, history.seconds_left)


def contract_answer(symbol: str, contract: Contract) -> Response:
    """What is known of a contract; null where it is not, or where the contract has none."""
    interest, funding = contract.open_interest, contract.funding
    facts = ContractFacts(
        symbol=symbol,
        open_interest=interest.openInterest if interest else None,
        open_interest_time=interest.time if interest else None,
        funding_interval_hours=funding.fundingIntervalHours if funding else None,
        funding_rate_cap=funding.adjustedFundingRateCap if funding else None,
        funding_rate_floor=funding.adjustedFundingRateFloor if funding else None,
        sessions=contract.sessions,
    )
    # What was not to be had this time may be the next.
    answer = _made_answer(facts, OPEN_INTEREST_SECONDS if interest else 1)
    _set_age(answer, contract.taken_at)
    return answer


@lru_cache(maxsize=len(MARKETS))
def _in_ccxts_words(listing: SymbolList) -> KeptBody:
    markets = [ccxt_market(listing.market, pair) for pair in listing.pairs]
    return KeptBody(success(CcxtMarkets(listing.market, markets)))


def _as_fresh_as_the_list(served: ServedList, body: KeptBody, ttl_seconds: int) -> Response:
    listed_at = served.listing.listed_at
    answer = _kept_answer(served, body)
    answer.last_modified = int(listed_at)  # type: ignore[assignment]
    _set_age(answer, listed_at)
    answer.headers["Cache-Control"] = (
        f"public, max-age={ttl_seconds}, stale-while-revalidate={ttl_seconds}, "
        f"stale-if-error={STALE_IF_ERROR_SECONDS}"
    )
    answer.make_conditional(request, accept_ranges=False)
    return answer


def _kept_answer(served: ServedList, body: KeptBody) -> Response:
    coding = best_coding(request.accept_encodings, COMPRESSORS)
    answer = Response(body.encoded(coding), mimetype="application/json")
    if coding != IDENTITY:
        answer.headers["Content-Encoding"] = coding
    # A strong validator names one sequence of bytes, so each coding has its own (RFC 9110, 8.8.3).
    answer.set_etag(body.digest if coding == IDENTITY else f"{body.digest}-{coding}")
    answer.vary.add("Accept-Encoding")
    answer.headers["X-Data-Source"] = served.source
    counted.list_served(served.listing.market, served.source)
    return answer


def watchlists_answer(lists: Iterable[AccountList], version: int) -> Response:
    """A person's lists in their order, for them alone."""
    named = [NamedList(it.name, [ListedPair(*key) for key in it.keys]) for it in lists]
    answer = Response(success(Watchlists(version, named)), mimetype="application/json")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _made_answer(data: object, good_for_seconds: int) -> Response:
    answer = Response(success(data), mimetype="application/json")
    answer.headers["Cache-Control"] = f"public, max-age={good_for_seconds}"
    return answer


def _set_age(answer: Response, made_at: float) -> None:
    answer.age = max(0, int(time.time() - made_at))  # type: ignore[assignment]
