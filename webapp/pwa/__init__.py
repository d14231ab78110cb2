"""What makes the page an app: its manifest, and the worker that keeps a copy for bad times."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, url_for

from webapp.markets import shell_html
from webapp.release import file_hashes, integrity
from webapp.words import LANGUAGE, words

blueprint = Blueprint("pwa", __name__)

# Below the static folder: what the page needs to start, and nothing that only an installer needs.
SHELL_FOLDERS = ("css", "js", "vendor", "words")
# Of these, what a browser keeps once it has been wanted, and not before.
LATER_FOLDERS = (
    "js/later/",
    "vendor/lightweight-charts",
    "css/account.css",
    "css/docs.css",
    "css/status.css",
)
# But what every page wants soon, or must have when the server is gone, is kept from the beginning.
SOON_FOLDERS = tuple(
    f"js/later/{part}/" for part in ("related", "picker", "table", "lists", "book-cost", "latency")
)
SHELL_FILES = ("img/favicon.svg",)
SOURCE_MAP = ".map"  # which only who looks for a fault asks for
WORKER_SOURCE = "worker/service-worker.js"
ICON_SIZES = (192, 512)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    answer = Response(json.dumps(_manifest()), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/markets/shell")
def shell() -> Response:
    """The markets page with no list and nothing personal; the worker keeps it."""
    answer = Response(shell_html(), mimetype="text/html")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/service-worker.js")
def service_worker() -> Response:
    """The worker, with what it is to keep: another release's worker differs by that."""
    source = Path(current_app.static_folder or "", WORKER_SOURCE).read_text(encoding="utf-8")
    body = f"self.RELEASE = {json.dumps(_release())};\n{source}"
    answer = Response(body, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _release() -> dict[str, Any]:
    """The addresses that the worker keeps, each with the hash that it must have.

    All but the ``later`` ones are kept when the worker is installed.
    """
    hashes = file_hashes(Path(current_app.static_folder or ""))
    kept = {name: digest for name, digest in hashes.items() if _is_of_the_shell(name)}
    files = {url_for("static", filename=name): digest for name, digest in kept.items()}
    shell_url = url_for("pwa.shell")
    files[shell_url] = integrity(shell_html())
    version = sha256(json.dumps(files).encode()).hexdigest()[:12]
    later = [
        url_for("static", filename=name)
        for name in kept
        if name.startswith(LATER_FOLDERS) and not name.startswith(SOON_FOLDERS)
    ]
    return {"version": version, "shell": shell_url, "files": files, "later": later}


def _is_of_the_shell(name: str) -> bool:
    folder, _, _ = name.partition("/")
    is_of_them = name in SHELL_FILES or folder in SHELL_FOLDERS
    return is_of_them and not name.endswith(SOURCE_MAP)


def _manifest() -> dict[str, Any]:
    start_url = url_for("markets.index")
    return {
        "id": start_url,
        "start_url": start_url,
        "scope": "/",
        "name": "Marketdeck",
        "short_name": "Marketdeck",
        "description": words().page.description,
        "lang": LANGUAGE,
        "display": "standalone",
        "background_color": "#06090c",
        "theme_color": "#0e1319",
        "categories": ["finance"],
        "icons": [
            {
                "src": url_for("static", filename=f"img/{name}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, purpose in (("icon", "any"), ("icon-maskable", "maskable"))
            for size in ICON_SIZES
        ],
        "shortcuts": [
            {"name": words().market.title[market], "url": url_for("markets.index", market=market)}
            for market in ("spot", "futures")
        ],
    }
