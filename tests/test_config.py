"""Settings."""

import pytest

from webapp.config import SettingsError, load_settings
from webapp.credentials.sealing import new_key


def test_the_defaults_are_those_of_the_readme(monkeypatch: pytest.MonkeyPatch):
    for name in ("REDIS_URL", "BINANCE_SPOT_URL", "BINANCE_RETRY_MAX_ATTEMPTS"):
        monkeypatch.delenv(name, raising=False)
    settings = load_settings()
    assert settings.symbols_ttl_seconds == {"spot": 300, "futures": 300}
    assert settings.binance_spot_url == ("https://api.binance.com",)
    assert settings.binance_futures_url == ("https://fapi.binance.com",)
    assert settings.binance_retry_max_attempts == 3
    assert settings.binance_fetch_budget_seconds == 2.0


def test_the_environment_is_read_and_lists_are_split(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BINANCE_SPOT_URL", "https://a.example/, https://b.example")
    assert load_settings().binance_spot_url == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BINANCE_RETRY_MAX_ATTEMPTS", "many"),
        ("BINANCE_RETRY_MAX_ATTEMPTS", "0"),
        ("SPOT_SYMBOLS_CACHE_TTL_SECONDS", "-1"),
        ("BINANCE_SPOT_URL", "ftp://example"),
        ("BINANCE_SPOT_URL", ","),
        ("BINANCE_FUTURES_STREAM_URL", "https://not-a-stream.example"),
        ("BINANCE_FUTURES_STREAM_ROUTES", "/market"),
        ("BINANCE_FUTURES_STREAM_ROUTES", '{"market": {"paths": ["market"], "streams": ["*"]}}'),
        ("BINANCE_FUTURES_STREAM_ROUTES", '{"market": {"paths": ["/m"], "streams": ["depth"]}}'),
        ("REDIS_URL", "http://example"),
        ("APP_ENV", "staging"),
        ("DATABASE_URL", "mysql://somewhere/people"),
        ("MAIL_URL", "https://mail.example"),
        ("API_REQUESTS_PER_MINUTE", "-1"),
        ("CREDENTIALS_ENCRYPTION_KEYS", "c2hvcnQ="),
        ("BINANCE_EGRESS_ADDRESSES", "192.0.2.1, my-host"),
        ("DEMO_KEYS_URL", "javascript:alert(1)"),
    ],
)
def test_a_bad_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name}: "):
        load_settings()


def test_an_error_never_shows_the_value(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REDIS_URL", "http://user:hunter2@example")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


SECRETS = {"SECRET_KEY": "x", "CREDENTIALS_ENCRYPTION_KEYS": new_key()}


@pytest.mark.parametrize("missing", SECRETS)
def test_production_does_not_start_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, missing: str
):
    monkeypatch.delenv(missing, raising=False)
    rest = {name: value for name, value in SECRETS.items() if name != missing}
    with pytest.raises(SettingsError, match=rf"^{missing}: "):
        load_settings({"APP_ENV": "production", **rest})
    assert load_settings({"APP_ENV": "production", **SECRETS}).secret_key


def test_development_makes_one_secret_key_and_keeps_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first, second = load_settings(), load_settings()
    assert len(first.secret_key.get_secret_value()) >= 32
    assert first.secret_key == second.secret_key
