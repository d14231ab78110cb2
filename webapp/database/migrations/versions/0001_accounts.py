"""People, their sign-ins, tokens, keys at Binance and watchlists."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _id(name: str = "id") -> "sa.Column[str]":
    return sa.Column(name, sa.String(32), primary_key=True)


def _person(is_key: bool = False) -> "sa.Column[str]":
    owner = sa.ForeignKey("people.id", ondelete="CASCADE")
    return sa.Column(
        "person_id", sa.String(32), owner, primary_key=is_key, nullable=False, index=not is_key
    )


def upgrade() -> None:
    op.create_table(
        "people",
        _id(),
        sa.Column("email", sa.String(320), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "email_codes",
        _id(),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False, index=True),
        sa.Column("tries_left", sa.Integer, nullable=False),
    )
    op.create_table(
        "sign_ins",
        _id(),
        _person(),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
    )
    op.create_table(
        "api_tokens",
        _id(),
        _person(),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float),
        sa.Column("used_at", sa.Float),
    )
    op.create_table(
        "credentials",
        _id(),
        _person(),
        sa.Column("slot", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("sealed_key", sa.Text),
        sa.Column("sealed_secret", sa.Text, nullable=False),
        sa.Column("public_key", sa.Text),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("checked_at", sa.Float),
        sa.UniqueConstraint("person_id", "slot"),
    )
    op.create_table(
        "account_lists",
        _person(is_key=True),
        sa.Column("registers", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
    )
