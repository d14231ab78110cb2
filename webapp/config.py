"""The one reader of the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from webapp.binance.stream_routes import FUTURES_ROUTES, SPOT_ROUTES, StreamRoutes
from webapp.credentials.sealing import BadKey, check_keys, new_key
from webapp.redis_address import read_redis_url
from webapp.secret_file import new_secret, read_or_create_secret
from webapp.symbols.listing import Market

PROJECT_DIR = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text names the variable and never its secret."""


def _split_commas(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _url_of(*schemes: str) -> AfterValidator:
    def check(url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in schemes or not parts.netloc:
            raise ValueError(f"must be a URL that begins with {' or '.join(schemes)}://")
        return url.rstrip("/")

    return AfterValidator(check)


HttpUrls = Annotated[
    tuple[Annotated[str, _url_of("http", "https")], ...],
    NoDecode,
    BeforeValidator(_split_commas),
    Field(min_length=1),
]
Addresses = Annotated[
    tuple[Annotated[str, AfterValidator(lambda text: str(ip_address(text)))], ...],
    NoDecode,
    BeforeValidator(_split_commas),
]


def _contact(text: str) -> str:
    scheme, is_url, _ = text.partition(":")
    if not is_url and "@" in text:
        return f"mailto:{text}"
    if scheme not in ("mailto", "https", "tel"):
        raise ValueError("must be addresses, or URLs that begin with mailto:, https: or tel:")
    if any(character.isspace() for character in text):
        raise ValueError("must be without spaces")
    return text


Contacts = Annotated[
    tuple[Annotated[str, AfterValidator(_contact)], ...],
    NoDecode,
    BeforeValidator(_split_commas),
]
StreamUrls = Annotated[
    tuple[Annotated[str, _url_of("ws", "wss")], ...],
    NoDecode,
    BeforeValidator(_split_commas),
    Field(min_length=1),
]


def _check_redis_url(url: SecretStr) -> SecretStr:
    read_redis_url(url.get_secret_value())
    return url


def _check_database_url(url: SecretStr) -> SecretStr:
    scheme = urlsplit(url.get_secret_value()).scheme
    if scheme not in ("", "sqlite", "postgresql"):
        raise ValueError("must be a URL that begins with sqlite:/// or postgresql://")
    return url


def _check_mail_url(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("", "smtp", "smtps") or bool(parts.scheme) != bool(parts.hostname):
        raise ValueError("must be a URL that begins with smtp:// or smtps://")
    return url


def _check_credentials_keys(keys: SecretStr) -> SecretStr:
    try:
        check_keys(keys.get_secret_value())
    except BadKey as error:
        raise ValueError(str(error)) from None
    return keys


ProjectPath = Annotated[Path, AfterValidator(lambda path: PROJECT_DIR / path)]


_LOG_FORMATS = {"development": "text", "production": "json"}


class Settings(BaseSettings):
    """Everything that the environment may say; the README's table has a line for each."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_ignore_empty=True)

    app_env: Literal["development", "production"] = "development"
    secret_key: SecretStr = SecretStr("")
    credentials_encryption_keys: Annotated[SecretStr, AfterValidator(_check_credentials_keys)] = (
        SecretStr("")
    )
    database_url: Annotated[SecretStr, AfterValidator(_check_database_url)] = SecretStr(
        f"sqlite:///{PROJECT_DIR}/var/marketdeck.db"
    )
    mail_url: Annotated[SecretStr, AfterValidator(_check_mail_url)] = SecretStr("")
    mail_from: str = ""
    mail_dir: ProjectPath = Path("var/mail")
    session_idle_seconds: int = Field(7 * 24 * 3600, ge=60)
    session_absolute_seconds: int = Field(30 * 24 * 3600, ge=60)
    trusted_proxies: int = Field(0, ge=0, le=10)
    api_requests_per_minute: int = Field(6000, ge=0)
    security_contact: Contacts = ()
    demo_data: bool = False
    demo_keys_url: Annotated[str, _url_of("http", "https")] | Literal[""] = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["", "text", "json"] = ""
    access_log: bool = False
    metrics_dir: ProjectPath = Path("var/metrics")

    redis_url: Annotated[SecretStr, AfterValidator(_check_redis_url)] = SecretStr(
        "redis://127.0.0.1:6379/0"
    )
    redis_sentinel_password: SecretStr = SecretStr("")
    redis_timeout_seconds: float = Field(0.2, gt=0, le=10)
    snapshot_dir: ProjectPath = Path("var/snapshots")
    release_dir: ProjectPath = Path("var/static")

    spot_symbols_cache_ttl_seconds: int = Field(300, ge=1)
    futures_symbols_cache_ttl_seconds: int = Field(300, ge=1)
    symbols_warmup_interval_seconds: int = Field(300, ge=1)

    binance_retry_max_attempts: int = Field(3, ge=1, le=10)
    binance_retry_backoff_base: float = Field(0.5, ge=0, le=30)
    binance_fetch_budget_seconds: float = Field(2.0, gt=0, le=60)
    binance_spot_url: HttpUrls = ("https://api.binance.com",)
    binance_futures_url: HttpUrls = ("https://fapi.binance.com",)
    binance_spot_testnet_url: HttpUrls = ("https://testnet.binance.vision",)
    binance_futures_testnet_url: HttpUrls = ("https://testnet.binancefuture.com",)
    binance_egress_addresses: Addresses = ()
    # From here on: for the browser. Where port 9443 is closed 443 may be open, and the third host
    # has market data only, so that it answers where the others may not.
    binance_spot_stream_url: StreamUrls = (
        "wss://stream.binance.com:9443",
        "wss://stream.binance.com:443",
        "wss://data-stream.binance.vision",
    )
    binance_futures_stream_url: StreamUrls = ("wss://fstream.binance.com",)
    binance_spot_stream_routes: StreamRoutes = SPOT_ROUTES
    binance_futures_stream_routes: StreamRoutes = FUTURES_ROUTES
    binance_spot_browser_url: HttpUrls = (
        "https://api.binance.com",
        "https://data-api.binance.vision",
    )
    binance_futures_browser_url: HttpUrls = ("https://fapi.binance.com",)

    @property
    def logs_are_json(self) -> bool:
        """Whether each line of the log is JSON: for machines, in production at the latest."""
        return (self.log_format or _LOG_FORMATS[self.app_env]) == "json"

    @property
    def symbols_ttl_seconds(self) -> dict[Market, int]:
        """How long each market's list is fresh."""
        return {
            "spot": self.spot_symbols_cache_ttl_seconds,
            "futures": self.futures_symbols_cache_ttl_seconds,
        }


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment, with ``overrides`` (by variable name) before it.

    Raises ``SettingsError``, which names every variable that is wrong.
    """
    values = {name.lower(): value for name, value in (overrides or {}).items()}
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(_in_words(error)) from None
    made = {name: _made(settings, name) for name in _MAKERS if not _is_set(settings, name)}
    return settings.model_copy(update=made)


# What each of these is in development, where nobody has set it.
_MAKERS: dict[str, Callable[[], str]] = {
    "secret_key": new_secret,
    "credentials_encryption_keys": new_key,
}


def _is_set(settings: Settings, name: str) -> bool:
    return bool(getattr(settings, name).get_secret_value())


def _made(settings: Settings, name: str) -> SecretStr:
    if settings.app_env == "production":
        raise SettingsError(f"{name.upper()}: must be set in production")
    return SecretStr(read_or_create_secret(PROJECT_DIR / "var" / name, _MAKERS[name]))


def _in_words(error: ValidationError) -> str:
    # Never the value itself: it may be a secret, or a URL that carries a password.
    return "; ".join(
        f"{str(problem['loc'][0]).upper()}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_input=False)
    )
