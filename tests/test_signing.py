"""Signatures as Binance's documentation has them, and signed calls to the stand-in."""

from __future__ import annotations

import logging
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.exchange.keys import DOCUMENTED_KEY, DOCUMENTED_SECRET, demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.support.binance import a_client
from webapp.binance.accounts import futures_account, spot_account
from webapp.binance.client import RetryPolicy
from webapp.binance.errors import BinanceError, ClockSkew, KeyRefused, Refused, Unreachable
from webapp.binance.signed import SignedClient
from webapp.binance.signing import ApiKey, BadPrivateKey, Ed25519Signer, HmacSigner, new_pair

POLICY = RetryPolicy(max_attempts=1)
QUERY = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    "&recvWindow=5000&timestamp=1499827319559"
)
ACCOUNT = "/api/v3/account"


def key_of(name: str) -> ApiKey:
    return ApiKey(demo_key(name), HmacSigner(demo_secret(name)))


@pytest.fixture
def signed(exchange: ExchangeProcess) -> SignedClient:
    return SignedClient(a_client(exchange.urls.spot, policy=POLICY), "/api/v3/time")


def test_binances_documented_example_has_its_documented_signature():
    signer = HmacSigner(DOCUMENTED_SECRET)
    assert signer.sign(QUERY) == "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"


def test_a_pair_made_here_verifies_by_its_public_half():
    pair = new_pair()
    assert pair.public_pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    public = load_pem_public_key(pair.public_pem.encode())
    assert isinstance(public, Ed25519PublicKey)
    public.verify(b64decode(Ed25519Signer(pair.private_pem).sign(QUERY)), QUERY.encode())


def test_nothing_secret_shows_in_a_repr():
    pair = new_pair()
    shown = repr((pair, ApiKey(DOCUMENTED_KEY, HmacSigner(DOCUMENTED_SECRET)), HmacSigner("abc")))
    for secret in (DOCUMENTED_KEY, DOCUMENTED_SECRET, "abc", pair.private_pem.splitlines()[1]):
        assert secret not in shown


@pytest.mark.parametrize("text", ["", "secret", new_pair().public_pem])
def test_what_is_no_private_key_is_refused_without_being_told(text: str):
    with pytest.raises(BadPrivateKey, match=r"^this is no Ed25519 private key in PEM$"):
        Ed25519Signer(text)


def test_an_account_is_opened_with_either_kind_of_key(
    signed: SignedClient, exchange: ExchangeProcess
):
    assert spot_account(signed).ask(key_of("tradegroup"), 5) == frozenset({"SPOT", "TRD_GRP_004"})
    pair = new_pair()
    exchange.control.add_key("F" * 64, pair.public_pem, venues=["spot", "futures"])
    made = ApiKey("F" * 64, Ed25519Signer(pair.private_pem))
    assert spot_account(signed).ask(made, 5) == frozenset({"SPOT"})
    futures = SignedClient(a_client(exchange.urls.futures, policy=POLICY), "/fapi/v1/time")
    assert futures_account(futures).ask(made, 5) is None


@pytest.mark.parametrize(
    ("key", "word"),
    [
        (ApiKey("short", HmacSigner("x")), "key-format"),
        (ApiKey("Z" * 64, HmacSigner("x")), "key-rejected"),
        (ApiKey(DOCUMENTED_KEY, HmacSigner("x")), "bad-signature"),
    ],
)
def test_a_key_that_is_no_good_is_told_by_a_stable_word(
    signed: SignedClient, key: ApiKey, word: str
):
    with pytest.raises(KeyRefused) as caught:
        signed.get(ACCOUNT, key, 5)
    assert caught.value.word == word
    assert key.key not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(401, 0, KeyRefused), (403, -2015, KeyRefused), (400, -1102, Refused), (302, 0, Refused)],
)
def test_what_is_about_the_key_shuts_no_door_for_others(
    signed: SignedClient,
    exchange: ExchangeProcess,
    status: int,
    code: int,
    kind: type[BinanceError],
):
    exchange.control.fault(
        "status", venue="spot", endpoint="account", status=status, code=code, message="m", times=1
    )
    with pytest.raises(kind) as caught:
        signed.get(ACCOUNT, key_of("readonly"), 5)
    assert type(caught.value) is kind
    assert signed.get(ACCOUNT, key_of("readonly"), 5)


@pytest.mark.parametrize("ahead_ms", [90_000, -90_000])
def test_a_wrong_clock_is_set_right_once_and_stays_right(
    signed: SignedClient, exchange: ExchangeProcess, ahead_ms: int
):
    exchange.control.clock(ahead_ms, venue="spot")
    signed.get(ACCOUNT, key_of("readonly"), 5)
    signed.get(ACCOUNT, key_of("readonly"), 5)
    assert exchange.control.calls("spot", "account") == 3
    assert exchange.control.calls("spot", "time") == 1


def test_a_clock_that_stays_wrong_is_an_error(signed: SignedClient, exchange: ExchangeProcess):
    exchange.control.fault("status", venue="spot", endpoint="account", status=400, code=-1021)
    with pytest.raises(ClockSkew):
        signed.get(ACCOUNT, key_of("readonly"), 5)
    assert exchange.control.calls("spot", "account") == 2


@pytest.mark.parametrize("kind", ["reset", "truncated", "status", "hang", "malformed"])
def test_neither_key_nor_signature_is_in_a_log_or_an_error(
    signed: SignedClient, exchange: ExchangeProcess, caplog: pytest.LogCaptureFixture, kind: str
):
    caplog.set_level(logging.DEBUG)
    key = key_of("readonly")
    exchange.control.fault(kind, venue="spot", endpoint="account", message=f"no {key.key}")
    with pytest.raises(BinanceError) as caught:
        spot_account(signed).ask(key, 0.3)
    told = caplog.text + repr(caught.value) + str(caught.value)
    for secret in (key.key, demo_secret("readonly"), "signature=", "timestamp="):
        assert secret not in told


def test_a_host_that_refuses_connections_is_logged_without_the_query(
    exchange: ExchangeProcess, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    signed = SignedClient(a_client("http://127.0.0.1:9", policy=POLICY), "/api/v3/time")
    with pytest.raises(Unreachable):
        signed.get(ACCOUNT, key_of("readonly"), 1)
    assert "no connection to http://127.0.0.1:9/api/v3/account" in caplog.text
    assert "timestamp" not in caplog.text


def test_no_cookie_of_one_answer_goes_along_with_the_next_question():
    client = a_client("http://127.0.0.1:9", policy=POLICY)
    policy = client._session.cookies._policy  # type: ignore[attr-defined]
    assert policy.allowed_domains() == ()
