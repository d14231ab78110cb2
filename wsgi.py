"""The WSGI entry point: ``gunicorn --config deploy/gunicorn.conf.py wsgi:app``."""

from webapp import create_app

app = create_app()
