"""Signed calls to the stand-in.

Signatures, timestamps and rights are really checked, with Binance's codes.
"""

import hashlib
import hmac
from base64 import b64encode
from time import time
from typing import Any
from urllib.parse import quote

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.exchange.keys import DOCUMENTED_KEY, DOCUMENTED_SECRET, demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.exchange.signing import signature_fits, split_signature

ED25519_KEY, RSA_KEY = "E" * 64, "R" * 64
DOCUMENTED_PAYLOAD = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    "&recvWindow=5000&timestamp=1499827319559"
)
DOCUMENTED_WIDE_SIGNATURE = "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"
DOCUMENTED_SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"


@pytest.fixture
def stand_in(exchange: ExchangeProcess) -> ExchangeProcess:
    return exchange


def sign(secret: str, payload: str) -> str:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def now_ms() -> int:
    return int(time() * 1000)


def call(base: str, path: str, key: str, query: str) -> tuple[int, dict[str, Any]]:
    headers = {"X-MBX-APIKEY": key} if key else {}
    response = requests.get(f"{base}{path}?{query}", headers=headers, timeout=30)
    return response.status_code, response.json()


def signed(base: str, path: str, name: str, query: str = "") -> tuple[int, dict[str, Any]]:
    payload = (f"{query}&" if query else "") + f"timestamp={now_ms()}"
    return call(
        base, path, demo_key(name), f"{payload}&signature={sign(demo_secret(name), payload)}"
    )


def test_binances_documented_example_has_its_documented_signature():
    assert sign(DOCUMENTED_SECRET, DOCUMENTED_PAYLOAD) == DOCUMENTED_SIGNATURE
    wide = DOCUMENTED_PAYLOAD.replace("LTCBTC", quote("１２３４５６"))
    assert signature_fits(DOCUMENTED_SECRET, wide, DOCUMENTED_WIDE_SIGNATURE)
    assert signature_fits(DOCUMENTED_SECRET, DOCUMENTED_PAYLOAD, DOCUMENTED_SIGNATURE)
    assert signature_fits(DOCUMENTED_SECRET, DOCUMENTED_PAYLOAD, DOCUMENTED_SIGNATURE.upper())
    assert not signature_fits(DOCUMENTED_SECRET, DOCUMENTED_PAYLOAD + "0", DOCUMENTED_SIGNATURE)


def test_the_payload_is_query_and_body_without_the_signature():
    query, body = "symbol=LTCBTC&side=BUY", "quantity=1&signature=abc%3D&timestamp=1"
    assert split_signature(query, body) == ("symbol=LTCBTC&side=BUYquantity=1&timestamp=1", "abc=")


def test_an_hmac_signed_account_call_is_answered(stand_in):
    status, account = signed(stand_in.urls.spot, "/api/v3/account", "readonly")
    assert status == 200
    assert account["permissions"] == ["SPOT"]
    assert account["canTrade"] is False
    assert {"asset": "USDT", "free": "2514.38000000", "locked": "0.00000000"} in account["balances"]


def test_zero_balances_are_left_out_on_request(stand_in):
    url = stand_in.urls.spot
    _, everything = signed(url, "/api/v3/account", "readonly")
    _, some = signed(url, "/api/v3/account", "readonly", "omitZeroBalances=true")
    assert len(everything["balances"]) == len(some["balances"]) + 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"signature": "0" * 64}, 400, -1022),
        ({"signature": ""}, 400, -1102),
        ({"timestamp": ""}, 400, -1102),
        ({"timestamp": "soon"}, 400, -1102),
        ({"shift_ms": -6000}, 400, -1021),
        ({"shift_ms": +1500}, 400, -1021),
        ({"shift_ms": -6000, "recvWindow": "20000"}, 200, None),
        ({"shift_ms": +900}, 200, None),
        ({"recvWindow": "60001"}, 400, -1131),
        ({"key": "too-short"}, 401, -2014),
        ({"key": ""}, 401, -2014),
        ({"key": "Z" * 64}, 401, -2015),
    ],
)
def test_a_call_that_is_wrong_in_one_thing_gets_the_code_for_it(stand_in, change, status, code):
    timestamp = change.get("timestamp", str(now_ms() + change.get("shift_ms", 0)))
    window = f"&recvWindow={change['recvWindow']}" if "recvWindow" in change else ""
    payload = f"timestamp={timestamp}{window}"
    signature = change.get("signature", sign(DOCUMENTED_SECRET, payload))
    query = payload + (f"&signature={signature}" if signature else "")
    answer = call(stand_in.urls.spot, "/api/v3/account", change.get("key", DOCUMENTED_KEY), query)
    assert answer[0] == status
    assert answer[1].get("code") == code


