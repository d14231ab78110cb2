"""What goes wrong with accounts. None of these says whether an address has one."""


class WeakPassword(ValueError):
    """A password that is refused; ``word`` is ``short``, ``long`` or ``common``."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class WrongPassword(Exception):
    """No account has this address with this password."""


class WrongCode(Exception):
    """The code is another one."""


class CodeIsOver(Exception):
    """The code was used, is too old, or was guessed at too often."""


class TooManyTokens(Exception):
    """The person has as many tokens as one may have."""


class TooManyTries(Exception):
    """Somebody has to wait before the next try."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"the next try is in {wait_seconds} s")
        self.wait_seconds = wait_seconds


class MailFailed(Exception):
    """The mail could not be sent now."""
