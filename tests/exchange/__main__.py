"""`python -m tests.exchange`.

Start all venues and the control port, say where they are, run until told to stop.
"""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path

from tests.exchange.exchange import Exchange
from tests.exchange.flow import STEP_MS


def main() -> int:
    """Run the exchange; exit code 1 when a port is taken."""
    arguments = _arguments()
    try:
        asyncio.run(_run(arguments))
    except OSError as error:
        print(
            f"tests.exchange: cannot listen on {arguments.host}, ports from {arguments.port}:"
            f" {error.strerror}",
            file=sys.stderr,
        )
        return 1
    return 0


async def _run(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if arguments.stop_with_stdin:
        threading.Thread(target=_when_stdin_closes, args=(loop, stop), daemon=True).start()
    exchange = Exchange(
        arguments.host,
        arguments.port,
        arguments.seed,
        arguments.recorded,
        arguments.rate,
        arguments.burst,
    )
    await exchange.start()
    gc.freeze()  # thousands of symbols stay as they are, and need not be taken apart at the end
    print(json.dumps(exchange.urls()), flush=True)
    await stop.wait()
    await exchange.stop()


def _when_stdin_closes(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        continue
    loop.call_soon_threadsafe(stop.set)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        help="spot; futures, both testnets and control follow; 0: any free ports",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=7,
        help="the same seed gives the same symbols and the same prices at a time",
    )
    parser.add_argument(
        "--recorded", type=Path, help="folder with recorded exchangeInfo and tickers to serve"
    )
    parser.add_argument(
        "--rate",
        type=float,
        help="updates a second in sum over all symbols; default: a natural rate",
    )
    parser.add_argument(
        "--burst",
        type=int,
        default=STEP_MS,
        help="milliseconds of events that are sent together, to spare who paints them",
    )
    parser.add_argument(
        "--stop-with-stdin", action="store_true", help="end when stdin closes (with the parent)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
