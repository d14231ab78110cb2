"""What all of the account's pages share: who may see them, how they are made, what is confirmed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.accounts.devices import device_name
from webapp.accounts.forms import DeleteForm, PasswordForm, PlainForm, TokenForm, add_error
from webapp.accounts.key_words import told_of
from webapp.accounts.services import get_people, get_throttle
from webapp.credentials.slots import SLOTS
from webapp.keys import get_vault
from webapp.people.errors import TooManyTries, WrongPassword
from webapp.people.sign_ins import SignedIn
from webapp.who import get_sign_ins, get_tokens, require_answer

blueprint = Blueprint("accounts", __name__, url_prefix="/account")

P = ParamSpec("P")
UNPROCESSABLE = 422


def for_signed_in(
    view: Callable[Concatenate[SignedIn, P], ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Give the view who is signed in; anybody else is led to the sign-in."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        person = require_answer()
        if person is None:
            return redirect(url_for("accounts.sign_in"), 303)
        return view(person, *args, **kwargs)

    return wrapped


@blueprint.before_request
def take_forms_only() -> None:
    """Flask-WTF would take JSON of any shape for a form's fields."""
    if request.is_json:
        abort(415)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """What a person sees here is for their eyes: no cache keeps it, the browser's neither."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.errorhandler(TooManyTries)
def too_many_tries(error: TooManyTries) -> ResponseReturnValue:
    response = page("too_many_tries", 429, minutes=-(-error.wait_seconds // 60))
    response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def is_confirmed(person: SignedIn, form: Any) -> bool:
    """Whether the form is filled in, with the person's password once more; else it says why."""
    if not form.validate():
        return False
    get_throttle().before_sign_in(person.email, request.remote_addr or "", person.sign_in_id)
    try:
        get_people().confirm(person.person_id, form.password.data or "")
    except WrongPassword:
        add_error(form, "password", "wrong_password")
        return False
    return True


def account_page(person: SignedIn, status: int = 200, **parts: Any) -> Response:
    """The page with all that is kept of a person; ``parts`` are forms that failed, and the like."""
    forms = {
        "password_form": PasswordForm(formdata=None),
        "delete_form": DeleteForm(formdata=None),
        "token_form": TokenForm(formdata=None),
        "button_form": PlainForm(formdata=None),
    }
    return page(
        "account",
        status,
        person=person,
        sign_ins=get_sign_ins().of(person.person_id),
        device_name=device_name,
        tokens=get_tokens().of(person.person_id),
        slots=SLOTS,
        keys=[told_of(key) for key in get_vault().overview(person.person_id)],
        now=time.time(),
        **{**forms, **parts},
    )


def form_page(name: str, **values: Any) -> Response:
    """The form as it was asked for, or as it failed."""
    return page(name, 200 if request.method == "GET" else UNPROCESSABLE, **values)


def page(name: str, status: int = 200, **values: Any) -> Response:
    return make_response(render_template(f"accounts/{name}.html", **values), status)
