"""One venue of Binance (spot or USD-M futures) over HTTP: hosts, timeouts, retries."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from urllib.parse import urlencode, urlsplit

import requests
import tenacity

from webapp.binance.errors import (
    AskedTooMuch,
    BinanceError,
    KeyRefused,
    MalformedAnswer,
    Overloaded,
    RestrictedLocation,
    Unreachable,
)
from webapp.binance.gate import BanGate
from webapp.binance.refusals import refusal_of
from webapp.metrics import counted

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 3.05  # just over TCP's first retransmission
READ_TIMEOUT_SECONDS = 10.0  # Binance itself gives up after 10 s (-1007)
ANSWER_MAX_BYTES = 64 * 1024 * 1024  # the largest real answer is about 16 MB
_CHUNK_BYTES = 256 * 1024

# Its lines hold whole URLs, and with them the signatures of personal calls.
logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class RetryPolicy:
    """How often to try in all, and how long to wait in between.

    The wait before attempt n+1 is full-jitter in [0, ``backoff_base_seconds``·2ⁿ⁻¹], or what
    ``Retry-After`` says; a ``Retry-After`` longer than ``longest_wait_seconds`` ends the attempts.
    ``deadline_seconds`` bounds one call with all its attempts.
    """

    max_attempts: int = 3
    backoff_base_seconds: float = 0.5
    longest_wait_seconds: float = 2.0
    deadline_seconds: float = 20.0


@dataclass(frozen=True)
class Question:
    """One call, whichever host it goes to; of a personal one nothing is told in log or error."""

    path: str
    query: str = field(default="", repr=False)  # percent-encoded, as it is signed
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_personal: bool = False


class BinanceClient:
    """Asks one venue's hosts in order; every failure is a ``BinanceError``.

    A host that fails for reasons of its own (no connection, 5xx, 451) is left for the next one;
    an answer that says we asked too much is not taken elsewhere. A host that bans us is not asked
    before the ban's end, by any process. ``weight_limit`` is the venue's request weight a minute.
    """

    def __init__(
        self, hosts: tuple[str, ...], policy: RetryPolicy, gate: BanGate, weight_limit: int
    ) -> None:
        self._hosts = hosts
        self._policy = policy
        self._gate = gate
        self._weight_limit = weight_limit
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        # One person's answer must leave nothing behind that goes along with another's question.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        on_failed_attempt: Callable[[BinanceError], None] = lambda _error: None,
    ) -> bytes:
        """Return the body of ``GET <host><path>``, whatever JSON it holds.

        ``on_failed_attempt`` hears of each failure that another attempt follows.
        """
        question = Question(path, urlencode(params or {}))
        return self.ask(lambda: question, self._policy.deadline_seconds, on_failed_attempt)

    def ask(
        self,
        question: Callable[[], Question],
        deadline_seconds: float,
        on_failed_attempt: Callable[[BinanceError], None] = lambda _error: None,
    ) -> bytes:
        """The same for a question made anew for each attempt, with a deadline of its own."""
        attempts = _Attempts(self._hosts, self._policy, on_failed_attempt)
        deadline = time.monotonic() + deadline_seconds
        return attempts.run(lambda host: self._ask(host, question(), deadline))

    def busy_seconds(self) -> float:
        """How long background work should wait: until the next minute above 80 % of the limit."""
        return self._gate.busy_seconds(host_name(self._hosts[0]), self._weight_limit)

    def _ask(self, host: str, question: Question, deadline: float) -> bytes:
        refusal = self._gate.refusal(host_name(host))
        if refusal:
            raise refusal
        outcome, began_at = "broken_off", time.perf_counter()
        try:
            body = self._answer_of(host, question, deadline)
            outcome = "answered"
        except BinanceError as error:
            outcome = type(error).__name__
            raise
        finally:
            seconds = time.perf_counter() - began_at
            counted.upstream_call(host_name(host), question.path, outcome, seconds)
        return body

    def _answer_of(self, host: str, question: Question, deadline: float) -> bytes:
        answer, body = self._exchange(host, question, deadline)
        self._gate.note_weight(host_name(host), answer.headers.get("X-MBX-USED-WEIGHT-1M"))
        refusal = refusal_of(
            answer.status_code, answer.headers, body, is_quoted=not question.is_personal
        )
        if refusal:
            if not isinstance(refusal, KeyRefused):  # which is one person's trouble
                self._gate.note_refusal(host_name(host), answer.status_code, refusal)
            raise refusal
        return body

    def _exchange(
        self, host: str, question: Question, deadline: float
    ) -> tuple[requests.Response, bytes]:
        left_seconds = max(0.1, deadline - time.monotonic())
        timeouts = (
            min(CONNECT_TIMEOUT_SECONDS, left_seconds),
            min(READ_TIMEOUT_SECONDS, left_seconds),
        )
        try:
            with self._session.get(
                host + question.path,
                params=question.query,
                headers=question.headers,
                timeout=timeouts,
                stream=True,
                allow_redirects=False,
            ) as answer:
                return answer, _read_body(answer, deadline)
        except requests.Timeout:
            raise Unreachable("Binance did not answer in time") from None
        except requests.exceptions.ContentDecodingError:
            raise MalformedAnswer("Binance's answer could not be decompressed") from None
        except requests.RequestException as error:
            log.info("no connection to %s%s: %s", host, question.path, _cause_of(error))
            raise Unreachable("Binance could not be reached") from None


class _Attempts:
    """The attempts of one call: which host is next, whether and when to try again."""

    def __init__(
        self,
        hosts: tuple[str, ...],
        policy: RetryPolicy,
        on_failed_attempt: Callable[[BinanceError], None],
    ) -> None:
        self._hosts_left = list(hosts)
        self._policy = policy
        self._on_failed_attempt = on_failed_attempt
        self._jitter = tenacity.wait_random_exponential(
            multiplier=policy.backoff_base_seconds, max=policy.deadline_seconds
        )

    def run(self, ask: Callable[[str], bytes]) -> bytes:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._policy.max_attempts)
            | tenacity.stop_before_delay(self._policy.deadline_seconds),
            retry=tenacity.retry_if_exception(self._is_worth_another_try),
            wait=self._wait_seconds,
            before_sleep=self._before_next,
            reraise=True,
        )
        return retrying(lambda: ask(self._hosts_left[0]))

    def _is_worth_another_try(self, error: BaseException) -> bool:
        if isinstance(error, RestrictedLocation):
            return len(self._hosts_left) > 1
        if isinstance(error, Unreachable | Overloaded):
            return (error.retry_after_seconds or 0) <= self._policy.longest_wait_seconds
        return False

    def _wait_seconds(self, state: tenacity.RetryCallState) -> float:
        error = _error_of(state)
        if self._moves_on(error):
            return 0
        if error.retry_after_seconds is not None:
            return error.retry_after_seconds
        return self._jitter(state)

    def _before_next(self, state: tenacity.RetryCallState) -> None:
        error = _error_of(state)
        if self._moves_on(error):
            self._hosts_left.pop(0)
        else:
            self._on_failed_attempt(error)

    def _moves_on(self, error: BinanceError) -> bool:
        return len(self._hosts_left) > 1 and not isinstance(error, AskedTooMuch)


def _error_of(state: tenacity.RetryCallState) -> BinanceError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, BinanceError):
        raise TypeError("only a BinanceError is tried again") from error
    return error


def _cause_of(error: requests.RequestException) -> str:
    # By the names of the errors alone: their texts hold the URL, and so the query.
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return type(error).__name__ + (f", {type(cause).__name__}" if cause else "")


def host_name(host: str) -> str:
    """What bans, weights and counts call a host: ``api.binance.com``, or with a port."""
    return urlsplit(host).netloc


def _read_body(answer: requests.Response, deadline: float) -> bytes:
    # Timeouts bound one read each; a server that drips must be bounded here.
    body = BytesIO()  # which gives away what it has without a copy
    for chunk in answer.iter_content(_CHUNK_BYTES):
        body.write(chunk)
        if body.tell() > ANSWER_MAX_BYTES:
            raise MalformedAnswer(f"Binance's answer is over {ANSWER_MAX_BYTES >> 20} MB")
        if time.monotonic() > deadline:
            raise Unreachable("Binance's answer did not end in time")
    return body.getvalue()
