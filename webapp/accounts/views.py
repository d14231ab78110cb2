"""The account's views. A form that fails comes back with what is wrong, and nothing is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.accounts.arrival import known_device, signed_in_response, way_back
from webapp.accounts.devices import device_name
from webapp.accounts.forms import (
    AddressForm,
    CodeForm,
    DeleteForm,
    PasswordForm,
    PlainForm,
    SignInForm,
    TokenForm,
    add_error,
)
from webapp.accounts.letters import pending, send_code
from webapp.accounts.services import get_codes, get_people, get_post, get_throttle
from webapp.extensions import get_settings
from webapp.keys import get_vault
from webapp.people.errors import (
    CodeIsOver,
    MailFailed,
    TooManyTokens,
    TooManyTries,
    WeakPassword,
    WrongCode,
    WrongPassword,
)
from webapp.people.passwords import require_strong
from webapp.people.sign_ins import SignedIn
from webapp.who import get_sign_ins, get_tokens, require_answer
from webapp.words import words

blueprint = Blueprint("accounts", __name__, url_prefix="/account")

P = ParamSpec("P")
_UNPROCESSABLE = 422


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


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """What a person sees here is for their eyes: no cache keeps it, the browser's neither."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("")
@for_signed_in
def index(person: SignedIn) -> ResponseReturnValue:
    return _account(person)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if request.method == "GET" and require_answer() is not None:
        return redirect(way_back(), 303)
    if request.method == "POST" and form.validate():
        try:
            person_id = _authenticated(form.email.data or "", form.password.data or "")
        except WrongPassword:
            add_error(form, "password", "wrong")
        else:
            return signed_in_response(person_id, form.email.data or "", way_back())
    return _form_page("sign_in", form=form, way_back=way_back())


@blueprint.route("/sign-up", methods=["GET", "POST"], defaults={"is_new": True})
@blueprint.route("/forgotten", methods=["GET", "POST"], defaults={"is_new": False})
def ask_for_code(is_new: bool) -> ResponseReturnValue:
    """Both make a code; what it is for is found when it has proven the address."""
    form = AddressForm()
    if request.method == "GET" or not form.validate():
        return _form_page("address", form=form, is_new=is_new, can_mail=get_post() is not None)
    try:
        send_code(form.email.data or "")
    except MailFailed:
        add_error(form, "email", "mail_failed")
        return _page("address", 503, form=form, is_new=is_new, can_mail=True)
    return redirect(url_for("accounts.take_code"), 303)


@blueprint.route("/code", methods=["GET", "POST"])
def take_code() -> ResponseReturnValue:
    """Whoever has the code chooses the password of the address, and is signed in."""
    awaited = pending()
    if awaited is None:
        return redirect(url_for("accounts.ask_for_code", is_new=True), 303)
    form = CodeForm()
    if request.method == "POST" and form.validate():
        get_throttle().before_code_try(request.remote_addr or "")
        try:
            # Before the code is used: it stays good for a better password.
            require_strong(form.new_password.data or "", awaited["email"])
            email = get_codes().take(awaited["id"], form.code.data or "")
            person_id = get_people().choose_password(email, form.new_password.data or "")
        except WeakPassword as error:
            add_error(form, "new_password", error.word)
        except WrongCode:
            add_error(form, "code", "wrong_code")
        except CodeIsOver:
            add_error(form, "code", "code_over")
        else:
            return signed_in_response(person_id, email, url_for("accounts.index"))
    return _form_page("code", form=form, awaited=awaited, mail_is_in_folder=_mail_is_in_a_folder())


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    person = require_answer()
    if person is not None:
        get_sign_ins().end(person.person_id, person.sign_in_id)
    session.clear()
    return redirect(url_for("markets.index"), 303)


@blueprint.post("/password")
@for_signed_in
def change_password(person: SignedIn) -> ResponseReturnValue:
    form = PasswordForm()
    if _is_confirmed(person, form):
        try:
            get_people().change_password(
                person.person_id, person.email, form.new_password.data or ""
            )
        except WrongPassword:
            add_error(form, "password", "wrong_password")
        except WeakPassword as error:
            add_error(form, "new_password", error.word)
        else:
            flash(str(words().account.done.password))
            return signed_in_response(person.person_id, person.email, url_for("accounts.index"))
    return _account(person, _UNPROCESSABLE, password_form=form)