def test_a_timestamp_ahead_of_the_server_is_told_so_in_binances_words(stand_in):
    payload = f"timestamp={now_ms() + 5000}"
    query = f"{payload}&signature={sign(DOCUMENTED_SECRET, payload)}"
    _, body = call(stand_in.urls.spot, "/api/v3/account", DOCUMENTED_KEY, query)
    assert body["msg"] == "Timestamp for this request was 1000ms ahead of the server's time."


def test_microsecond_timestamps_are_understood(stand_in):
    payload = f"timestamp={int(time() * 1_000_000)}"
    query = f"{payload}&signature={sign(DOCUMENTED_SECRET, payload)}"
    assert call(stand_in.urls.spot, "/api/v3/account", DOCUMENTED_KEY, query)[0] == 200


def test_what_is_signed_must_be_percent_encoded_as_sent(stand_in):
    odd, stamp = "note=币安 人生", now_ms()
    encoded = f"note={quote('币安 人生')}"
    right = sign(DOCUMENTED_SECRET, f"{encoded}&timestamp={stamp}")
    wrong = sign(DOCUMENTED_SECRET, f"{odd}&timestamp={stamp}")
    answers = [
        call(
            stand_in.urls.spot,
            "/api/v3/account",
            DOCUMENTED_KEY,
            f"{encoded}&timestamp={stamp}&signature={signature}",
        )
        for signature in (right, wrong)
    ]
    assert [status for status, _ in answers] == [200, 400]
    assert answers[1][1]["code"] == -1022


def test_ed25519_signatures_are_checked(stand_in):
    private = ed25519.Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    stand_in.control.add_key(ED25519_KEY, pem.decode(), permissions=["SPOT", "TRD_GRP_004"])
    payload = f"timestamp={now_ms()}"
    good = quote(b64encode(private.sign(payload.encode())).decode(), safe="")
    bad = quote(b64encode(private.sign(b"other")).decode(), safe="")
    url = stand_in.urls.spot
    status, account = call(url, "/api/v3/account", ED25519_KEY, f"{payload}&signature={good}")
    assert (status, account["permissions"]) == (200, ["SPOT", "TRD_GRP_004"])
    assert (
        call(url, "/api/v3/account", ED25519_KEY, f"{payload}&signature={bad}")[1]["code"] == -1022
    )


def test_rsa_signatures_are_checked(stand_in):
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    stand_in.control.add_key(RSA_KEY, pem.decode())
    payload = f"timestamp={now_ms()}"
    good = private.sign(payload.encode(), padding.PKCS1v15(), SHA256())
    url = stand_in.urls.spot
    for signature, status in ((good, 200), (good[::-1], 400)):
        text = quote(b64encode(signature).decode(), safe="")
        assert call(url, "/api/v3/account", RSA_KEY, f"{payload}&signature={text}")[0] == status


def test_what_a_key_may_do_is_told_by_api_restrictions(stand_in):
    path = "/sapi/v1/account/apiRestrictions"
    rights = {
        name: signed(stand_in.urls.spot, path, name)[1]
        for name in ("readonly", "trading", "withdrawals")
    }
    assert [rights[name]["enableSpotAndMarginTrading"] for name in rights] == [False, True, True]
    assert [rights[name]["enableWithdrawals"] for name in rights] == [False, False, True]
    assert all(right["enableReading"] for right in rights.values())


def test_mainnet_and_testnet_know_different_keys_and_testnet_has_no_sapi(stand_in):
    urls = stand_in.urls
    assert signed(urls.spot_testnet, "/api/v3/account", "testnet")[0] == 200
    assert signed(urls.spot_testnet, "/api/v3/account", "readonly")[1]["code"] == -2015
    assert signed(urls.spot, "/api/v3/account", "testnet")[1]["code"] == -2015
    assert signed(urls.spot_testnet, "/sapi/v1/account/apiRestrictions", "testnet")[0] == 404


def test_a_key_bound_to_another_address_is_refused(stand_in):
    assert signed(stand_in.urls.spot, "/api/v3/account", "wrongip")[1]["code"] == -2015
    assert signed(stand_in.urls.spot, "/api/v3/account", "iprestricted")[0] == 200


@pytest.mark.parametrize("version", [2, 3])
def test_futures_accounts_are_answered_in_both_versions(stand_in, version):
    status, account = signed(stand_in.urls.futures, f"/fapi/v{version}/account", "trading")
    assert status == 200
    assert account["totalWalletBalance"] == account["assets"][0]["walletBalance"] == "2514.38000000"
    assert ("canTrade" in account) == (version == 2)
