"""The vault: what it takes, what it refuses, and that nothing of it leaks."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.exchange.keys import demo_key, demo_secret
from tests.exchange.process import ExchangeProcess
from tests.support.databases import stored_bytes
from tests.support.people import a_person, give_key, vault_of
from webapp import create_app
from webapp.binance.signing import Ed25519Signer
from webapp.credentials.errors import (
    BadInput,
    CannotCheck,
    CheckedTooOften,
    NoSuchKey,
    NotAccepted,
    TooManyRights,
    VaultError,
)
from webapp.credentials.rights import LABELS, label, wrong_rights
from webapp.credentials.rounds import DailyRound
from webapp.credentials.sealing import CannotOpen, new_key
from webapp.credentials.slots import SLOTS, Slot
from webapp.credentials.vault import KeyOverview, Vault
from webapp.database import Database
from webapp.database.models import Credential

pytestmark = pytest.mark.on_both_databases

READ_ONLY = {"enableReading": True, "ipRestrict": False, "createTime": 1698645219000}
MADE_KEY = "M" * 64


@pytest.fixture
def person(app: Flask) -> str:
    return a_person(app)


@pytest.fixture
def vault(app: Flask) -> Vault:
    return vault_of(app)


def rows(app: Flask) -> list[Credential]:
    database: Database = app.extensions["database"]
    with database.reading() as session:
        return list(session.scalars(select(Credential)))


def round_of(app: Flask) -> DailyRound:
    daily_round: DailyRound = app.extensions["daily_round"]
    return DailyRound(vault_of(app), daily_round._checks, sleep=lambda _seconds: None)


def save(vault: Vault, person: str, name: str, slot: Slot = "mainnet") -> None:
    vault.save_hmac(person, slot, demo_key(name), demo_secret(name))


def test_a_key_that_may_only_read_is_kept(vault: Vault, person: str):
    vault.save_hmac(person, "mainnet", f" {demo_key('readonly')}\n", demo_secret("readonly"))
    [seen] = vault.overview(person)
    assert seen == KeyOverview(
        "mainnet", "hmac", demo_key("readonly")[-4:], "ready", (), seen.checked_at, None
    )
    [usable] = vault.usable(person)
    assert usable.markets == ("spot", "futures")
    assert vault.open(usable.credential_id).key == demo_key("readonly")


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("trading", ("enableFutures", "enableSpotAndMarginTrading")),
        ("withdrawals", ("enableSpotAndMarginTrading", "enableWithdrawals")),
    ],
)
def test_a_key_that_may_do_more_is_refused_with_the_boxes_to_untick(
    vault: Vault, person: str, name: str, reasons: tuple[str, ...]
):
    with pytest.raises(TooManyRights) as caught:
        save(vault, person, name)
    assert caught.value.reasons == reasons
    assert all(label(reason) != reason for reason in reasons)
    assert vault.overview(person) == []


def test_a_permission_that_is_newer_than_this_product_is_refused(
    vault: Vault, person: str, exchange: ExchangeProcess
):
    exchange.control.change_key(demo_key("readonly"), more_rights={"enableTimeTravel": True})
    with pytest.raises(TooManyRights) as caught:
        save(vault, person, "readonly")
    assert caught.value.reasons == ("enableTimeTravel",)


@pytest.mark.parametrize("flag", sorted(LABELS.keys() - {"enableReading", "enableFixReadOnly"}))
def test_each_known_permission_but_reading_is_refused(flag: str):
    assert wrong_rights({**READ_ONLY, flag: True}) == (flag,)
    assert wrong_rights({**READ_ONLY, flag: False}) == ()


@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        (READ_ONLY, ()),
        ({**READ_ONLY, "enableFixReadOnly": True}, ()),
        ({**READ_ONLY, "ipRestrict": True, "tradingAuthorityExpirationTime": 17000000}, ()),
        ({**READ_ONLY, "enableReading": False}, ("enableReading",)),
        ({**READ_ONLY, "enableReading": "true"}, ("enableReading",)),
        ({}, ("enableReading",)),
        ({**READ_ONLY, "enableNew": 1, "permitsNew": "yes"}, ("enableNew", "permitsNew")),
        ({**READ_ONLY, "newFlag": True}, ("newFlag",)),
        ({**READ_ONLY, "newTime": 1700000000000, "note": "x"}, ()),
    ],
)
def test_only_what_is_known_to_be_harmless_may_be_on(answer: dict[str, object], reasons: object):
    assert wrong_rights(answer) == reasons


@pytest.mark.parametrize(
    ("api_key", "secret", "word"),
    [
        ("", "s" * 64, "key-missing"),
        (" \n\u200b", "s" * 64, "key-missing"),
        ("k" * 15, "s" * 64, "key-form"),
        ("k" * 129, "s" * 64, "key-form"),
        ("k" * 30 + " " + "k" * 30, "s" * 64, "key-form"),
        ("ключ" * 16, "s" * 64, "key-form"),
        ("k" * 64, "", "secret-missing"),
        ("k" * 64, "<script>" * 8, "secret-form"),
    ],
)
def test_what_cannot_be_a_key_is_refused_without_being_repeated(
    vault: Vault, person: str, exchange: ExchangeProcess, api_key: str, secret: str, word: str
):
    with pytest.raises(BadInput) as caught:
        vault.save_hmac(person, "mainnet", api_key, secret)
    assert caught.value.word == word
    assert "script" not in str(caught.value)
    assert exchange.control.calls("spot", "account/apiRestrictions") == 0


@pytest.mark.parametrize(
    ("api_key", "secret", "word"),
    [
        ("Z" * 64, demo_secret("readonly"), "key-rejected"),
        (demo_key("wrongip"), demo_secret("wrongip"), "key-rejected"),
        (demo_key("readonly"), demo_secret("trading"), "bad-signature"),
    ],
)
def test_a_key_that_binance_refuses_is_not_kept(
    vault: Vault, person: str, api_key: str, secret: str, word: str
):
    with pytest.raises(NotAccepted) as caught:
        vault.save_hmac(person, "mainnet", api_key, secret)
    assert caught.value.word == word
    assert vault.overview(person) == []


@pytest.mark.parametrize("kind", ["status", "reset", "malformed", "html"])
def test_when_binance_cannot_be_asked_nothing_is_kept(
    vault: Vault, person: str, exchange: ExchangeProcess, kind: str
):
    exchange.control.fault(kind, venue="spot", endpoint="account/*")
    with pytest.raises(CannotCheck, match="Binance"):
        save(vault, person, "readonly")
    assert vault.overview(person) == []


def test_a_refused_key_leaves_the_one_that_was_there(vault: Vault, person: str):
    save(vault, person, "readonly")
    with pytest.raises(TooManyRights):
        save(vault, person, "trading")
    assert [seen.hint for seen in vault.overview(person)] == [demo_key("readonly")[-4:]]


@pytest.mark.parametrize("slot", ["spot-testnet", "futures-testnet"])
def test_a_testnet_key_is_tried_at_its_own_testnet(vault: Vault, person: str, slot: Slot):
    save(vault, person, slot.replace("-", ""), slot)
    with pytest.raises(NotAccepted):
        save(vault, person, "readonly", slot)
    assert [seen.slot for seen in vault.overview(person)] == [slot]


def test_nobody_can_spend_the_weight_of_all_by_saving_again_and_again(
    vault: Vault, person: str, app: Flask, exchange: ExchangeProcess
):
    def save_until_told() -> None:
        for _ in range(20):
            save(vault, person, "spottestnet", "spot-testnet")

    with pytest.raises(CheckedTooOften):
        save_until_told()
    assert exchange.control.calls("spot_testnet", "account") == 6
    save(vault, a_person(app, "grace"), "spottestnet", "spot-testnet")


def test_a_made_pair_waits_until_its_key_is_found_good(
    vault: Vault, person: str, exchange: ExchangeProcess
):
    public = vault.make_pair(person, "mainnet")
    assert vault.make_pair(person, "mainnet") == public
    [waiting] = vault.overview(person)
    assert (waiting.state, waiting.public_key, waiting.hint) == ("waiting", public, "")
    assert vault.usable(person) == []

    exchange.control.add_key(MADE_KEY, public, trading=True)
    with pytest.raises(TooManyRights):
        vault.register(person, "mainnet", MADE_KEY)
    assert vault.overview(person) == [waiting]

    exchange.control.change_key(MADE_KEY, trading=False)
    vault.register(person, "mainnet", MADE_KEY)
    [ready] = vault.overview(person)
    assert (ready.kind, ready.state, ready.hint) == ("ed25519", "ready", "MMMM")
    [usable] = vault.usable(person)
    assert isinstance(vault.open(usable.credential_id).signer, Ed25519Signer)


def test_a_key_without_a_pair_cannot_be_registered(vault: Vault, person: str):
    with pytest.raises(NoSuchKey):
        vault.register(person, "mainnet", MADE_KEY)
    save(vault, person, "readonly")
    with pytest.raises(NoSuchKey):
        vault.register(person, "mainnet", MADE_KEY)


def test_a_removed_key_is_gone(vault: Vault, person: str, app: Flask):
    save(vault, person, "readonly")
    [usable] = vault.usable(person)
    vault.remove(person, "mainnet")
    vault.remove(person, "mainnet")
    assert rows(app) == []
    with pytest.raises(NoSuchKey):
        vault.open(usable.credential_id)


def test_who_leaves_takes_every_key_along(vault: Vault, person: str, app: Flask):
    save(vault, person, "readonly")
    save(vault, person, "testnet", "spot-testnet")
    vault.remove_all(person)
    assert rows(app) == []


def test_nobody_reaches_the_keys_of_another(vault: Vault, person: str, app: Flask):
    save(vault, person, "readonly")
    other = a_person(app, "grace")
    vault.remove(other, "mainnet")
    assert vault.overview(other) == []
    assert vault.usable(other) == []
    assert len(vault.usable(person)) == 1


def test_neither_the_database_nor_a_log_holds_a_key_or_secret(
    vault: Vault, person: str, database_url: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    save(vault, person, "readonly")
    vault.make_pair(person, "spot-testnet")
    stored = stored_bytes(database_url)
    assert demo_key("readonly")[-4:].encode() in stored
    for secret in (demo_key("readonly"), demo_secret("readonly"), "PRIVATE KEY"):
        assert secret.encode() not in stored
        assert secret not in caplog.text


@pytest.mark.parametrize("change", ["person", "row", "field", "bytes"])
def test_what_lies_in_another_place_cannot_be_opened(
    vault: Vault, person: str, app: Flask, change: str
):
    save(vault, person, "readonly")
    save(vault, person, "testnet", "spot-testnet")
    mine, testnet = sorted(rows(app), key=lambda row: row.slot)
    other = a_person(app, "grace")
    changes: dict[str, dict[str, str | None]] = {
        "person": {"person_id": other},
        "row": {"sealed_secret": testnet.sealed_secret},
        "field": {"sealed_secret": mine.sealed_key},
        "bytes": {"sealed_secret": mine.sealed_secret[:-6] + "AAAA=="},
    }
    database: Database = app.extensions["database"]
    with database.writing() as session:
        session.execute(
            update(Credential).where(Credential.id == mine.id).values(**changes[change])
        )
    with pytest.raises(CannotOpen):
        vault.open(mine.id)


def test_keys_are_rotated_by_sealing_all_anew(
    settings_env: dict[str, str], exchange: ExchangeProcess
):
    old, new = new_key(), new_key()
    app = create_app({**settings_env, "CREDENTIALS_ENCRYPTION_KEYS": old})
    person = a_person(app)
    give_key(app, person, "mainnet", "readonly")
    vault_of(app).make_pair(person, "spot-testnet")

    both = create_app({**settings_env, "CREDENTIALS_ENCRYPTION_KEYS": f"{new},{old}"})
    runner = both.test_cli_runner()
    assert "2 keys, of which 2 were" in runner.invoke(args=["credentials", "reencrypt"]).output
    assert "2 keys, of which 0 were" in runner.invoke(args=["credentials", "reencrypt"]).output

    after = create_app({**settings_env, "CREDENTIALS_ENCRYPTION_KEYS": new})
    [usable] = vault_of(after).usable(person)
    assert vault_of(after).open(usable.credential_id).key == demo_key("readonly")


def test_a_row_that_cannot_be_opened_is_named_and_kept(settings_env: dict[str, str]):
    app = create_app({**settings_env, "CREDENTIALS_ENCRYPTION_KEYS": new_key()})
    give_key(app, a_person(app), "mainnet", "readonly")
    [before] = rows(app)
    other = create_app({**settings_env, "CREDENTIALS_ENCRYPTION_KEYS": new_key()})
    done = other.test_cli_runner().invoke(args=["credentials", "reencrypt"])
    assert done.exit_code == 1
    assert before.id in done.stderr
    assert rows(app)[0].sealed_secret == before.sealed_secret


def test_the_daily_round_sets_aside_what_grew_rights_and_takes_it_back_when_they_are_gone(
    vault: Vault, person: str, app: Flask, exchange: ExchangeProcess
):
    save(vault, person, "readonly")
    save(vault, person, "testnet", "spot-testnet")
    assert round_of(app).run() == 2
    assert {seen.state for seen in vault.overview(person)} == {"ready"}

    exchange.control.change_key(demo_key("readonly"), withdrawals=True)
    assert round_of(app).run() == 2
    [mainnet, testnet] = vault.overview(person)
    assert (mainnet.state, mainnet.reasons) == ("set-aside", ("enableWithdrawals",))
    assert mainnet.checked_at is not None
    assert testnet.state == "ready"
    assert [usable.slot for usable in vault.usable(person)] == ["spot-testnet"]

    exchange.control.change_key(demo_key("readonly"), withdrawals=False)
    round_of(app).run()
    assert {seen.state for seen in vault.overview(person)} == {"ready"}


def test_the_daily_round_sets_aside_what_works_no_more(
    vault: Vault, person: str, app: Flask, exchange: ExchangeProcess
):
    save(vault, person, "readonly")
    exchange.control.remove_key(demo_key("readonly"))
    assert round_of(app).run() == 1
    [seen] = vault.overview(person)
    assert (seen.state, seen.reasons) == ("set-aside", ("key-rejected",))


@pytest.mark.parametrize("kind", ["reset", "status", "malformed"])
def test_binance_being_down_sets_nothing_aside_and_is_not_asked_for_every_key(
    vault: Vault, app: Flask, exchange: ExchangeProcess, kind: str
):
    people = [a_person(app, f"person{number}") for number in range(5)]
    for person in people:
        save(vault, person, "readonly")
    save(vault, people[0], "testnet", "spot-testnet")
    exchange.control.fault(kind, venue="spot", endpoint="account/*")
    before = exchange.control.calls("spot", "account/apiRestrictions")
    assert round_of(app).run() == 1
    assert exchange.control.calls("spot", "account/apiRestrictions") == before + 3
    assert {seen.state for each in people for seen in vault.overview(each)} == {"ready"}


def test_the_daily_round_goes_slowly(vault: Vault, person: str, app: Flask):
    save(vault, person, "readonly")
    save(vault, person, "testnet", "spot-testnet")
    pauses: list[float] = []
    daily_round: DailyRound = app.extensions["daily_round"]
    DailyRound(vault, daily_round._checks, sleep=pauses.append).run()
    assert sorted(pauses) == [0.05, 1.0]


def test_a_market_that_refuses_a_key_leaves_the_other_open(vault: Vault, person: str):
    save(vault, person, "readonly")
    [usable] = vault.usable(person)
    vault.refuse(usable.credential_id, "futures", "key-rejected")
    assert [key.markets for key in vault.usable(person)] == [("spot",)]
    assert vault.overview(person)[0].state == "ready"
    vault.refuse(usable.credential_id, "spot", "key-rejected")
    [seen] = vault.overview(person)
    assert (seen.state, vault.usable(person)) == ("refused", [])
    assert seen.reasons == ("futures:key-rejected", "spot:key-rejected")
    vault.check(person, "mainnet")
    assert vault.overview(person)[0].state == "ready"


def test_every_error_of_the_vault_has_a_word_and_a_sentence():
    errors: list[VaultError] = [
        *(BadInput(word) for word in ("key-missing", "key-form", "secret-missing", "secret-form")),
        TooManyRights(("enableFutures",)),
        NotAccepted("key-rejected", "Binance does not accept it"),
        CannotCheck("Binance could not be reached"),
        CheckedTooOften(),
        NoSuchKey(),
    ]
    assert all(error.word and str(error) for error in errors)
    assert len(SLOTS) == 3
