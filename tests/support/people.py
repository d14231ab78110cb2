"""People with keys and tokens, made without the pages."""

from __future__ import annotations

from flask import Flask

from tests.exchange.keys import demo_key, demo_secret
from webapp.credentials.slots import Slot
from webapp.credentials.vault import Vault
from webapp.database import Database
from webapp.database.models import Person
from webapp.people.tokens import ApiTokens, Scope


def a_person(app: Flask, name: str = "ada") -> str:
    """A person's id."""
    database: Database = app.extensions["database"]
    with database.writing() as session:
        person = Person(email=f"{name}@example.org", password_hash="none")
        session.add(person)
        session.flush()
        return person.id


def vault_of(app: Flask) -> Vault:
    vault: Vault = app.extensions["vault"]
    return vault


def give_key(app: Flask, person_id: str, slot: Slot, name: str) -> None:
    """Save one of the stand-in's demo keys."""
    vault_of(app).save_hmac(person_id, slot, demo_key(name), demo_secret(name))


def a_token(app: Flask, person_id: str, scope: Scope = "symbols") -> dict[str, str]:
    """The header by which a program asks for the person's lists."""
    tokens: ApiTokens = app.extensions["tokens"]
    return {"Authorization": "Bearer " + tokens.make(person_id, "test", (scope,), 30)}
