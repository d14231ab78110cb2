"""Marketdeck's web application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask

from webapp import api, markets, pwa
from webapp.config import PROJECT_DIR, Settings, load_settings
from webapp.errors import init_errors
from webapp.extensions import init_cache, init_services
from webapp.headers import init_headers
from webapp.logs import init_logs
from webapp.release import static_version

STATIC_DIR = PROJECT_DIR / "static"


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the app from the environment, with ``overrides`` by variable name before it.

    Names that are none of ours (``TESTING``, ...) go to Flask's own configuration.
    Raises ``SettingsError``, which names the variable that is wrong.
    """
    ours = {name: value for name, value in (overrides or {}).items() if _is_ours(name)}
    theirs = {name: value for name, value in (overrides or {}).items() if not _is_ours(name)}
    settings = load_settings(ours)

    app = Flask(
        __name__,
        template_folder=str(PROJECT_DIR / "templates"),
        static_folder=str(STATIC_DIR),
        # One address has one content for ever, so that no kept copy can be the wrong one.
        static_url_path=f"/static/{static_version(STATIC_DIR)}",
    )
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        **theirs,
    )
    app.extensions["settings"] = settings
    init_logs(settings)
    init_cache(app, settings)
    init_services(app, settings)
    init_headers(app, settings)
    init_errors(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(markets.blueprint)
    app.register_blueprint(pwa.blueprint)
    return app


def _is_ours(name: str) -> bool:
    return name.lower() in Settings.model_fields
