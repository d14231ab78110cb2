"""Why Binance gave no usable answer. Each error's text is a sentence fit to be shown."""


class BinanceError(Exception):
    """Any failure to get a usable answer."""

    retry_after_seconds: float | None = None


class Unreachable(BinanceError):
    """No connection, or no whole answer in time."""


class Overloaded(BinanceError):
    """A 5xx status, or a code by which Binance asks to try again."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class AskedTooMuch(Overloaded):
    """429, or 418 when 429 was ignored: the request weight of this address is used up."""


class Banned(BinanceError):
    """418 or 403: this address may not ask for a while."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RestrictedLocation(BinanceError):
    """451: Binance does not serve this host's location from that address."""


class Refused(BinanceError):
    """Any other 4xx: the request itself is at fault."""


class ClockSkew(Refused):
    """-1021: by Binance's clock a signed call comes from another time."""


class KeyRefused(Refused):
    """-2014, -2015, -1022 or 401: a person's key is not accepted for this call.

    ``word`` is one of ``KEY_REFUSALS``.
    """

    def __init__(self, word: str) -> None:
        super().__init__(KEY_REFUSALS[word])
        self.word = word


KEY_REFUSALS = {
    "key-format": "Binance says that the API key has not the form of one",
    "key-rejected": (
        "Binance does not accept the API key: it is unknown there, may not be used from this "
        "server's address, or lacks the permission to read"
    ),
    "bad-signature": "Binance says that the secret does not belong to the API key",
    "unauthorised": "Binance does not accept the API key",
}


class MalformedAnswer(BinanceError):
    """The answer is not what its endpoint promises."""
