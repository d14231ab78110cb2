"""How the service is, for everybody: ``/status``."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, render_template

from webapp.markets.figures import age_text
from webapp.status.board import StatusBoard
from webapp.symbols.listing import MARKETS
from webapp.vitals.clock import utc_text

blueprint = Blueprint("status", __name__)


def init_status(app: Flask) -> None:
    """Build what the page asks; ``init_vitals`` comes first."""
    app.extensions["status"] = StatusBoard(app.extensions["vital_signs"])


@blueprint.get("/status")
def page() -> Response:
    """It names no host, no version and no setting, and asks nothing of Binance."""
    board: StatusBoard = current_app.extensions["status"]
    body = render_template(
        "status.html", status=board.status(), markets=MARKETS, age_text=age_text, utc_text=utc_text
    )
    answer = Response(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer
