"""Settings that go together badly, or are not fit for the public."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from webapp.config import Settings
from webapp.doctor.findings import Finding, redacted

NAME = "Settings"
_SECRET_MIN_CHARACTERS = 32
_SECRET_MIN_DIFFERENT = 10


def check_settings(settings: Settings, bind: str) -> Iterator[Finding]:
    """``bind`` is gunicorn's address: ``host:port`` or ``unix:path``."""
    found = [
        *_environment(settings),
        *_secrets(settings),
        *_proxies(settings, bind),
        *_mail(settings),
        *_hosts(settings),
        *_times(settings),
    ]
    yield from found
    if not found:
        yield Finding("ok", NAME, f"They go together, for {settings.app_env}.")


def _is_public(settings: Settings) -> bool:
    return settings.app_env == "production"


def _environment(settings: Settings) -> Iterator[Finding]:
    if not _is_public(settings) and settings.trusted_proxies:
        yield Finding(
            "warning",
            NAME,
            "APP_ENV is development, but TRUSTED_PROXIES says that a proxy stands before it.",
            "For a site that others reach set APP_ENV=production, which insists on its secrets.",
        )
    if _is_public(settings) and settings.demo_data:
        yield Finding(
            "wrong",
            NAME,
            "DEMO_DATA is on in production: every page says that its prices are made up.",
            "Take DEMO_DATA away.",
        )
    if _is_public(settings) and not settings.security_contact:
        yield Finding(
            "warning",
            NAME,
            "SECURITY_CONTACT is not set: whoever finds a hole does not know whom to tell.",
            "Set it to an address that is read, such as security@your.domain.",
        )
    if _is_public(settings) and settings.api_requests_per_minute == 0:
        yield Finding(
            "warning",
            NAME,
            "API_REQUESTS_PER_MINUTE is 0: one address may ask as often as it likes.",
            "Take it away for the usual limit of 6,000.",
        )


def _secrets(settings: Settings) -> Iterator[Finding]:
    secret = settings.secret_key.get_secret_value()
    keys = settings.credentials_encryption_keys.get_secret_value()
    if len(secret) < _SECRET_MIN_CHARACTERS or len(set(secret)) < _SECRET_MIN_DIFFERENT:
        yield Finding(
            "wrong" if _is_public(settings) else "warning",
            NAME,
            "SECRET_KEY is short or simple enough to be guessed: whoever does signs in as anybody.",
            "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
        )
    if secret in keys.split(","):
        yield Finding(
            "wrong",
            NAME,
            "SECRET_KEY is one of CREDENTIALS_ENCRYPTION_KEYS: one leak would open both doors.",
            "Give SECRET_KEY a value of its own; everybody has to sign in again.",
        )
    count = len([key for key in keys.split(",") if key.strip()])
    if count > 1:
        yield Finding(
            "warning",
            NAME,
            f"CREDENTIALS_ENCRYPTION_KEYS holds {count} keys: a change of keys is under way.",
            "Run flask --app wsgi credentials reencrypt, then take all but the first away.",
        )


def _proxies(settings: Settings, bind: str) -> Iterator[Finding]:
    if settings.trusted_proxies and not _is_this_machines_own(bind):
        yield Finding(
            "wrong",
            NAME,
            f"TRUSTED_PROXIES is {settings.trusted_proxies}, but gunicorn listens on {bind}, which "
            "others may reach: they could claim any address and count as somebody else.",
            "Let gunicorn listen on 127.0.0.1 or a Unix socket, or let a firewall see to it that "
            "nobody but the proxy reaches it.",
        )
    if _is_public(settings) and not settings.trusted_proxies:
        yield Finding(
            "warning",
            NAME,
            "TRUSTED_PROXIES is 0: behind nginx all callers count as one address, which the limits "
            "then slow down together, and cookies are not marked for TLS alone.",
            "Set TRUSTED_PROXIES=1 with deploy/nginx.conf.",
        )


def _is_this_machines_own(bind: str) -> bool:
    if bind.startswith(("unix:", "fd:")):
        return True
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _mail(settings: Settings) -> Iterator[Finding]:
    url = settings.mail_url.get_secret_value()
    if url and not settings.mail_from:
        yield Finding(
            "wrong",
            NAME,
            "MAIL_URL is set and MAIL_FROM is not: mail servers refuse mails without a sender.",
            "Set MAIL_FROM to an address of a domain that your mail server sends for.",
        )
    if _is_public(settings) and not url:
        yield Finding(
            "warning",
            NAME,
            "MAIL_URL is not set: nobody can make an account or replace a password.",
            "Set MAIL_URL and MAIL_FROM, unless you want no accounts.",
        )


def _hosts(settings: Settings) -> Iterator[Finding]:
    """Addresses that everybody on the way could read or answer for."""
    if not _is_public(settings):
        return
    plain = [
        redacted(url)
        for urls in (
            settings.binance_spot_url,
            settings.binance_futures_url,
            settings.binance_spot_testnet_url,
            settings.binance_futures_testnet_url,
            settings.binance_spot_stream_url,
            settings.binance_futures_stream_url,
        )
        for url in urls
        if urlsplit(url).scheme in ("http", "ws")
    ]
    if plain:
        yield Finding(
            "wrong",
            NAME,
            f"These of Binance's addresses are without TLS: {', '.join(plain)}. People's keys "
            "would travel readable, and a browser refuses such a stream on a page with TLS.",
            "Write https:// and wss:// in the settings that name them.",
        )
    redis = urlsplit(settings.redis_url.get_secret_value())
    if redis.scheme == "redis" and not _is_this_machines_own(f"{redis.hostname or ''}:0"):
        yield Finding(
            "warning",
            NAME,
            "REDIS_URL leads to another machine without TLS"
            f"{'' if redis.password else ' and without a password'}.",
            "Use rediss:// with a user and a password, unless the network between is your own.",
        )


def _times(settings: Settings) -> Iterator[Finding]:
    shortest = min(settings.symbols_ttl_seconds.values())
    if settings.symbols_warmup_interval_seconds > shortest:
        yield Finding(
            "warning",
            NAME,
            f"SYMBOLS_WARMUP_INTERVAL_SECONDS is {settings.symbols_warmup_interval_seconds}, but a "
            f"list is fresh for {shortest} s only: in between, visitors wait for Binance.",
            "Make the interval no longer than the shorter time to live.",
        )
    if settings.session_idle_seconds > settings.session_absolute_seconds:
        yield Finding(
            "warning",
            NAME,
            "SESSION_IDLE_SECONDS is longer than SESSION_ABSOLUTE_SECONDS and so says nothing.",
            "Make it the shorter of the two.",
        )
