"""What can go wrong in the catalogue."""


class NoSymbolList(Exception):
    """There is no list to serve: nothing cached, no last good, and Binance cannot be reached.

    The text is one sentence that says why, fit to be shown to a person.
    """

    def __init__(self, cause: str, retry_after_seconds: int) -> None:
        super().__init__(cause)
        self.retry_after = retry_after_seconds
