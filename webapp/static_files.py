"""Answers as small as the browser lets them be: static files have compressed copies beside them,
what is made for one request is compressed for it.

A web server in front may do both instead; it finds the same copies.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Flask, Response, request

from webapp.compression import (
    IDENTITY,
    QUICK_STREAMS,
    QUICKEST_COMPRESSORS,
    best_coding,
    in_parts,
)
from webapp.release import CODINGS

_TEXTS = {"text/html", "text/javascript", "application/json", "image/svg+xml"}
_WORTH_IT_BYTES = 1_000


def init_compression(app: Flask) -> None:
    app.view_functions["static"] = lambda filename: _static_file(app, filename)
    app.after_request(_compressed)


def _static_file(app: Flask, filename: str) -> Response:
    coding = best_coding(request.accept_encodings, CODINGS)
    copy = f"{filename}{CODINGS.get(coding, '')}"
    if coding == IDENTITY or not Path(app.static_folder or "", copy).is_file():
        return app.send_static_file(filename)
    answer = app.send_static_file(copy)
    answer.mimetype = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    answer.headers["Content-Encoding"] = coding
    answer.vary.add("Accept-Encoding")
    return answer


def _compressed(answer: Response) -> Response:
    """Leaves alone what is coded already, what is sent as it comes, and what has a validator."""
    is_ours = answer.mimetype in _TEXTS and not answer.is_streamed and "ETag" not in answer.headers
    if not is_ours or "Content-Encoding" in answer.headers:
        return answer
    answer.vary.add("Accept-Encoding")
    body = answer.get_data()
    is_waited_for = "HX-Request" in request.headers
    codings = QUICKEST_COMPRESSORS if is_waited_for else QUICK_STREAMS
    coding = best_coding(request.accept_encodings, codings)
    if coding == IDENTITY or len(body) < _WORTH_IT_BYTES:
        return answer
    answer.headers["Content-Encoding"] = coding
    if is_waited_for:
        answer.set_data(QUICKEST_COMPRESSORS[coding](body))
        return answer
    # A browser asks for scripts and style sheets as soon as it has read the head.
    head, end, rest = body.partition(b"</head>")
    parts = in_parts(coding, head + end, rest)
    if end:
        answer.response = parts
        del answer.headers["Content-Length"]
    else:
        answer.set_data(b"".join(parts))
    return answer
