"""Start the stand-in exchange as a process, for tests and scripts, and steer it.

with ExchangeProcess() as exchange:
    requests.get(exchange.urls.spot + "/api/v3/ping", timeout=2)
    exchange.control.fault("status", venue="spot", endpoint="exchangeInfo", status=429,
                           retry_after=30, times=3)
    assert exchange.control.calls("spot", "exchangeInfo") == 1
"""

import json
import select
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

import requests

_REPOSITORY = Path(__file__).resolve().parents[2]
_START_WITHIN_S, _STOP_WITHIN_S, _CONTROL_TIMEOUT_S = 60.0, 20.0, 60.0  # a machine may be busy


class ExchangeStartError(RuntimeError):
    """The exchange did not come up; the message holds what it wrote to stderr."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Base URLs, without a slash at the end. `*_stream` are WebSocket bases.

    Append /ws, /stream, /public/ws …
    """

    spot: str
    futures: str
    spot_testnet: str
    futures_testnet: str
    control: str
    spot_stream: str
    futures_stream: str
    spot_testnet_stream: str
    futures_testnet_stream: str

    def environment(self) -> dict[str, str]:
        """Give the settings that point Marketdeck at this exchange (CONTRACT.md)."""
        return {
            "BINANCE_SPOT_URL": self.spot, "BINANCE_FUTURES_URL": self.futures,
            "BINANCE_SPOT_TESTNET_URL": self.spot_testnet,
            "BINANCE_FUTURES_TESTNET_URL": self.futures_testnet,
            "BINANCE_SPOT_STREAM_URL": self.spot_stream,
            "BINANCE_FUTURES_STREAM_URL": self.futures_stream,
            "BINANCE_SPOT_BROWSER_URL": self.spot,
            "BINANCE_FUTURES_BROWSER_URL": self.futures,
        }  # fmt: skip


