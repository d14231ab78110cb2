"""What is secret does not get into the log, whoever wrote it there."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.config import load_settings
from webapp.credentials.sealing import new_key
from webapp.logs import LogHandler
from webapp.redaction import HIDDEN, Redaction

# Such as keys, signatures and tokens are: nothing in them that ends a word.
keys = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=12)
passwords = st.text(st.characters(codec="utf-8"), min_size=12)
WORDS = st.sampled_from(
    ["asked", "Binance", "the spot list", "of 12 s ago,", "(503)", "no token", "GET /markets"]
)
FORMS: tuple[Callable[[str], str], ...] = (
    "https://api.binance.com/api/v3/account?timestamp=1&signature={}&recvWindow=5000".format,
    "https://example.org/?token={}#top".format,
    "apiKey={} secret".format,
    "new_password={}&email=ann%40example.org".format,
    "redis://:{}@127.0.0.1:6379/0".format,
    "postgresql://marketdeck:{}@db.example/people".format,
    "smtp://user:{}@mail.example:587".format,
    "Authorization: Bearer {}".format,
    "{{'Authorization': 'Bearer {}', 'Accept': 'text/html'}}".format,
    "{{'X-MBX-APIKEY': '{}'}}".format,
    '{{"api_key": "{}", "kind": "mainnet"}}'.format,
    "Cookie: marketdeck={}; device=1".format,
    "[('Set-Cookie', 'marketdeck={}; HttpOnly')]".format,
    "Question(path='/x', listenKey='{}')".format,
    "no such token: mdk_{}".format,
)


def written(
    redaction: Redaction, message: str, *arguments: object, error: Exception | None = None
) -> str:
    record = logging.LogRecord("webapp", logging.INFO, "", 1, message, arguments, None)
    if error:
        record.exc_info = (type(error), error, error.__traceback__)
    assert redaction.filter(record)
    return logging.Formatter().format(record)


@given(WORDS, keys, WORDS)
@pytest.mark.parametrize("form", FORMS)
def test_what_looks_like_a_secret_is_hidden_in_message_arguments_and_traceback(
    form: Callable[[str], str], before: str, key: str, after: str
):
    redaction = Redaction()
    text = f"{before} {form(key)} {after}"
    error = ValueError(text)
    for line in (
        written(redaction, text.replace("%", "%%"), *()),
        written(redaction, "it failed: %s", text),
        written(redaction, "it failed: %r", error),
        written(redaction, "it failed", error=error),
    ):
        assert key not in line
        assert HIDDEN in line


@given(WORDS, passwords, WORDS)
def test_a_secret_of_the_settings_is_hidden_wherever_it_stands(
    before: str, secret: str, after: str
):
    redaction = Redaction([secret])
    for form in (secret, quote(secret, safe=""), repr(secret)[1:-1]):
        assert form not in written(redaction, "%s", f"{before}{form}{after}").replace(HIDDEN, "")


@given(st.lists(WORDS, min_size=1).map(" ".join))
def test_what_is_no_secret_stays_as_it_is(text: str):
    assert Redaction([new_key()]).redacted(text) == text


@given(st.text())
def test_what_was_hidden_once_stays_as_it_is(text: str):
    redaction = Redaction(["correct horse battery staple"])
    once = redaction.redacted(text)
    assert redaction.redacted(once) == once


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_secrets_of_all_settings_are_known_to_the_handler(log_format: str):
    secrets = [new_key(), new_key(), "the cookies' key", "redis' %pass", "db' %pass", "mail' %pass"]
    settings = load_settings(
        {
            "CREDENTIALS_ENCRYPTION_KEYS": f"{secrets[0]},{secrets[1]}",
            "SECRET_KEY": secrets[2],
            "REDIS_URL": f"redis://:{quote(secrets[3])}@127.0.0.1/0",
            "DATABASE_URL": f"postgresql://me:{quote(secrets[4])}@127.0.0.1/people",
            "MAIL_URL": f"smtp://me:{quote(secrets[5])}@127.0.0.1",
            "LOG_FORMAT": log_format,
        }
    )
    stream = io.StringIO()
    handler = LogHandler(settings, stream)
    record = logging.LogRecord("x", logging.INFO, "", 1, "a %s b", (" and ".join(secrets),), None)
    handler.handle(record)
    assert f"a {HIDDEN}" in stream.getvalue()
    assert not [secret for secret in secrets if secret in stream.getvalue()]


def test_a_path_that_holds_a_secret_is_hidden_in_its_own_field_too():
    stream = io.StringIO()
    record = logging.LogRecord("x", logging.INFO, "", 1, "GET %s", ("/a/token=abcdef",), None)
    record.path = "/a/token=abcdef"
    LogHandler(load_settings({"LOG_FORMAT": "json"}), stream).handle(record)
    assert json.loads(stream.getvalue())["path"] == f"/a/token={HIDDEN}"
    assert "abcdef" not in stream.getvalue()


def test_a_record_whose_arguments_do_not_fit_is_written_all_the_same():
    assert written(Redaction(), "only %s and %s", "one") == "only %s and %s ('one',)"


def test_json_lines_hold_the_traceback_the_time_in_utc_and_nothing_that_others_add():
    stream = io.StringIO()
    handler = LogHandler(load_settings({"LOG_FORMAT": "json"}), stream)
    error = ValueError("token=abcdef")
    about = (ValueError, error, None)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "two\nlines", (), about)
    record.environ = {"HTTP_AUTHORIZATION": "Bearer abcdef"}
    handler.handle(record)
    [line] = stream.getvalue().splitlines()
    said = json.loads(line)
    assert said["message"] == "two\nlines"
    assert said["time"].endswith("Z")
    assert said["exception"].endswith("ValueError: token=***")
    assert set(said) == {"time", "level", "logger", "message", "process", "exception"}


def test_a_line_of_text_stays_one_line_whatever_a_client_sent():
    stream = io.StringIO()
    handler = LogHandler(load_settings({"LOG_FORMAT": "text"}), stream)
    handler.handle(logging.LogRecord("x", logging.INFO, "", 1, "a\n2026 ERROR b\x1b[2J", (), None))
    assert stream.getvalue().endswith(" x: a\\x0a2026 ERROR b\\x1b[2J\n")
    assert stream.getvalue().count("\n") == 1