@blueprint.post("/delete")
@for_signed_in
def delete(person: SignedIn) -> ResponseReturnValue:
    form = DeleteForm()
    if _is_confirmed(person, form):
        get_vault().remove_all(person.person_id)  # what Redis keeps of the keys goes too
        get_people().delete(person.person_id)
        session.clear()
        return _page("deleted")
    return _account(person, _UNPROCESSABLE, delete_form=form)


@blueprint.post("/sign-ins/<string(length=32):sign_in_id>/end")
@for_signed_in
def end_sign_in(person: SignedIn, sign_in_id: str) -> ResponseReturnValue:
    get_sign_ins().end(person.person_id, _own_id(sign_in_id))
    return redirect(url_for("accounts.index"), 303)


@blueprint.post("/sign-ins/end-others")
@for_signed_in
def end_other_sign_ins(person: SignedIn) -> ResponseReturnValue:
    get_sign_ins().end_others(person.person_id, person.sign_in_id)
    return redirect(url_for("accounts.index"), 303)


@blueprint.post("/tokens")
@for_signed_in
def make_token(person: SignedIn) -> ResponseReturnValue:
    """The new token is in this answer and nowhere else."""
    form = TokenForm()
    if _is_confirmed(person, form):
        try:
            token = get_tokens().make(
                person.person_id,
                form.name.data or "",
                tuple(cast(Any, form.scopes.data)),
                int(form.days.data),
            )
        except TooManyTokens:
            add_error(form, "name", "too_many_tokens")
        else:
            return _account(person, new_token=token)
    return _account(person, _UNPROCESSABLE, token_form=form)


@blueprint.post("/tokens/<string(length=32):token_id>/revoke")
@for_signed_in
def revoke_token(person: SignedIn, token_id: str) -> ResponseReturnValue:
    get_tokens().revoke(person.person_id, _own_id(token_id))
    return redirect(url_for("accounts.index"), 303)


@blueprint.errorhandler(TooManyTries)
def too_many_tries(error: TooManyTries) -> ResponseReturnValue:
    response = _page("too_many_tries", 429, minutes=-(-error.wait_seconds // 60))
    response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def _authenticated(email: str, password: str) -> str:
    address, device = request.remote_addr or "", known_device(email)
    get_throttle().before_sign_in(email, address, device)
    try:
        person_id = get_people().authenticate(email, password)
    except WrongPassword:
        get_throttle().sign_in_failed(email, device)
        raise
    get_throttle().signed_in(email, address, device)
    return person_id


def _is_confirmed(person: SignedIn, form: Any) -> bool:
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


def _account(person: SignedIn, status: int = 200, **parts: Any) -> Response:
    forms = {
        "password_form": PasswordForm(formdata=None),
        "delete_form": DeleteForm(formdata=None),
        "token_form": TokenForm(formdata=None),
        "button_form": PlainForm(formdata=None),
    }
    return _page(
        "account",
        status,
        person=person,
        sign_ins=get_sign_ins().of(person.person_id),
        device_name=device_name,
        tokens=get_tokens().of(person.person_id),
        now=time.time(),
        **{**forms, **parts},
    )


def _form_page(name: str, **values: Any) -> Response:
    """The form as it was asked for, or as it failed."""
    return _page(name, 200 if request.method == "GET" else _UNPROCESSABLE, **values)


def _page(name: str, status: int = 200, **values: Any) -> Response:
    return make_response(render_template(f"accounts/{name}.html", **values), status)


def _own_id(text: str) -> str:
    """An id as ours are; another cannot be anybody's."""
    if not all(char in "0123456789abcdef" for char in text):
        abort(404)
    return text


def _mail_is_in_a_folder() -> bool:
    settings = get_settings()
    return not settings.mail_url.get_secret_value() and not settings.demo_data
