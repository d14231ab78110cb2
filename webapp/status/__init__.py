"""How the service is, for everybody: ``/status``."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, render_template

from webapp.config import Settings
from webapp.extensions import Shared
from webapp.markets.figures import age_text
from webapp.status.board import StatusBoard
from webapp.symbols.listing import Market

blueprint = Blueprint("status", __name__)


def init_status(app: Flask, settings: Settings) -> None:
    """Build what the page asks; ``init_services`` comes first."""
    shared: Shared = app.extensions["shared"]
    hosts: dict[Market, tuple[str, ...]] = {
        "spot": settings.binance_spot_url,
        "futures": settings.binance_futures_url,
    }
    app.extensions["status"] = StatusBoard(
        app.extensions["catalogue"],
        shared.facts,
        shared.gate,
        shared.redis_client,
        shared.health,
        settings.symbols_ttl_seconds,
        hosts,
    )


@blueprint.get("/status")
def page() -> Response:
    """It names no host, no version and no setting, and asks nobody but Redis."""
    board: StatusBoard = current_app.extensions["status"]
    answer = Response(render_template("status.html", status=board.status(), age_text=age_text))
    answer.headers["Cache-Control"] = "no-store"
    return answer
