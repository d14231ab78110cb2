"""What somebody may have meant who names a pair that is not listed."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from webapp.symbols.sources import QUOTE_ASSET

_LENGTH_MAX = 40  # of a name that is worth comparing with hundreds of others
_SEPARATORS = str.maketrans("", "", "/-_: ")


def near_miss(name: str, symbols: Collection[str]) -> str | None:
    """The symbol that is meant most likely: ``btc/usdt``, ``BTC`` and ``BTCUDST`` mean BTCUSDT."""
    plain = name.upper().translate(_SEPARATORS)
    if not plain or len(plain) > _LENGTH_MAX:
        return None
    for likely in (plain, plain + QUOTE_ASSET):
        if likely in symbols:
            return likely
    return next(iter(difflib.get_close_matches(plain, symbols, n=1, cutoff=0.75)), None)
