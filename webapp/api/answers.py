"""A served list as an HTTP answer: its coding, its validators, its freshness."""

from __future__ import annotations

import time

import msgspec
from flask import Response, request

from webapp.compression import COMPRESSORS, IDENTITY, best_coding
from webapp.errors import ApiError
from webapp.market_data.contracts import OPEN_INTEREST_SECONDS, Contract
from webapp.market_data.depth import KEPT_SECONDS
from webapp.market_data.klines import Klines
from webapp.once import Answer
from webapp.symbols.catalogue import ServedList
from webapp.symbols.listing import Market, SymbolList

# How long an HTTP cache may go on serving the list when we cannot be reached.
STALE_IF_ERROR_SECONDS = 86_400


def require_json_acceptable() -> None:
    accepts = request.accept_mimetypes
    if accepts and not accepts["application/json"]:
        raise ApiError(406, "not_acceptable", "This address answers in application/json only.")


def list_answer(served: ServedList, ttl_seconds: int) -> Response:
    """The list's stored bytes, in the coding that the client likes best, or 304."""
    listing = served.listing
    answer = _list_bytes(served)
    answer.last_modified = int(listing.listed_at)  # type: ignore[assignment]
    answer.age = max(0, int(time.time() - listing.listed_at))  # type: ignore[assignment]
    answer.headers["Cache-Control"] = (
        f"public, max-age={ttl_seconds}, stale-while-revalidate={ttl_seconds}, "
        f"stale-if-error={STALE_IF_ERROR_SECONDS}"
    )
    answer.make_conditional(request, accept_ranges=False)
    return answer


def personal_list_answer(served: ServedList) -> Response:
    """The same for who shows who they are: for them alone, and for no cache to keep."""
    answer = _list_bytes(served)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.make_conditional(request, accept_ranges=False)
    return answer


def _list_bytes(served: ServedList) -> Response:
    listing = served.listing
    coding = best_coding(request.accept_encodings, COMPRESSORS)
    answer = Response(_body(listing, coding), mimetype="application/json")
    if coding != IDENTITY:
        answer.headers["Content-Encoding"] = coding
    # A strong validator names one sequence of bytes, so each coding has its own (RFC 9110, 8.8.3).
    suffix = "" if coding == IDENTITY else f"-{coding}"
    answer.set_etag(listing.digest + suffix)
    answer.vary.add("Accept-Encoding")
    answer.headers["X-Data-Source"] = served.source
    return answer


def depth_answer(book: Answer) -> Response:
    """The stored bytes of a book; whoever asks within the second gets the same."""
    answer = Response(bytes(book.body), mimetype="application/json")
    answer.age = max(0, int(time.time() - book.taken_at))  # type: ignore[assignment]
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
    body = msgspec.json.encode({"status": "success", "data": data})
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = f"public, max-age={history.seconds_left}"
    return answer


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
    body = msgspec.json.encode({"status": "success", "data": data})
    answer = Response(body, mimetype="application/json")
    answer.age = max(0, int(time.time() - contract.taken_at))  # type: ignore[assignment]
    # What was not to be had this time may be the next.
    good_for = OPEN_INTEREST_SECONDS if interest else 1
    answer.headers["Cache-Control"] = f"public, max-age={good_for}"
    return answer


def _body(listing: SymbolList, coding: str) -> bytes:
    return listing.body if coding == IDENTITY else listing.encoded(coding)
