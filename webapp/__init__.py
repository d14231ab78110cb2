"""Marketdeck's web application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import accounts, api, markets, ops, pwa, security_txt, status
from webapp.api import documents
from webapp.api.lists_again import MAY_BE_AT_HAND, ListsAgain
from webapp.commands import init_commands
from webapp.config import PROJECT_DIR, Settings, load_settings
from webapp.cookies import init_sessions
from webapp.errors import init_errors
from webapp.extensions import init_cache, init_people, init_services, init_vitals
from webapp.guard import init_guard
from webapp.headers import init_headers
from webapp.keys import init_keys
from webapp.locales import init_locales
from webapp.logs import init_logs
from webapp.ops import init_ops
from webapp.release import release_folder
from webapp.static_files import init_compression
from webapp.struct_types import read_all_structs
from webapp.template_words import TemplatesWithWords
from webapp.traffic import WithId, init_traffic
from webapp.words import init_words

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

STATIC_DIR = PROJECT_DIR / "static"


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the app from the environment, with ``overrides`` by variable name before it.

    Names that are none of ours (``TESTING``, ...) go to Flask's own configuration.
    Raises ``SettingsError``, which names the variable that is wrong.
    """
    ours = {name: value for name, value in (overrides or {}).items() if _is_ours(name)}
    theirs = {name: value for name, value in (overrides or {}).items() if not _is_ours(name)}
    settings = load_settings(ours)
    read_all_structs()

    static_files = release_folder(STATIC_DIR, settings.release_dir)
    app = Flask(
        __name__,
        template_folder=str(PROJECT_DIR / "templates"),
        static_folder=str(static_files),
        # One address has one content for ever, so that no kept copy can be the wrong one.
        static_url_path=f"/static/{static_files.name}",
    )
    app.jinja_environment = TemplatesWithWords
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        **theirs,
    )
    app.extensions["settings"] = settings
    init_logs(settings)
    init_traffic(app, settings)
    init_cache(app, settings)
    init_services(app, settings)
    init_people(app, settings)
    init_keys(app, settings)
    init_vitals(app, settings)
    init_ops(app, settings)
    status.init_status(app)
    init_sessions(app, settings.session_absolute_seconds)
    init_guard(app)
    init_headers(app, settings)
    init_compression(app)
    init_errors(app)
    init_locales(app)
    init_words(app)
    init_commands(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(documents.blueprint)
    app.register_blueprint(markets.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(accounts.watchlists.blueprint)
    app.register_blueprint(pwa.blueprint)
    app.register_blueprint(ops.blueprint)
    app.register_blueprint(security_txt.blueprint)
    app.register_blueprint(status.blueprint)
    app.extensions["at_hand"] = MAY_BE_AT_HAND  # for the server, see deploy/threads.py
    app.wsgi_app = _layers(app, settings.trusted_proxies)  # type: ignore[method-assign,assignment]
    return app


def _layers(app: Flask, proxies: int) -> WSGIApplication:
    """What a request passes on its way to Flask; the last that is put around it is the first."""
    layers: WSGIApplication = ListsAgain(
        app.wsgi_app,
        app.extensions["catalogue"],
        app.extensions["request_counts"],
        app.extensions["traffic"],
    )
    if proxies:  # so many are believed as to who asks and whether by TLS; with none, nobody
        layers = ProxyFix(layers, x_for=proxies, x_proto=proxies)
    return WithId(layers, trusts_proxies=bool(proxies))


def _is_ours(name: str) -> bool:
    return name.lower() in Settings.model_fields
