"""What the exchange knows of one symbol before it moves.

Names, state, steps, price level and turnover.
"""

from dataclasses import dataclass, field
from math import floor, log10
from typing import Any

from tests.exchange.scale import Scale

PERPETUAL_DELIVERY_MS = 4133404800000


@dataclass(slots=True)
class Instrument:
    """One symbol. Futures fields stay empty on spot.

    `recorded` is the exchangeInfo row to serve in place of a made one.
    """

    symbol: str
    base: str
    quote: str
    status: str
    price: Scale
    lot: Scale
    reference: float  # price on REFERENCE_DAY, in the quote asset
    turnover: float  # quote units a day
    sigma: float  # a day's standard deviation of the log price
    hold: int  # seconds between two trades when nobody asks for more
    onboard_ms: int
    path_key: int
    spot_allowed: bool = True
    margin_allowed: bool = False
    permission_group: int = 0
    permission_sets: tuple[tuple[str, ...], ...] | None = None  # in place of the group's
    contract_type: str = ""
    pair: str = ""
    underlying: str = "COIN"
    delivery_ms: int = PERPETUAL_DELIVERY_MS
    margin_kind: int = (
        1  # Binance's `st`: 1 USD-M, 2 COIN-M (seen only on the merged all-market streams)
    )
    recorded: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def trading(self) -> bool:
        """Say whether it trades: then its price walks and it appears on the streams."""
        return self.status == "TRADING"


def spot_steps(price: float, tick: str | None = None) -> tuple[Scale, Scale]:
    """Choose tick and lot size as Binance does on spot.

    Four or five significant digits, written with 8 decimals.
    """
    magnitude = floor(log10(price))
    decimals = min(8, max(2, 4 - magnitude))
    lot_decimals = max(0, min(5, magnitude + 1))
    lot = Scale.of(f"{10**-lot_decimals:.8f}", 8 if price > 0.0001 else 2)
    return Scale.of(tick or f"{10**-decimals:.8f}", 8), lot


def futures_steps(price: float, tick: str | None = None) -> tuple[Scale, Scale]:
    """Choose tick and lot size as on USD-M.

    Written with `pricePrecision` and `quantityPrecision` decimals.
    """
    magnitude = floor(log10(price))
    decimals = min(7, max(2, 4 - magnitude))
    lot_decimals = max(0, min(3, magnitude))
    return Scale.of(tick or f"{10**-decimals:.8f}", decimals), Scale.of(
        f"{10**-lot_decimals:.8f}", lot_decimals
    )
