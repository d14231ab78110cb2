"""The account's forms. An error is a word of ``words.account.errors``, or a sentence."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from webapp.people.passwords import LENGTH_MAX
from webapp.people.tokens import DAYS, SCOPES
from webapp.watchlists.keys import clean_name


def _address(_form: FlaskForm, field: Field) -> None:
    """One address has one spelling: which mailbox takes letters of two sizes apart?"""
    try:
        known = validate_email(field.data, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError("address") from None
    field.data = known.normalized.lower()


def _name(_form: FlaskForm, field: Field) -> None:
    field.data = clean_name(field.data)
    if not field.data:
        raise ValidationError("missing")


def _short_enough(_form: FlaskForm, field: Field) -> None:
    if len(field.data) > LENGTH_MAX:
        raise ValidationError("wrong_password")


_needed = InputRequired("missing")


class PlainForm(FlaskForm):
    """A button: it carries nothing but the proof that it stood on our page."""


class AddressForm(FlaskForm):
    email = EmailField(validators=[_needed, _address])


class SignInForm(AddressForm):
    password = PasswordField(validators=[_needed, _short_enough])


class CodeForm(FlaskForm):
    code = StringField(validators=[_needed])
    new_password = PasswordField(validators=[_needed])


class PasswordForm(FlaskForm):
    password = PasswordField(validators=[_needed, _short_enough])
    new_password = PasswordField(validators=[_needed])


class DeleteForm(FlaskForm):
    password = PasswordField(validators=[_needed, _short_enough])


class TokenForm(FlaskForm):
    """What a new token is called, what it may and for how long; the password once more."""

    name = StringField(validators=[_needed, _name])
    scopes = SelectMultipleField(
        choices=[SelectChoice(scope) for scope in SCOPES],
        validators=[_needed],
        validate_choice=True,
    )
    days = SelectField(choices=[SelectChoice(str(days)) for days in DAYS], default=str(DAYS[1]))
    password = PasswordField(validators=[_needed, _short_enough])


class PairForm(FlaskForm):
    """Whoever has a key says that the new pair may end it."""

    replaces = BooleanField()


class KeyForm(FlaskForm):
    """The vault says what is wrong with what is typed, and a page never repeats it."""

    api_key = StringField()


class KeyAndSecretForm(KeyForm):
    secret = PasswordField()


def add_error(form: Any, field: str, word: str) -> None:
    """Say at a field what only the services could find out: a word of the errors, or Markup."""
    form[field].errors = (*form[field].errors, word)
