"""One line a log record, on standard error: for people, or JSON for machines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, TextIO

from pydantic import SecretStr
from pythonjsonlogger.msgspec import MsgspecFormatter

from webapp.config import Settings
from webapp.log_context import IDS, LogContext
from webapp.redaction import Redaction, password_of

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s%(ids)s: %(message)s"
_CONTROL_CHARACTERS = {code: f"\\x{code:02x}" for code in (*range(32), 127)}
_NAMES = {"levelname": "level", "name": "logger", "exc_info": "exception", "stack_info": "stack"}
# Whatever else a library adds to its records may be anything, a secret too.
_FIELDS = (
    "time",
    "level",
    "logger",
    "message",
    "process",
    *IDS,
    "method",
    "path",
    "status",
    "ms",
    "source",
    "exception",
    "stack",
)


def init_logs(settings: Settings) -> None:
    """Give the root logger a handler of ours in place of an earlier one; somebody else's stay."""
    root = logging.getLogger()
    if all(isinstance(handler, LogHandler) for handler in root.handlers):
        root.handlers = [LogHandler(settings)]
    for ours in ("webapp", "jobs"):
        logging.getLogger(ours).setLevel(settings.log_level)


class LogHandler(logging.StreamHandler[TextIO]):
    """Writes records as the settings want them, with nothing secret in them."""

    def __init__(self, settings: Settings, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self.addFilter(LogContext())
        self.addFilter(Redaction(_secrets_of(settings)))
        self.setFormatter(_JsonLines() if settings.logs_are_json else _TextLines())


class _TextLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        # What a client sent must not look like a line of its own.
        record.msg, record.args = record.getMessage().translate(_CONTROL_CHARACTERS), None
        record.ids = "".join(f" [{getattr(record, name)}]" for name in IDS if hasattr(record, name))
        return super().format(record)


class _JsonLines(MsgspecFormatter):
    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message", "process"], rename_fields=_NAMES, timestamp="time"
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: log_data[name] for name in _FIELDS if name in log_data}


def _secrets_of(settings: Settings) -> Iterator[str]:
    for name in Settings.model_fields:
        value = getattr(settings, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and "://" in text:
            yield password_of(text)
        elif isinstance(value, SecretStr):
            yield from value.get_secret_value().split(",")
