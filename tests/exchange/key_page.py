"""The stand-in's own API Management: a page on the control port where people make keys.

It has no accounts: whoever opens it makes keys, and they open nothing but this stand-in.
"""

import secrets
import string
from html import escape

from aiohttp import web
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.exchange.signing import ApiKey

PATH = "/api-management"
_LETTERS = string.ascii_letters + string.digits
_VENUES = {
    "mainnet": ("Binance", ("spot", "futures")),
    "testnets": ("Both testnets", ("spot_testnet", "futures_testnet")),
}
_RIGHTS = {
    "trading": "Enable Spot &amp; Margin Trading",
    "futures": "Enable Futures",
    "withdrawals": "Enable Withdrawals",
}


class KeyPage:
    """Makes keys as Binance's page does: of a public key, or with a secret."""

    def __init__(self, keys: dict[str, ApiKey]) -> None:
        self._keys = keys

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self._show), web.post(PATH, self._make)]

    async def _show(self, _request: web.Request) -> web.Response:
        return _answer("")

    async def _make(self, request: web.Request) -> web.Response:
        wish = await request.post()
        public = str(wish.get("public_key", "")).strip()
        if public and not _is_public_key(public):
            return _answer("<p role=alert>This is no public key in PEM; copy all of its lines.</p>")
        key, secret = _random_text(), public or _random_text()
        _, venues = _VENUES.get(str(wish.get("venues")), _VENUES["mainnet"])
        rights = {name: name in wish for name in _RIGHTS}
        self._keys[key] = ApiKey(key, secret, venues=venues, **rights)  # type: ignore[arg-type]
        told = f"<p role=status>API key:<br><code>{key}</code></p>"
        if not public:
            told += f"<p>Secret key, shown this once:<br><code>{secret}</code></p>"
        return _answer(told)


def _answer(told: str) -> web.Response:
    page = _PAGE.format(told=told, venues=_choices(), rights=_boxes())
    return web.Response(text=page, content_type="text/html")


def _choices() -> str:
    return "".join(
        f'<label><input type=radio name=venues value="{name}"{" checked" * (number == 0)}>'
        f" {escape(label)}</label>"
        for number, (name, (label, _)) in enumerate(_VENUES.items())
    )


def _boxes() -> str:
    boxes = [f"<label><input type=checkbox name={name}> {label}</label>"
             for name, label in _RIGHTS.items()]  # fmt: skip
    return "<label><input type=checkbox checked disabled> Enable Reading</label>" + "".join(boxes)


def _random_text() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(64))


def _is_public_key(text: str) -> bool:
    try:
        load_pem_public_key(text.encode())
    except ValueError:
        return False
    return True


_PAGE = """<!doctype html>
<html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">
<meta name=color-scheme content="light dark"><title>API Management · stand-in exchange</title>
<style>
body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui }}
label, fieldset {{ display: block; margin: .5rem 0 }}
textarea {{ width: 100%; box-sizing: border-box }}
code {{ overflow-wrap: anywhere; user-select: all; font-size: 1.1em }}
</style>
<h1>API Management</h1>
<p>This is the stand-in exchange. Its keys open nothing else.</p>
{told}
<form method=post>
<fieldset><legend>Where the key is for</legend>{venues}</fieldset>
<label>Public key, if you have made a pair (else a secret is made)
<textarea name=public_key rows=4 spellcheck=false></textarea></label>
<fieldset><legend>API restrictions</legend>{rights}</fieldset>
<p><button>Create API</button></p>
</form></html>
"""
