"""How a person wants the chart, as their browser remembers it in a cookie."""

from __future__ import annotations

import re
from typing import NamedTuple

from flask import Request

from webapp.market_data.klines import INTERVALS

COOKIE = "chart"
_FORM = re.compile(r"(shown|hidden)?\.(\w+)")


class ChartLook(NamedTuple):
    """``shown`` is None until the person has said so: then it depends on the window's width."""

    shown: bool | None = None
    interval: str = "1h"


def read_chart_look(request: Request) -> ChartLook:
    """What the cookie says, such as ``shown.15m``; the usual where it says nothing of the kind."""
    found = _FORM.fullmatch(request.cookies.get(COOKIE, ""))
    if not found or found[2] not in INTERVALS:
        return ChartLook()
    return ChartLook(None if found[1] is None else found[1] == "shown", found[2])
