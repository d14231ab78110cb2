"""The USD-M contracts: perpetual, quarterly, TradFi; every status.

And the COIN-M rows that share their streams.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from tests.exchange.assets import Asset, known_assets, made_up_assets, tradfi_assets
from tests.exchange.hashing import fraction, key_of, mix
from tests.exchange.instrument import PERPETUAL_DELIVERY_MS, Instrument, futures_steps
from tests.exchange.scale import Scale

_THOUSANDS = frozenset(
    {"PEPE", "SHIB", "BONK", "FLOKI", "LUNC", "XEC", "CAT", "CHEEMS"}
)  # quoted as 1000PEPEUSDT
_NEVER_FUTURES = frozenset(
    {"FDUSD", "USD1", "EUR", "PAXG", "1000CAT", "1000CHEEMS", "USDC", "XUSD", "BFUSD", "AEUR"}
)
# What is not plainly TRADING: rank among the lesser assets -> (status, contract type)
_ODD_ONES = {310: ("PENDING_TRADING", ""), 311: ("PENDING_TRADING", "PERPETUAL"),
             312: ("PRE_SETTLE", "PERPETUAL"),
             313: ("TRADING_HALT", "PERPETUAL"), 314: ("TRADING_CANCEL_ONLY", "PERPETUAL"),
             315: ("CLOSE", "PERPETUAL"),
             316: ("PRE_DELIVERING", "PERPETUAL"), 317: ("DELIVERED", "PERPETUAL")}  # fmt: skip
_SETTLING_EVERY, _PREMARKET_RANKS = 11, frozenset({320, 331, 342})
_TICKS = {"BTC": "0.10", "ETH": "0.01", "BNB": "0.010"}


def futures_universe(seed: int, now_ms: int, net: str = "mainnet") -> list[Instrument]:
    """Make the list: about 560 contracts, some 500 of them USDT and TRADING,
    and a few COIN-M ones."""
    majors = [asset for asset in known_assets() if asset.name not in _NEVER_FUTURES]
    lesser = [asset for asset in made_up_assets(seed, 425) if asset.name not in _NEVER_FUTURES]
    contracts = [_perpetual(seed, asset, "USDT", rank, net) for rank, asset in enumerate(majors)]
    contracts += [_lesser(seed, asset, rank, net) for rank, asset in enumerate(lesser)]
    contracts += [
        _perpetual(seed, asset, "USDC", rank + 60, net) for rank, asset in enumerate(majors[:36])
    ]
    contracts += [_tradfi(seed, asset, kind, net) for asset, kind in tradfi_assets()]
    contracts += [
        _index(seed, net),
        _perpetual(seed, Asset("ETH", 2874 / 86012, 1.0, 0.02), "BTC", 150, net),
    ]
    contracts += [
        c
        for asset in majors
        if asset.name in {"BTC", "ETH"}
        for c in _dated(seed, asset, now_ms, net)
    ]
    return contracts + [
        _coin_margined(seed, asset, rank, net) for rank, asset in enumerate(majors[:20])
    ]


def futures_testnet_universe(seed: int, now_ms: int) -> list[Instrument]:
    """Make the testnet's list: about half of the mainnet's contracts at prices of its own."""

    def keep(contract: Instrument) -> bool:
        special = (
            not contract.trading or contract.contract_type != "PERPETUAL" or contract.hold == 1
        )
        return special or key_of(contract.symbol) % 2 == 1

    contracts = futures_universe(seed, now_ms, "testnet")
    return [contract for contract in contracts if keep(contract)]


def quarter_days(now_ms: int) -> list[date]:
    """Give the last quarterly delivery day and the next two.

    The last Fridays of March, June, September, December.
    """
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    fridays = [
        _last_friday(year, month)
        for year in (today.year - 1, today.year, today.year + 1)
        for month in (3, 6, 9, 12)
    ]
    upcoming = next(i for i, friday in enumerate(fridays) if friday > today)
    return fridays[upcoming - 1 : upcoming + 2]


def _last_friday(year: int, month: int) -> date:
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return end - timedelta(days=(end.weekday() - 4) % 7)


def _perpetual(seed: int, asset: Asset, quote: str, rank: int, net: str) -> Instrument:
    many = 1000 if asset.name in _THOUSANDS else 1
    base = f"1000{asset.name}" if many > 1 else asset.name
    path_key = (
        key_of(seed, net, asset.name) if quote != "BTC" else key_of(seed, net, asset.name, quote)
    )
    level = 0.8 + 0.4 * fraction(mix(path_key, 5)) if net == "testnet" else 1.0003
    reference = asset.price * many * level
    price, lot = futures_steps(reference, _TICKS.get(base))
    hold = 1 if rank < 100 else 2 if rank < 250 else 4
    key, share = key_of(seed, "futures", net, base, quote), 5.5 if quote == "USDT" else 0.4
    return Instrument(
        symbol=base + quote, base=base, quote=quote, status="TRADING", price=price, lot=lot,
        reference=reference,
        turnover=asset.turnover * share / (400 if net == "testnet" else 1), sigma=asset.sigma,
        hold=hold, onboard_ms=1569398400000 + int(2.1e11 * fraction(mix(key, 8)) * min(1.0,
                                                                                       rank / 60)),
        path_key=path_key, contract_type="PERPETUAL", pair=base + quote,
    )  # fmt: skip


def _lesser(seed: int, asset: Asset, rank: int, net: str) -> Instrument:
    contract = _perpetual(seed, asset, "USDT", rank + 90, net)
    if rank in _ODD_ONES:
        contract.status, contract.contract_type = _ODD_ONES[rank]
    elif rank % _SETTLING_EVERY == 7 and rank > 100:
        contract.status, contract.delivery_ms = "SETTLING", 1790000000000 + rank * 86_400_000 // 10
    elif rank in _PREMARKET_RANKS:
        contract.underlying = "PREMARKET"
    return contract


def _tradfi(seed: int, asset: Asset, kind: str, net: str) -> Instrument:
    contract = _perpetual(seed, asset, "USDT", 80, net)
    contract.contract_type, contract.underlying, contract.onboard_ms = (
        "TRADIFI_PERPETUAL",
        kind,
        1765440300000,
    )
    return contract


def _index(seed: int, net: str) -> Instrument:
    contract = _perpetual(seed, Asset("BTCDOM", 4711.0, 9e6, 0.012), "USDT", 160, net)
    contract.underlying = "INDEX"
    return contract


def _dated(seed: int, asset: Asset, now_ms: int, net: str) -> Iterator[Instrument]:
    kinds = (
        ("CURRENT_QUARTER DELIVERING", "DELIVERING"),
        ("CURRENT_QUARTER", "TRADING"),
        ("NEXT_QUARTER", "TRADING"),
    )
    for (kind, status), day in zip(kinds, quarter_days(now_ms), strict=True):
        contract = _perpetual(seed, asset._replace(turnover=asset.turnover / 90), "USDT", 120, net)
        delivery = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        contract.symbol, contract.contract_type, contract.status = (
            f"{asset.name}USDT_{day:%y%m%d}",
            kind,
            status,
        )
        contract.delivery_ms = int(delivery.timestamp() * 1000)
        contract.onboard_ms = contract.delivery_ms - 182 * 86_400_000
        contract.reference *= 1.004  # dated contracts trade at a premium
        contract.price = Scale.of("0.1" if asset.name == "BTC" else "0.01")
        yield contract


def _coin_margined(seed: int, asset: Asset, rank: int, net: str) -> Instrument:
    contract = _perpetual(seed, asset, "USDT", rank, net)
    contract.symbol, contract.pair = f"{contract.base}USD_PERP", f"{contract.base}USD"
    contract.quote, contract.margin_kind, contract.lot = "USD", 2, Scale(1, 0)
    contract.delivery_ms = PERPETUAL_DELIVERY_MS
    return contract
