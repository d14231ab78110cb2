"""What the account page calls a browser that somebody is signed in with."""

from __future__ import annotations

import pytest
from flask import Flask

from webapp.accounts.devices import device_name

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; rv:140.0)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}", "Chrome on Linux"),
        (f"{WINDOWS} Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (f"{IPHONE} Version/19.0 Mobile/15E148 Safari/604.1", "Mobile Safari on iOS"),
        ("curl/8.11.0", "curl"),
        ("<script>", "<script>"),
        ("", "a browser that does not say which"),
    ],
)
def test_it_is_called_what_people_call_it(app: Flask, agent: str, name: str):
    with app.test_request_context():
        assert device_name(agent) == name
