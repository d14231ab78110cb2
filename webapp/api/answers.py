"""What the services give, as HTTP answers: their bytes, their validators, their freshness."""

from __future__ import annotations

import time
from functools import lru_cache

import msgspec
from flask import Response, request

from webapp.api.ccxt_markets import ccxt_market
from webapp.api.details import details_of
from webapp.compression import COMPRESSORS, IDENTITY, KeptBody, best_coding
from webapp.errors import ApiError
from webapp.market_data.contracts import OPEN_INTEREST_SECONDS, Contract
from webapp.market_data.depth import KEPT_SECONDS
from webapp.market_data.klines import Klines
from webapp.once import Answer
from webapp.symbols.catalogue import ServedList
from webapp.symbols.change_log import Page
from webapp.symbols.listing import MARKETS, Market, Pair, SymbolList

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
    return _as_fresh_as_the_list(served, KeptBody(_success(details)), ttl_seconds)


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
    changes = [{"id": entry.id, **msgspec.to_builtins(entry.change)} for entry in page.entries]
    data = {
        "changes": changes,
        "next_since": page.next_since,
        "has_more": page.has_more,
        "is_complete": page.is_complete,
    }
    return _made_answer(data, good_for_seconds=1)


def depth_answer(book: Answer) -> Response:
    """The stored bytes of a book; whoever asks within the second gets the same."""
    answer = Response(bytes(book.body), mimetype="application/json")
    _set_age(answer, book.taken_at)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


def klines_answer(market: Market, symbol: str, interval: str, history: Klines) -> Response:
    """Candles as rows of Binance's first eight kline fields, good until the open one ends."""
    data = {
        "market_type": market,
        "symbol": symbol,
        "interval": interval,
        "closed_before": history.closed_before_ms,
        "candles": history.candles,
    }
    return _made_answer(data, history.seconds_left)


def contract_answer(symbol: str, contract: Contract) -> Response:
    """What is known of a contract; null where it is not, or where the contract has none."""
    interest, funding = contract.open_interest, contract.funding
    data = {
        "symbol": symbol,
        "openInterest": interest and interest.openInterest,
        "openInterestTime": interest and interest.time,
        "fundingIntervalHours": funding and funding.fundingIntervalHours,
        "fundingRateCap": funding and funding.adjustedFundingRateCap,
        "fundingRateFloor": funding and funding.adjustedFundingRateFloor,
        "sessions": contract.sessions,
    }
    # What was not to be had this time may be the next.
    answer = _made_answer(data, OPEN_INTEREST_SECONDS if interest else 1)
    _set_age(answer, contract.taken_at)
    return answer


@lru_cache(maxsize=len(MARKETS))
def _in_ccxts_words(listing: SymbolList) -> KeptBody:
    markets = [ccxt_market(listing.market, pair) for pair in listing.pairs]
    return KeptBody(_success({"market_type": listing.market, "markets": markets}))


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
    return answer


def _made_answer(data: object, good_for_seconds: int) -> Response:
    answer = Response(_success(data), mimetype="application/json")
    answer.headers["Cache-Control"] = f"public, max-age={good_for_seconds}"
    return answer


def _set_age(answer: Response, made_at: float) -> None:
    answer.age = max(0, int(time.time() - made_at))  # type: ignore[assignment]


def _success(data: object) -> bytes:
    return msgspec.json.encode({"status": "success", "data": data})
