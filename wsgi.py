"""The WSGI entry point: ``gunicorn --config deploy/gunicorn.conf.py wsgi:app``."""

import sys

from webapp import create_app
from webapp.config import SettingsError

try:
    app = create_app()
except (SettingsError, OSError) as error:
    print(f"Marketdeck cannot start: {error}", file=sys.stderr)
    sys.exit(2)