class ControlClient:
    """The control API as methods. Every one returns when the exchange has obeyed.

    A bad wish raises requests.HTTPError.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def fault(self, kind: str, **details: object) -> int:
        """Put a fault in force and give its id. Kinds: see `faults.py`; details.

        Venue, endpoint, stream, times, seconds, status, code, message, retry_after, ms. `drop` acts
        at once.
        """
        return int(self._call("POST", "/faults", {"kind": kind, **details})["id"])

    def clear(self, fault_id: int | None = None) -> None:
        """End one fault, or all of them."""
        self._call("DELETE", "/faults" if fault_id is None else f"/faults?id={fault_id}")

    def faults(self) -> list[dict[str, Any]]:
        """Give the faults in force, with how often each was `used`."""
        return list(self._call("GET", "/faults"))

    def reset(self) -> None:
        """As at the start: no faults, counts, weights or bans.

        Symbols, limits, rate and ports as they were.
        """
        self._call("POST", "/reset")

    def counts(self, venue: str | None = None) -> dict[str, Any]:
        """Give the counts of one venue, or of all by name: {"rest": {endpoint.

        {total, answers, times}}, "ws", "weights"}.
        """
        counts: dict[str, Any] = self._call("GET", "/counts")
        return counts if venue is None else counts[venue]

    def calls(self, venue: str, endpoint: str) -> int:
        """Give how many calls of an endpoint ("exchangeInfo", "ticker/24hr") reached a venue."""
        return int(self.counts(venue)["rest"].get(endpoint, {"total": 0})["total"])

    def set_symbol(self, symbol: str, status: str, venue: str = "spot") -> None:
        """Change a symbol's status (on futures a contractInfo event goes out)."""
        self._call("POST", "/symbols", {"venue": venue, "symbol": symbol, "status": status})

    def add_symbol(self, symbol: str, venue: str = "spot", **details: object) -> None:
        """List a new symbol; details.

        Base, quote, status, like (the symbol to copy, ADAUSDT unless told).
        """
        self._call("POST", "/symbols", {"venue": venue, "symbol": symbol, **details})

    def set_permissions(self, symbol: str, sets: list[list[str]], venue: str = "spot") -> None:
        """Change who may trade a spot symbol: of each inner list an account needs one name."""
        wish = {"venue": venue, "symbol": symbol, "permission_sets": sets}
        self._call("POST", "/symbols", wish)

    def remove_symbol(self, symbol: str, venue: str = "spot") -> None:
        """Take a symbol off the list."""
        self._call("POST", "/symbols", {"venue": venue, "symbol": symbol, "remove": True})

    def add_key(self, key: str, secret: str, **details: object) -> None:
        """Register an API key; `secret` may be the PEM of an Ed25519 or RSA public key. Details.

        Fields of `ApiKey`.
        """
        self._call("POST", "/keys", {"key": key, "secret": secret, **details})

    def change_key(self, key: str, **details: object) -> None:
        """Change what a known key is or may, by fields of `ApiKey`."""
        self._call("POST", "/keys", {"key": key, **details})

    def remove_key(self, key: str) -> None:
        """Let the exchange know a key no more, as when its owner deletes it."""
        self._call("POST", "/keys", {"key": key, "remove": True})

    def clock(self, ahead_ms: int, venue: str = "*") -> None:
        """Set the exchange's clock ahead of this machine's (or behind), for signed calls."""
        self._call("POST", "/clock", {"venue": venue, "ahead_ms": ahead_ms})

    def limits(self, venue: str = "*", **limits: float) -> None:
        """Change limits: weight_per_minute, calls_after_429, ban_seconds, messages_per_second,
        streams_per_connection, connections_per_5_minutes."""
        self._call("POST", "/limits", {"venue": venue, **limits})

    def rate(self, updates_per_second: float | None, mini_ticker_period_ms: int = 1000) -> None:
        """Set the total of updates a second; None for the natural rate."""
        wish = {
            "updates_per_second": updates_per_second,
            "mini_ticker_period_ms": mini_ticker_period_ms,
        }
        self._call("POST", "/rate", wish)

    def drop(self, venue: str = "*", stream: str = "*") -> int:
        """Drop the connections subscribed to a stream (no close frame) and give their number."""
        return int(
            self._call("POST", "/streams/drop", {"venue": venue, "stream": stream})["dropped"]
        )

    def server_shutdown(self, venue: str = "*", close_after: float = 5.0) -> None:
        """Send serverShutdown to all connections now and close them after some seconds."""
        self._call("POST", "/streams/shutdown", {"venue": venue, "close_after": close_after})

    def listening(self, up: bool, venue: str = "*") -> None:
        """Close a venue's port (connection refused) or open the same port again."""
        self._call("POST", "/listening", {"venue": venue, "up": up})

    def freeze(self, frozen: bool = True, venue: str = "*") -> None:
        """Stop all trading, so that what is shown somewhere can be compared with the exchange at
        leisure.
        """
        self._call("POST", "/freeze", {"venue": venue, "frozen": frozen})

    def session(self, market: str, kind: str, next_kind: str, seconds: float) -> None:
        """Make a TradFi market's session what a test wants, for some seconds, and the next one."""
        wish = {"market": market, "type": kind, "next": next_kind, "seconds": seconds}
        self._call("POST", "/session", wish)

    def set_price(self, symbol: str, price: float, venue: str = "spot") -> None:
        """Let the next trades of a symbol be at about a price; its history moves along."""
        self._call("POST", "/price", {"venue": venue, "symbol": symbol, "price": price})

    def book(self, symbol: str, venue: str = "spot") -> dict[str, Any]:
        """Give the exchange's own whole book: lastUpdateId, bids, asks."""
        return dict(self._call("GET", f"/book?venue={venue}&symbol={quote(symbol)}"))

    def close(self) -> None:
        """Close the connection to the control port."""
        self._session.close()

    def _call(self, method: str, path: str, wish: Mapping[str, object] | None = None) -> Any:
        response = self._session.request(
            method, self._url + path, json=wish, timeout=_CONTROL_TIMEOUT_S
        )
        if not response.ok:
            raise requests.HTTPError(f"{method} {path}: {response.text}", response=response)
        return response.json()


class ExchangeProcess:
    """A running exchange. `urls` and `control` are there once it has started.

    Leaving the block ends it for sure.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        host: str = "127.0.0.1",
        port: int = 0,
        recorded: Path | None = None,
        rate: float | None = None,
        burst_ms: int | None = None,
    ) -> None:
        # Should this process be killed, its end of the pipe closes and the exchange ends as well.
        self._arguments = ["--stop-with-stdin", "--seed", str(seed)]
        self._arguments += ["--host", host, "--port", str(port)]
        if recorded is not None:
            self._arguments += ["--recorded", str(recorded)]
        if rate is not None:
            self._arguments += ["--rate", str(rate)]
        if burst_ms is not None:
            self._arguments += ["--burst", str(burst_ms)]
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[str]
        self.urls: Urls
        self.control: ControlClient

    def start(self) -> Self:
        """Start it and wait for the line that says where it listens."""
        command = [sys.executable, "-m", "tests.exchange", *self._arguments]
        self._errors = TemporaryFile("w+")  # noqa: SIM115  (it lives as long as the process)
        self._process = subprocess.Popen(
            command,
            cwd=_REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], _START_WITHIN_S)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self._end()
            raise ExchangeStartError(self._said())
        self.urls = Urls(**json.loads(line))
        self.control = ControlClient(self.urls.control)
        return self

    def stop(self) -> None:
        """End the process: politely, then for sure."""
        if self._process is None:
            return
        self.control.close()
        self._end()
        self._errors.close()
        self._process = None

    @property
    def pid(self) -> int:
        """Give the process id."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _end(self) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.communicate(timeout=_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def _said(self) -> str:
        """Give what it wrote to stderr, and forget the process that did not start."""
        self._process = None
        self._errors.seek(0)
        with self._errors as errors:
            return errors.read() or "the exchange said nothing"
