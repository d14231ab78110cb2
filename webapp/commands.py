"""What an operator runs: ``flask --app wsgi <group> <command>``."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from webapp.database import DatabaseAway
from webapp.keys import get_vault

credentials = AppGroup("credentials", help="People's keys at Binance.")


def init_commands(app: Flask) -> None:
    app.cli.add_command(credentials)


@credentials.command("reencrypt")
def reencrypt() -> None:
    """Seal all keys by the first of CREDENTIALS_ENCRYPTION_KEYS, so that the others may go."""
    try:
        done = get_vault().reencrypt()
    except DatabaseAway as error:
        sys.exit(f"Nothing more was changed: {error}")
    click.echo(f"{done.rows} keys, of which {done.changed} were sealed anew.")
    for credential_id in done.failed:
        click.echo(f"The key {credential_id} cannot be opened and stays as it is.", err=True)
    if done.failed:
        sys.exit(1)
