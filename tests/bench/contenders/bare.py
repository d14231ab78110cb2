"""What Flask, and WSGI without it, can do at best on the product's own worker: "hello"."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from tests.bench.contenders.upstream import HELLO, PATH


class NoEvents:
    """In place of the event streams, which the worker ends when it ends."""

    def close(self) -> None:
        pass


flask_app = Flask(__name__)
flask_app.extensions["events"] = NoEvents()


@flask_app.get(PATH)
def hello() -> bytes:
    return HELLO


class BareWsgi:
    def __init__(self) -> None:
        self.extensions = {"events": NoEvents()}

    def __call__(self, _: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(HELLO)))]
        start_response("200 OK", headers)
        return [HELLO]


wsgi_app = BareWsgi()
