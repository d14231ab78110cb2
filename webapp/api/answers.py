"""A served list as an HTTP answer: its coding, its validators, its freshness."""

from __future__ import annotations

import time

import msgspec
from flask import Response, request

from webapp.errors import ApiError
from webapp.market_data.depth import KEPT_SECONDS
from webapp.market_data.klines import Klines
from webapp.once import Answer
from webapp.symbols.catalogue import ServedList
from webapp.symbols.compression import COMPRESSORS
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
    coding = _best_coding()
    answer = Response(_body(listing, coding), mimetype="application/json")
    if coding != "identity":
        answer.headers["Content-Encoding"] = coding
    # A strong validator names one sequence of bytes, so each coding has its own (RFC 9110, 8.8.3).
    suffix = "" if coding == "identity" else f"-{coding}"
    answer.set_etag(listing.digest + suffix)
    answer.last_modified = int(listing.listed_at)  # type: ignore[assignment]
    answer.age = max(0, int(time.time() - listing.listed_at))  # type: ignore[assignment]
    answer.headers["Cache-Control"] = (
        f"public, max-age={ttl_seconds}, stale-while-revalidate={ttl_seconds}, "
        f"stale-if-error={STALE_IF_ERROR_SECONDS}"
    )
    answer.vary.add("Accept-Encoding")
    answer.headers["X-Data-Source"] = served.source
    answer.make_conditional(request, accept_ranges=False)
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
        "candles": history.candles,
    }
    body = msgspec.json.encode({"status": "success", "data": data})
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = f"public, max-age={history.seconds_left}"
    return answer


def _best_coding() -> str:
    accepts = request.accept_encodings
    offered = {coding: accepts[coding] for coding in COMPRESSORS}
    best = max(offered, key=lambda coding: offered[coding])
    # "identity" counts as acceptable unless it is ruled out by name or by "*;q=0".
    return best if offered[best] > 0 and offered[best] >= accepts["identity"] else "identity"


def _body(listing: SymbolList, coding: str) -> bytes:
    return listing.body if coding == "identity" else listing.encoded(coding)
