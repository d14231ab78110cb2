"""Why a key is not kept. Each error has a stable word; none holds what was typed."""

from __future__ import annotations


class VaultError(Exception):
    """A key could not be taken; nothing of it was stored. The text is fit to be shown."""

    word = ""


class BadInput(VaultError):
    """What was pasted cannot be a key or a secret of Binance's."""

    def __init__(self, word: str) -> None:
        super().__init__(_BAD_INPUT[word])
        self.word = word


_BAD_INPUT = {
    "key-missing": "There is no API key",
    "key-form": "An API key of Binance's has 16 to 128 letters and digits, and nothing else",
    "secret-missing": "There is no secret",
    "secret-form": "A secret of Binance's has 16 to 128 letters and digits, and nothing else",
}


class TooManyRights(VaultError):
    """The key may do more than read, or not even that; ``reasons`` are Binance's names."""

    word = "rights"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("The key must be allowed to read, and nothing else")
        self.reasons = reasons


class NotAccepted(VaultError):
    """Binance refuses the key; ``word`` is one of ``KEY_REFUSALS``."""

    def __init__(self, word: str, sentence: str) -> None:
        super().__init__(sentence)
        self.word = word


class CannotCheck(VaultError):
    """Binance cannot be asked now, so nothing is known of the key."""

    word = "cannot-check"


class CheckedTooOften(VaultError):
    """This person has had as many keys looked at as one may in a minute."""

    word = "too-often"

    def __init__(self) -> None:
        super().__init__("Binance was asked about your keys too often; try again in a minute")


class NoSuchKey(VaultError):
    """There is no key, or no pair that waits for its key."""

    word = "no-key"

    def __init__(self) -> None:
        super().__init__("There is no such key any more")
