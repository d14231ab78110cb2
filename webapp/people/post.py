"""Mail to people: by a mail server, or into a folder where there is none."""

from __future__ import annotations

import smtplib
import ssl
import time
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from webapp.people.errors import MailFailed
from webapp.whole_file import replace_file

_PATIENCE_SECONDS = 5.0


class Post(Protocol):
    """Takes mails; ``send`` raises ``MailFailed``."""

    def send(self, to: str, subject: str, text: str) -> None: ...


class MailServer:
    """``smtp://user:password@host:587`` with STARTTLS where offered, or ``smtps://host:465``."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender or f"marketdeck@{self._host}"

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand the mail over, within seconds; raises ``MailFailed``."""
        message = _message(self._sender, to, subject, text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            raise MailFailed(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_PATIENCE_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_PATIENCE_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._user:
                raise MailFailed("the mail server wants a password and offers no encryption")
        if self._user:
            server.login(self._user, self._password)
        return server


class MailFolder:
    """One ``.eml`` file a mail, for development."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, to: str, subject: str, text: str) -> None:
        message = _message("marketdeck@localhost", to, subject, text)
        try:
            replace_file(self._folder / f"{time.time_ns()}.eml", bytes(message))
        except OSError as error:
            raise MailFailed(type(error).__name__) from None


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="marketdeck")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
