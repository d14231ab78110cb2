"""Base assets with plausible prices and turnover, so that a demo is believable.

The best known come from a table; the rest get a made-up price; after the real names run out, names
are made up too.
"""

from typing import NamedTuple

from tests.exchange.asset_tables import KNOWN, MORE, QUOTES, TRADFI, rows_of
from tests.exchange.hashing import fraction, key_of, mix

STABLECOINS = frozenset(
    {"USDC", "FDUSD", "USD1", "USDT", "TUSD", "BUSD", "USDP", "DAI", "XUSD", "BFUSD", "AEUR", "EUR"}
)
DOLLARS_PER_QUOTE = {name: float(dollars) for name, dollars in rows_of(QUOTES)}


class Asset(NamedTuple):
    """A base asset.

    Its price in dollars, a day's spot turnover in dollars, and a day's sigma of its log price.
    """

    name: str
    price: float
    turnover: float
    sigma: float


def known_assets() -> list[Asset]:
    """Give the assets of the table, most traded first."""
    assets = [
        Asset(name, float(price), float(millions) * 1e6, _sigma(name))
        for name, price, millions in rows_of(KNOWN)
    ]
    return sorted(assets, key=lambda asset: -asset.turnover)


def tradfi_assets() -> list[tuple[Asset, str]]:
    """Give (asset, underlyingType) of the TradFi perpetuals."""
    return [
        (Asset(name, float(price), float(millions) * 1e6, 0.012), kind)
        for name, price, kind, millions in rows_of(TRADFI)
    ]


def made_up_assets(seed: int, count: int) -> list[Asset]:
    """Make `count` lesser assets: the real names first, then invented ones.

    Turnover falls with rank.
    """
    names = list(dict.fromkeys(MORE.split())) + _invented_names(seed, count)
    taken = {asset.name for asset in known_assets()}
    names = [name for name in names if name not in taken][:count]
    assets = []
    for rank, name in enumerate(names):
        key = key_of(seed, "asset", name)
        price = 10 ** (-3.2 + 4.2 * fraction(mix(key, 1)))
        turnover = 9e6 * (1 + rank / 12) ** -1.05 * (0.5 + fraction(mix(key, 2)))
        assets.append(Asset(name, float(f"{price:.4g}"), turnover, _sigma(name, key)))
    return assets


def _sigma(name: str, key: int = 0) -> float:
    if name in STABLECOINS:
        return 0.0002
    if name in {"BTC", "PAXG"}:
        return 0.014
    if name in {"ETH", "BNB", "SOL", "XRP", "LTC", "TRX"}:
        return 0.022
    return 0.028 + 0.03 * fraction(mix(key or key_of(name), 3))


def _invented_names(seed: int, count: int) -> list[str]:
    first, middle, last = (
        ["ZE", "QUA", "VOR", "LUM", "NIX", "ORB", "PLY", "KRO", "TEL", "DAX", "FEN", "GLY"],
        ["RA", "LO", "MI", "TU", "NE"],
        ["X", "NT", "RO", "S", "K"],
    )
    names = [f"{a}{b}{c}" for b in middle for c in last for a in first]
    offset = seed % len(names)
    return (names[offset:] + names[:offset])[:count]
