"""gunicorn's own log, written as the product's is."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from webapp.config import SettingsError, load_settings
from webapp.logs import init_logs


class ProductLogger(Logger):  # type: ignore[misc]
    """``logger_class`` in gunicorn's settings: what it says goes to the root logger's handler."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        try:
            init_logs(load_settings())
        except SettingsError:  # gunicorn says so and stops, see on_starting
            return
        for log, output in ((self.error_log, cfg.errorlog), (self.access_log, cfg.accesslog)):
            if output == "-":  # else the operator wants it in a file, or nowhere
                log.handlers.clear()
                log.propagate = True
