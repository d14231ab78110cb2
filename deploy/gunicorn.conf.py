"""gunicorn's settings: ``gunicorn --config deploy/gunicorn.conf.py wsgi:app``."""

import os
import resource
import sys

from webapp.config import SettingsError, load_settings

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "deploy.threads.ThreadWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 16
graceful_timeout = 10
control_socket_disable = True  # two gunicorns of one user would share its path


_OPEN_FILES = 16_384  # each open event stream is one


def on_starting(server: object) -> None:
    """Refuse a bad setting once, in one line, before any worker is made."""
    try:
        load_settings()
    except SettingsError as error:
        sys.exit(f"Marketdeck cannot start: {error}")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
