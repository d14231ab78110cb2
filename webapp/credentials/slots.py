"""Where a person's key may be for: Binance itself, or one of its two testnets."""

from __future__ import annotations

from typing import Literal

from webapp.symbols.listing import Market

Slot = Literal["mainnet", "spot-testnet", "futures-testnet"]

# Which markets a slot's key opens: Binance's two testnets give separate keys.
MARKETS_OF: dict[Slot, tuple[Market, ...]] = {
    "mainnet": ("spot", "futures"),
    "spot-testnet": ("spot",),
    "futures-testnet": ("futures",),
}
SLOTS: tuple[Slot, ...] = tuple(MARKETS_OF)
