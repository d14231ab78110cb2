"""The tables. Times are seconds since 1970; ids are random, in hexadecimal."""

from __future__ import annotations

import secrets
import time

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def new_id() -> str:
    return secrets.token_hex(16)


class Base(DeclarativeBase):
    """All tables of the product."""


class Person(Base):
    """Somebody with an account; whoever is deleted takes all that is theirs along."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(default=time.time)


class EmailCode(Base):
    """A code that was sent to an address, of which only a hash is kept."""

    __tablename__ = "email_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320))
    code_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[float] = mapped_column(index=True)
    tries_left: Mapped[int]


class SignIn(Base):
    """A browser that is signed in; its cookie holds the token."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[float] = mapped_column(default=time.time)
    seen_at: Mapped[float] = mapped_column(default=time.time)
    address: Mapped[str] = mapped_column(String(45))  # of the network, as it was at the sign-in
    agent: Mapped[str] = mapped_column(String(200))  # what the browser calls itself


class ApiToken(Base):
    """What a program sends in place of a person."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    scopes: Mapped[str] = mapped_column(String(100))  # with spaces between them
    created_at: Mapped[float] = mapped_column(default=time.time)
    expires_at: Mapped[float | None]
    used_at: Mapped[float | None]


class Credential(Base):
    """A person's key at Binance. What is sealed can be opened by ``webapp.credentials`` only."""

    __tablename__ = "credentials"
    __table_args__ = (UniqueConstraint("person_id", "slot"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    slot: Mapped[str] = mapped_column(String(20))  # mainnet, spot-testnet, futures-testnet
    kind: Mapped[str] = mapped_column(String(10))  # hmac, ed25519
    sealed_key: Mapped[str | None] = mapped_column(Text)  # None until Binance's id is given back
    sealed_secret: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str | None] = mapped_column(Text)  # PEM, for the person to register
    hint: Mapped[str] = mapped_column(String(8), default="")  # the key's last letters
    state: Mapped[str] = mapped_column(String(20))  # waiting, ready, refused, set-aside
    reason: Mapped[str] = mapped_column(Text, default="")  # why it is not ready, as stable words
    created_at: Mapped[float] = mapped_column(default=time.time)
    checked_at: Mapped[float | None]


class AccountLists(Base):
    """A person's watchlists: named values that know when each was set, as JSON."""

    __tablename__ = "account_lists"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    registers: Mapped[str] = mapped_column(Text, default="{}")
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[float] = mapped_column(default=time.time)
