"""The order of a list."""

from webapp.symbols.listing import Pair
from webapp.symbols.ranking import by_popularity


def pair(symbol: str, base: str, volume: str | None = None, contract: str = "") -> Pair:
    return Pair(
        symbol=symbol,
        base_asset=base,
        quote_asset="USDT",
        status="TRADING",
        contract_type=contract,
        quote_volume=volume,
    )


def ranked(*pairs: Pair) -> list[str]:
    return [each.symbol for each in by_popularity(pairs)]


def test_majors_come_first_whatever_their_volume():
    assert ranked(
        pair("PEPEUSDT", "PEPE", "9000000000"),
        pair("BNBUSDT", "BNB", "1"),
        pair("ETHUSDT", "ETH", "2"),
        pair("BTCUSDT", "BTC", None),
    ) == ["BTCUSDT", "ETHUSDT", "BNBUSDT", "PEPEUSDT"]


def test_the_perpetual_comes_before_the_dated_contract():
    assert ranked(
        pair("BTCUSDT_261225", "BTC", "99", "CURRENT_QUARTER"),
        pair("BTCUSDT_OLD", "BTC", "999", "CURRENT_QUARTER DELIVERING"),
        pair("BTCUSDT", "BTC", "1", "PERPETUAL"),
        pair("XAUUSDT", "XAU", "5", "TRADIFI_PERPETUAL"),
        pair("XAUUSDT_261225", "XAU", "500", "NEXT_QUARTER"),
    ) == ["BTCUSDT", "BTCUSDT_OLD", "BTCUSDT_261225", "XAUUSDT", "XAUUSDT_261225"]


def test_others_come_by_volume_then_those_without_by_name():
    assert ranked(
        pair("ZUSDT", "Z"),
        pair("AUSDT", "A"),
        pair("SMALLUSDT", "SMALL", "9.5"),
        pair("BIGUSDT", "BIG", "10"),
        pair("币安人生USDT", "币安人生", "10.25"),
    ) == ["币安人生USDT", "BIGUSDT", "SMALLUSDT", "AUSDT", "ZUSDT"]
