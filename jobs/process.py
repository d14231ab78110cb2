"""What both job processes share: settings, logs, and outliving a Redis that is away."""

from __future__ import annotations

import logging
import random
import signal
import sys
import time
from collections.abc import Callable

import redis

from webapp.config import Settings, SettingsError, load_settings
from webapp.logs import init_logs

log = logging.getLogger("jobs")

REDIS_AWAY_PAUSE_SECONDS = 2.0


def run_until_stopped(name: str, run: Callable[[Settings], None]) -> None:
    """Run a process's loop; when Redis fails it, begin it anew until a signal stops it."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"the {name} cannot start: {error}")
    init_logs(settings)
    while True:
        try:
            run(settings)
        except redis.RedisError as error:
            log.warning("the %s lost Redis and tries again: %s", name, error)
            _stop_at_once_on_a_signal()
            time.sleep(random.uniform(0.5, 1) * REDIS_AWAY_PAUSE_SECONDS)
        else:
            return


def _stop_at_once_on_a_signal() -> None:
    # The loop that has just ended left its handlers behind, and they would only tell it to stop.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
