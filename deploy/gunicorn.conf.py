"""gunicorn's settings: ``gunicorn --config deploy/gunicorn.conf.py wsgi:app``.

Signals to the master: TERM ends it when all open requests are answered. USR2 is the reload: a new
master with the new code starts beside the old one, which ends when the new one serves; if the new
one cannot start, the old one goes on. HUP only replaces the workers, by others of the same code.
"""

import contextlib
import ctypes
import gc
import os
import resource
import signal
import sys
from typing import Any

from gunicorn import systemd  # type: ignore[import-untyped]

from webapp.config import SettingsError, load_settings

# Under systemd the socket comes from deploy/systemd/marketdeck-web.socket instead.
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "deploy.threads.ThreadWorker"
logger_class = "deploy.logs.ProductLogger"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 16
graceful_timeout = 10  # no request takes as long; open event streams are ended and come back
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a slow disk must not look like a worker that hangs
forwarded_allow_ips = ""  # TRUSTED_PROXIES alone says who is believed
control_socket_disable = True  # two gunicorns of one user would share its path
# The workers share what the master has loaded: a third less memory and start-up work, and one that
# takes another's place serves at once.
preload_app = True

_OPEN_FILES = 16_384  # each open event stream is one

_M_ARENA_MAX = -8  # malloc.h
_HEAPS = 2  # of one worker, for all its threads

# A bad setting is refused once and in one line, before the product is loaded.
try:
    load_settings()
except SettingsError as error:
    sys.exit(f"Marketdeck cannot start: {error}")


def on_starting(server: object) -> None:
    """Let the workers hold as many connections as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def when_ready(_server: object) -> None:
    """Before it forks: what the workers share, and how they hold their memory."""
    _have_few_heaps()
    _freeze_what_is_loaded()


def _have_few_heaps() -> None:
    # glibc gives each thread a heap of its own, and what is freed there stays there.
    with contextlib.suppress(AttributeError):  # another C library, which has no such heaps
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def _freeze_what_is_loaded() -> None:
    # To look for garbage in it would copy each page that is shared; a process that ends would do so
    # too, which takes half a second of processor time each.
    gc.collect()
    gc.freeze()


def pre_exec(server: Any) -> None:
    """Give the next master the socket where systemd's protocol has it; gunicorn has moved it."""
    if server.systemd:
        os.dup2(server.LISTENERS[0].fileno(), systemd.SD_LISTEN_FDS_START)


def post_worker_init(worker: Any) -> None:
    """End the old master when the last of the new one's workers is ready."""
    old_master = os.environ.get("GUNICORN_PID")
    if old_master and worker.age >= worker.cfg.workers:
        os.kill(int(old_master), signal.SIGTERM)


def on_exit(server: Any) -> None:
    """Tell systemd which master goes on."""
    if server.reexec_pid:
        systemd.sd_notify(f"MAINPID={server.reexec_pid}", server.log)
