"""The spot symbols.

Every status Binance knows, all kinds of quotes, leveraged tokens, names beyond ASCII.
"""

from collections.abc import Iterator

from tests.exchange.asset_tables import rows_of
from tests.exchange.assets import (
    DOLLARS_PER_QUOTE,
    Asset,
    known_assets,
    made_up_assets,
)
from tests.exchange.hashing import fraction, key_of, mix
from tests.exchange.instrument import Instrument, spot_steps

_FIRST_LISTING_MS, _LISTING_SPAN_MS = 1500000000000, 280000000000
# Quote asset, how many of the ranked assets are paired with it, the share that still trades.
_QUOTE_TABLE = """
USDT 560 0.77 | BTC 430 0.42 | USDC 330 0.88 | TRY 330 0.84 | BNB 300 0.30 | BUSD 390 0.0
ETH 230 0.22 | FDUSD 210 0.62 | EUR 95 0.50 | BRL 60 0.50 | TUSD 60 0.10 | JPY 40 0.80
GBP 30 0.0 | AUD 30 0.0 | RUB 24 0.0 | USD1 30 0.9 | DAI 16 0.2 | BIDR 26 0.0 | UAH 12 0.2
ZAR 8 0.5 | PLN 8 0.6 | ARS 6 0.6 | MXN 6 0.7 | COP 5 0.6 | USDP 40 0.0 | NGN 9 0.0
TRX 9 0.2 | XRP 4 0.2
"""
_QUOTES = {quote: (int(count), float(share)) for quote, count, share in rows_of(_QUOTE_TABLE)}
_FIXED_STATUS = """
LUNCUSDT HALT | SCUSDT HALT | EURUSDT TRADING | FTTBTC HALT | BIFIUSDT CANCEL_ONLY
FISUSDT CANCEL_ONLY | REIUSDT CANCEL_ONLY | FARMBTC CANCEL_ONLY | AEURUSDT END_OF_DAY
AEUREUR END_OF_DAY
"""
_STATUS_OF = dict(rows_of(_FIXED_STATUS))
_LEVERAGED_BASES = rows_of("BTC ETH BNB XRP LINK DOT ADA TRX LTC EOS XTZ FIL")[0]
_LEVERAGED_STILL_TRADING = frozenset({"BTC", "ETH", "BNB"})
# From right to left, with marks that join letters, and with one that no letter is made with.
_OTHER_SCRIPTS = (
    Asset("سوق", 0.4125, 90_000.0, 0.03),
    Asset("שקל", 3.07, 80_000.0, 0.03),
    Asset("रुपया", 0.0117, 70_000.0, 0.03),
    Asset("Q\u0307BIT", 27.4, 60_000.0, 0.03),
)
_ALWAYS_TRADING_RANK = 180
_LEAST_REFERENCE = 0.0000004  # 40 of the smallest ticks: below that no price can walk


def spot_universe(seed: int) -> list[Instrument]:
    """Make the mainnet list: about 3,300 symbols of which some 430 are USDT and TRADING."""
    assets = known_assets() + made_up_assets(seed, 500)
    symbols = [
        _instrument(seed, asset, quote, _status(seed, asset, quote, rank, share), rank)
        for quote, (count, share) in _QUOTES.items()
        for rank, asset in enumerate(assets[:count])
        if asset.name != quote
    ]
    symbols += list(_leveraged_tokens(seed))
    symbols += [_instrument(seed, asset, "USDT", "TRADING", 690) for asset in _OTHER_SCRIPTS]
    return sorted(symbols, key=lambda instrument: instrument.onboard_ms)


def spot_testnet_universe(seed: int) -> list[Instrument]:
    """Make the testnet's list: fewer symbols, other prices, and a name that is no ASCII at all."""
    assets = known_assets()[:90] + made_up_assets(seed, 130)
    symbols = [
        _instrument(
            seed,
            asset._replace(turnover=asset.turnover / 400),
            quote,
            "TRADING" if rank % 37 else "BREAK",
            rank + 60,
            "testnet",
        )
        for quote, count in {"USDT": 210, "BTC": 90, "BNB": 40, "USDC": 60}.items()
        for rank, asset in enumerate(assets[:count], start=1)
        if asset.name != quote
    ]
    odd = _instrument(
        seed, Asset("这是测试币", 4.56, 20_000.0, 0.03), "456", "TRADING", 300, "testnet"
    )
    return [*symbols, odd]


def _status(seed: int, asset: Asset, quote: str, rank: int, share: float) -> str:
    symbol = asset.name + quote
    if symbol in _STATUS_OF:
        return _STATUS_OF[symbol]
    if share and rank < _ALWAYS_TRADING_RANK * share:
        return "TRADING"
    rest = 1 - (1 - share) / max(0.05, 1 - _ALWAYS_TRADING_RANK * share / _QUOTES[quote][0])
    return "TRADING" if fraction(key_of(seed, "status", symbol)) < rest else "BREAK"


def _instrument(
    seed: int, asset: Asset, quote: str, status: str, rank: int, net: str = "mainnet"
) -> Instrument:
    symbol, key = asset.name + quote, key_of(seed, net, asset.name, quote)
    dollars = DOLLARS_PER_QUOTE.get(quote, 1.0)
    # Pairs against a dollar share one path: BTCUSDT, BTCUSDC and the perpetual move together.
    path_key = key_of(seed, net, asset.name) if dollars == 1.0 else key
    level = 0.8 + 0.4 * fraction(mix(path_key, 5)) if net == "testnet" else 1.0
    reference = max(asset.price / dollars * level, _LEAST_REFERENCE)
    price, lot = spot_steps(reference, "0.00001" if symbol == "ETHBTC" else None)
    share = 1.0 if quote == "USDT" else 0.12 if dollars == 1.0 else 0.02
    return Instrument(
        symbol=symbol, base=asset.name, quote=quote, status=status, price=price, lot=lot,
        reference=reference, turnover=asset.turnover * share / dollars,
        sigma=asset.sigma, hold=hold_seconds(rank, quote),
        onboard_ms=_onboard_ms(key, rank, symbol),
        path_key=path_key, margin_allowed=rank < 260, permission_group=key % 9,
    )  # fmt: skip


def hold_seconds(rank: int, quote: str = "USDT") -> int:
    """Choose how often a symbol trades.

    The great ones every second, the small ones a few times a minute.
    """
    steps = (
        ((100, 1), (250, 2), (9999, 4))
        if quote == "USDT"
        else ((20, 2), (90, 6), (250, 12), (9999, 20))
    )
    return next(hold for limit, hold in steps if rank < limit)


def _onboard_ms(key: int, rank: int, symbol: str) -> int:
    if symbol in {"ETHBTC", "BTCUSDT", "ETHUSDT"}:
        return _FIRST_LISTING_MS + len(symbol)
    return _FIRST_LISTING_MS + int(
        _LISTING_SPAN_MS * fraction(mix(key, 8)) * min(1.0, 0.4 + rank / 200)
    )


def _leveraged_tokens(seed: int) -> Iterator[Instrument]:
    for base in _LEVERAGED_BASES:
        for side, price in (("UP", 12.4), ("DOWN", 0.0132)):
            status = "TRADING" if base in _LEVERAGED_STILL_TRADING else "BREAK"
            token = _instrument(
                seed, Asset(base + side, price, 40_000.0, 0.05), "USDT", status, 700
            )
            token.spot_allowed, token.margin_allowed = False, False
            yield token
