"""How the account's views reach the services of ``webapp.people``."""

from __future__ import annotations

from typing import cast

from flask import current_app

from webapp.people.codes import EmailCodes
from webapp.people.people import People
from webapp.people.post import Post
from webapp.people.throttle import Throttle


def get_people() -> People:
    return cast(People, current_app.extensions["people"])


def get_codes() -> EmailCodes:
    return cast(EmailCodes, current_app.extensions["email_codes"])


def get_throttle() -> Throttle:
    return cast(Throttle, current_app.extensions["throttle"])


def get_post() -> Post | None:
    """What takes mails; None where none can be sent."""
    return cast("Post | None", current_app.extensions["post"])
