"""The pages of a person's keys at Binance. What is typed here is never shown again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from webapp.accounts.forms import KeyAndSecretForm, KeyForm, PairForm, PlainForm, add_error
from webapp.accounts.key_words import ToldKey, sentences_of_error, told_of
from webapp.accounts.pages import UNPROCESSABLE, blueprint, for_signed_in, page
from webapp.credentials.errors import CheckedTooOften, VaultError
from webapp.credentials.slots import SLOTS, Slot
from webapp.extensions import get_settings
from webapp.keys import get_vault
from webapp.people.sign_ins import SignedIn
from webapp.words import words

_TOO_MANY_REQUESTS = 429
_RETRY_AFTER_SECONDS = 60  # the budget is counted by the minute
# What is wrong is told at the API key, but for these.
_FIELDS = {"secret-missing": "secret", "secret-form": "secret", "bad-signature": "secret"}


@blueprint.get("/keys/<slot>")
@for_signed_in
def key(person: SignedIn, slot: str) -> ResponseReturnValue:
    return _key_page(person, _known(slot))


@blueprint.post("/keys/<slot>/pair")
@for_signed_in
def make_pair(person: SignedIn, slot: str) -> ResponseReturnValue:
    """Make a pair, of which the page then shows the public half; it ends the key that was there."""
    known, form = _known(slot), PairForm()
    told = _told(person, known)
    if told and told.key.state != "waiting" and not form.replaces.data:
        add_error(form, "replaces", "replaces")
        return _key_page(person, known, UNPROCESSABLE, pair_form=form)
    get_vault().make_pair(person.person_id, known)
    return _back_to(known)


@blueprint.post("/keys/<slot>/register")
@for_signed_in
def register_key(person: SignedIn, slot: str) -> ResponseReturnValue:
    known, form = _known(slot), KeyForm()

    def register() -> None:
        get_vault().register(person.person_id, known, form.api_key.data or "")
        flash(str(words().account.keys.done.saved))

    return _done(person, known, register, key_form=form)


@blueprint.post("/keys/<slot>/save")
@for_signed_in
def save_key(person: SignedIn, slot: str) -> ResponseReturnValue:
    known, form = _known(slot), KeyAndSecretForm()

    def save() -> None:
        api_key, secret = form.api_key.data or "", form.secret.data or ""
        get_vault().save_hmac(person.person_id, known, api_key, secret)
        flash(str(words().account.keys.done.saved))

    return _done(person, known, save, secret_form=form)


@blueprint.post("/keys/<slot>/check")
@for_signed_in
def check_key(person: SignedIn, slot: str) -> ResponseReturnValue:
    """Look at the key again; the page tells what was found."""
    known = _known(slot)

    def check() -> None:
        get_vault().check(person.person_id, known)
        told = _told(person, known)
        if told and not told.why:
            flash(str(words().account.keys.done.checked))

    return _done(person, known, check)


@blueprint.post("/keys/<slot>/remove")
@for_signed_in
def remove_key(person: SignedIn, slot: str) -> ResponseReturnValue:
    known = _known(slot)
    get_vault().remove(person.person_id, known)
    flash(str(words().account.keys.done.removed))
    return _back_to(known)


def _known(slot: str) -> Slot:
    known = next((name for name in SLOTS if name == slot), None)
    if known is None:
        abort(404)
    return known


def _told(person: SignedIn, slot: Slot) -> ToldKey | None:
    keys = get_vault().overview(person.person_id)
    return next((told_of(key) for key in keys if key.slot == slot), None)


def _done(
    person: SignedIn, slot: Slot, act: Callable[[], None], **forms: Any
) -> ResponseReturnValue:
    """Act, and lead back to the page; or give it with what is wrong, and nothing done."""
    try:
        act()
    except VaultError as error:
        problems = _placed(error, next(iter(forms.values()), None))
        if not isinstance(error, CheckedTooOften):
            return _key_page(person, slot, UNPROCESSABLE, problems=problems, **forms)
        answer = _key_page(person, slot, _TOO_MANY_REQUESTS, problems=problems, **forms)
        answer.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
        return answer
    return _back_to(slot)


def _placed(error: VaultError, form: Any) -> list[Markup]:
    """Put what is to be said at the field that it is about; what has none is given back."""
    sentences = sentences_of_error(error)
    if form is None or error.word == "no-key":
        return sentences
    wanted = _FIELDS.get(error.word, "api_key")
    for sentence in sentences:
        add_error(form, wanted if wanted in form else "api_key", sentence)
    return []


def _back_to(slot: Slot) -> ResponseReturnValue:
    return redirect(url_for("accounts.key", slot=slot), 303)


def _key_page(person: SignedIn, slot: Slot, status: int = 200, **parts: Any) -> Response:
    settings = get_settings()
    forms = {
        "pair_form": PairForm(formdata=None),
        "key_form": KeyForm(formdata=None),
        "secret_form": KeyAndSecretForm(formdata=None),
        "button_form": PlainForm(formdata=None),
    }
    return page(
        "key",
        status,
        slot=slot,
        told=_told(person, slot),
        addresses=settings.binance_egress_addresses,
        demo_keys_url=settings.demo_keys_url,
        **{**forms, **parts},
    )
