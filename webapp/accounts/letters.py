"""The mail that proves an address, and what this browser knows of one that is under way."""

from __future__ import annotations

from typing import Any

from flask import request, session

from webapp.accounts.services import get_codes, get_people, get_post, get_throttle
from webapp.extensions import get_settings
from webapp.people.codes import CODE_MINUTES
from webapp.words import fill, words

_PENDING = "code"
_HALF = 4


def send_code(email: str) -> None:
    """Send a code to the address; what is said and done is the same whoever has it.

    Raises ``TooManyTries``, ``MailFailed``, ``DatabaseAway``.
    """
    get_throttle().before_code(request.remote_addr or "")
    code_id, code = get_codes().make(email)
    say = words().account.mail
    parts = f"{code[:_HALF]}-{code[_HALF:]}"
    text = say.known if get_people().has_account(email) else say.unknown
    post = get_post()
    if post and get_throttle().may_mail(email):
        post.send(
            email,
            str(say.subject),
            str(fill(text, code=parts, minutes=CODE_MINUTES)),
        )
    session[_PENDING] = {"id": code_id, "email": email, **_shown_in_a_demo(parts)}


def pending() -> dict[str, Any] | None:
    """The code that this browser waits for: its id and the address it was sent to."""
    return session.get(_PENDING)


def _shown_in_a_demo(code: str) -> dict[str, str]:
    """A demo has no mail, and its accounts go with it."""
    settings = get_settings()
    is_shown = settings.demo_data and not settings.mail_url.get_secret_value()
    return {"shown": code} if is_shown else {}
