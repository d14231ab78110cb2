"""Takes what is secret out of the log, whoever wrote it there."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote, urlsplit

HIDDEN = "***"
_SHORTEST = 6  # a shorter secret would hide half of the log, and is none

_NAME = (
    r"[\w.-]*(?:authorization|signature|token|secret|passw(?:or)?d|passphrase|api[_-]?key|apikey"
    r"|listen[_-]?key|cookie|csrf)[\w.-]*"
)
_RULES = (
    # redis://:password@host, postgresql://user:password@host
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s\"']*@"), rf"\1:{HIDDEN}@"),
    # Authorization: Bearer …
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+"), rf"\1 {HIDDEN}"),
    # A header's line, with all that follows.
    (
        re.compile(r"(?i)\b((?:set-)?cookie|(?:proxy-)?authorization|x-mbx-apikey)(:\s*)[^\r\n]+"),
        rf"\1\2{HIDDEN}",
    ),
    # "token": "…", 'X-MBX-APIKEY': '…'
    (
        re.compile(
            rf"(?i)([\"'])({_NAME})\1(\s*[:=,]\s*)b?(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
        ),
        rf"\1\2\1\3{HIDDEN}",
    ),
    # signature=…&
    (
        re.compile(rf"(?i)\b({_NAME})=(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^\s&;,\"'<>)]+)"),
        rf"\1={HIDDEN}",
    ),
    # Our own tokens, by their looks.
    (re.compile(r"\bmdk_[\w-]+"), f"mdk_{HIDDEN}"),
)
# Without one of these no rule has anything to do, and most lines have none.
_SIGN = re.compile(
    r"://|authoriz|signature|token|secret|passw|passphrase|api[_-]?key|listen[_-]?key|cookie|csrf"
    r"|bearer|basic|mdk_",
    re.IGNORECASE,
)


class Redaction(logging.Filter):
    """A handler's filter: known secrets and what looks like one become ``***``.

    In the message, its arguments, a request's path, the traceback and the stack. The record is
    changed for good.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        forms = {form for secret in secrets for form in _forms_of(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def redacted(self, text: str) -> str:
        if self._known:
            text = self._known.sub(HIDDEN, text)
        if _SIGN.search(text):
            for pattern, replacement in _RULES:
                text = pattern.sub(replacement, text)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redacted(_message_of(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_info, record.exc_text = None, self.redacted(record.exc_text)
        if record.stack_info:
            record.stack_info = self.redacted(record.stack_info)
        path = getattr(record, "path", None)
        if path:  # a request's, which may be anything
            record.__dict__["path"] = self.redacted(path)
        return True


def password_of(url: str) -> str:
    """The password of a URL, as it stands there; empty without one."""
    return urlsplit(url).password or ""


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the arguments do not fit the message
        return f"{record.msg} {record.args}"


def _forms_of(secret: str) -> Iterable[str]:
    if len(secret) < _SHORTEST:
        return ()
    plain = unquote(secret)
    return (secret, plain, quote(plain, safe=""), quote_plus(plain), repr(plain)[1:-1])
