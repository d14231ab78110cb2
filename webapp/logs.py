"""One line a log record, on standard error."""

from __future__ import annotations

import logging

from webapp.config import Settings

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


def init_logs(settings: Settings) -> None:
    logging.basicConfig(format=_FORMAT)
    for ours in ("webapp", "jobs"):
        logging.getLogger(ours).setLevel(settings.log_level)
