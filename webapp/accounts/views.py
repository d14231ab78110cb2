"""The account's views. A form that fails comes back with what is wrong, and nothing is done."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.arrival import (
    known_device,
    leaving_nothing,
    signed_in_response,
    way_back,
)
from webapp.accounts.forms import (
    AddressForm,
    CodeForm,
    DeleteForm,
    PasswordForm,
    SignInForm,
    TokenForm,
    add_error,
)
from webapp.accounts.letters import pending, send_code
from webapp.accounts.pages import (
    UNPROCESSABLE,
    account_page,
    blueprint,
    for_signed_in,
    form_page,
    is_confirmed,
    page,
)
from webapp.accounts.services import get_codes, get_people, get_post, get_throttle
from webapp.extensions import get_settings
from webapp.keys import get_vault
from webapp.people.errors import (
    CodeIsOver,
    MailFailed,
    TooManyTokens,
    WeakPassword,
    WrongCode,
    WrongPassword,
)
from webapp.people.passwords import require_strong
from webapp.people.sign_ins import SignedIn
from webapp.who import get_sign_ins, get_tokens, require_answer
from webapp.words import words


@blueprint.get("")
@for_signed_in
def index(person: SignedIn) -> ResponseReturnValue:
    return account_page(person)


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
    return form_page("sign_in", form=form, way_back=way_back())


@blueprint.route("/sign-up", methods=["GET", "POST"], defaults={"is_new": True})
@blueprint.route("/forgotten", methods=["GET", "POST"], defaults={"is_new": False})
def ask_for_code(is_new: bool) -> ResponseReturnValue:
    """Both make a code; what it is for is found when it has proven the address."""
    form = AddressForm()
    if request.method == "GET" or not form.validate():
        return form_page("address", form=form, is_new=is_new, can_mail=get_post() is not None)
    try:
        send_code(form.email.data or "")
    except MailFailed:
        add_error(form, "email", "mail_failed")
        return page("address", 503, form=form, is_new=is_new, can_mail=True)
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
    return form_page("code", form=form, awaited=awaited, mail_is_in_folder=_mail_is_in_a_folder())


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    person = require_answer()
    if person is not None:
        get_sign_ins().end(person.person_id, person.sign_in_id)
    session.clear()
    return leaving_nothing(redirect(url_for("markets.index"), 303))


@blueprint.post("/password")
@for_signed_in
def change_password(person: SignedIn) -> ResponseReturnValue:
    form = PasswordForm()
    if is_confirmed(person, form):
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
    return account_page(person, UNPROCESSABLE, password_form=form)


@blueprint.post("/delete")
@for_signed_in
def delete(person: SignedIn) -> ResponseReturnValue:
    form = DeleteForm()
    if is_confirmed(person, form):
        get_vault().remove_all(person.person_id)  # what Redis keeps of the keys goes too
        get_people().delete(person.person_id)
        session.clear()
        return leaving_nothing(page("deleted"))
    return account_page(person, UNPROCESSABLE, delete_form=form)


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
    if is_confirmed(person, form):
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
            return account_page(person, new_token=token)
    return account_page(person, UNPROCESSABLE, token_form=form)


@blueprint.post("/tokens/<string(length=32):token_id>/revoke")
@for_signed_in
def revoke_token(person: SignedIn, token_id: str) -> ResponseReturnValue:
    get_tokens().revoke(person.person_id, _own_id(token_id))
    return redirect(url_for("accounts.index"), 303)


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


def _own_id(text: str) -> str:
    """An id as ours are; another cannot be anybody's."""
    if not all(char in "0123456789abcdef" for char in text):
        abort(404)
    return text


def _mail_is_in_a_folder() -> bool:
    settings = get_settings()
    return not settings.mail_url.get_secret_value() and not settings.demo_data
