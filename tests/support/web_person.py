"""A person at a browser without scripts, over real HTTP; all that they were shown is kept."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import requests


class WebPerson:
    """Fills in the account's forms with the token of the page that was seen last."""

    def __init__(self, url: str, mail_dir: Path, address: str, password: str) -> None:
        self.url = url
        self.address = address
        self.password = password
        self.seen: list[requests.Response] = []
        self.session = requests.Session()
        self._mail_dir = mail_dir
        self._form_token = ""

    def get(self, path: str) -> requests.Response:
        return self._look(self.session.get(self.url + path, timeout=15, allow_redirects=False))

    def post(self, path: str, **fields: str) -> requests.Response:
        data = {"csrf_token": self._form_token, **fields}
        answer = self.session.post(self.url + path, data, timeout=15, allow_redirects=False)
        return self._look(answer)

    def sign_up(self) -> str:
        """Returns the code that came by mail."""
        self.get("/account/sign-up")
        assert self.post("/account/sign-up", email=self.address).status_code == 303
        code = self._mailed_code()
        self.get("/account/code")
        answer = self.post("/account/code", code=code, new_password=self.password)
        assert answer.status_code == 303
        self.get("/account")
        return code

    def make_token(self, *scopes: str) -> str:
        """The token, from the one page that shows it, which is not among those kept."""
        self.get("/account")
        answer = self.session.post(
            self.url + "/account/tokens",
            {
                "csrf_token": self._form_token,
                "name": "bot",
                "scopes": list(scopes),
                "days": "30",
                "password": self.password,
            },
            timeout=15,
        )
        found = re.search(r"data-new-token>(mdk_[\w-]+)<", answer.text)
        assert found
        return found[1]

    def session_cookie(self) -> str:
        return str(self.session.cookies["marketdeck"])

    def close(self) -> None:
        self.session.close()

    def _mailed_code(self) -> str:
        for file in sorted(self._mail_dir.glob("*.eml"), reverse=True):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if mail["To"] == self.address:
                found = re.search(r"\b\w{4}-\w{4}\b", mail.get_content())
                assert found
                return found[0]
        raise AssertionError(f"no mail came to {self.address}")

    def _look(self, answer: requests.Response) -> requests.Response:
        self.seen.append(answer)
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.text)
        if found:
            self._form_token = found[1]
        return answer
