"""The same pairs as most pages show them: htmx asks for the whole table every second."""

import os
import threading
import time
from typing import Any

import requests
from flask import Flask, render_template_string

from webapp.config import PROJECT_DIR

GOOD_FOR_SECONDS = 0.5
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pairs</title></head><body>
<table><thead><tr><th>Pair<th>Price<th>Change<th>Volume</tr></thead>
<tbody hx-get="/rows" hx-trigger="load, every 1s" hx-swap="innerHTML"></tbody></table>
<script src="/vendor/htmx.min.js"></script></body></html>"""
ROWS = """{% for row in rows %}<tr data-row data-symbol="{{ row.symbol }}">
<td>{{ row.symbol }}</td><td>{{ row.lastPrice }}</td><td>{{ row.priceChangePercent }} %</td>
<td>{{ row.quoteVolume }}</td></tr>{% endfor %}"""

app = Flask(__name__, static_folder=PROJECT_DIR / "static" / "vendor", static_url_path="/vendor")
session = requests.Session()
mutex = threading.Lock()
kept: dict[str, Any] = {"at": 0.0, "rows": []}


@app.get("/markets")
def page() -> str:
    return PAGE


@app.get("/rows")
def rows() -> str:
    with mutex:  # a process asks Binance once, for all who ask it
        if time.monotonic() - kept["at"] > GOOD_FOR_SECONDS:
            url = os.environ["BINANCE_SPOT_URL"] + "/api/v3/ticker/24hr?symbolStatus=TRADING"
            tickers = session.get(url, timeout=30).json()
            kept["rows"] = [row for row in tickers if row["symbol"].endswith("USDT")]
            kept["at"] = time.monotonic()
    return render_template_string(ROWS, rows=kept["rows"])
