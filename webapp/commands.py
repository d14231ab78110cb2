"""What an operator runs: ``flask --app wsgi <group> <command>``, ``flask --app wsgi doctor``."""

from __future__ import annotations

import logging
import runpy
import shutil
import sys
import time
from collections.abc import Mapping

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from webapp.config import PROJECT_DIR
from webapp.database import DatabaseAway
from webapp.doctor.binance_hosts import binance_checks
from webapp.doctor.database_checks import check_database
from webapp.doctor.disk import check_disk
from webapp.doctor.findings import redacted, worst
from webapp.doctor.jobs import check_jobs
from webapp.doctor.lists import check_lists
from webapp.doctor.redis_server import check_redis
from webapp.doctor.report import as_json, as_text
from webapp.doctor.rounds import Check, examine
from webapp.doctor.settings_checks import check_settings
from webapp.doctor.streams import check_streams
from webapp.extensions import Shared, get_catalogue, get_settings
from webapp.keys import get_vault
from webapp.symbols.snapshots import Snapshots
from webapp.vitals.lists import list_states

# Longer than any check allows itself: it ends what hangs where no patience is kept, as DNS does.
DOCTOR_SECONDS = 9.0

credentials = AppGroup("credentials", help="People's keys at Binance.")


def init_commands(app: Flask) -> None:
    app.cli.add_command(credentials)
    app.cli.add_command(doctor)


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


@click.command("doctor")
@click.option("--json", "wants_json", is_flag=True, help="For programs: one JSON object.")
@click.option("--no-network", is_flag=True, help="Ask nothing of Binance.")
def doctor(wants_json: bool, no_network: bool) -> None:
    """Say what is wrong with this installation, and what to do about it.

    The exit code is 0 when all works, 1 when something is wrong, and 2 when the settings or the
    folders do not even let it start. It costs Binance one call of weight 1 for each of its hosts.
    """
    logging.disable(logging.CRITICAL)  # each failure is told once, as a finding
    began = time.monotonic()
    findings = examine(_checks(with_network=not no_network), DOCTOR_SECONDS)
    seconds = time.monotonic() - began
    if wants_json:
        click.echo(as_json(findings, seconds))
    else:
        click.echo(as_text(findings, seconds, shutil.get_terminal_size((100, 24)).columns))
    sys.stdout.flush()
    sys.exit(1 if worst(finding.level for finding in findings) == "wrong" else 0)


def _checks(*, with_network: bool) -> Mapping[str, Check]:
    settings, catalogue = get_settings(), get_catalogue()
    shared: Shared = current_app.extensions["shared"]
    database = current_app.extensions["database"]
    database_url = settings.database_url.get_secret_value()
    redis_url = redacted(settings.redis_url.get_secret_value())
    of_binance = binance_checks(settings, shared.gate) if with_network else {}
    return {
        "Settings": lambda: check_settings(settings, _bind()),
        "Disk": lambda: check_disk(settings),
        "Redis": lambda: check_redis(
            shared.redis_client, redis_url, settings.redis_timeout_seconds
        ),
        "Database": lambda: check_database(database, database_url),
        "Jobs": lambda: check_jobs(shared.redis_client),
        **of_binance,
        "Lists": lambda: check_lists(
            list_states(catalogue, settings.symbols_ttl_seconds, catalogue.last_failure),
            shared.redis_client,
            Snapshots(settings.snapshot_dir),
        ),
        "Streams": lambda: check_streams(settings, with_network=with_network),
    }


def _bind() -> str:
    """Where gunicorn listens, by its own configuration and this environment."""
    return str(runpy.run_path(str(PROJECT_DIR / "deploy" / "gunicorn.conf.py"))["bind"])
