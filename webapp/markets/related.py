"""The chosen pair's asset in both markets: spot beside perpetual, and the dated futures."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from webapp.isolate import isolated
from webapp.markets.figures import (
    age_text,
    basis_points_text,
    decimal_of,
    decimal_text,
    difference_text,
    percent_text,
)
from webapp.markets.list_rows import row_in
from webapp.markets.rows import Row
from webapp.symbols.listing import Market, Pair, SymbolList
from webapp.symbols.related import related_pairs, unit_of

Kind = Literal["spot", "perpetual", "dated"]
# Prices that are further apart in time than this make a basis that there never was.
_BASIS_SPAN_SECONDS = 10
_HOUR_SECONDS = 3_600
_DAY_SECONDS = 86_400


class Basis(NamedTuple):
    """What a future costs more than spot, as text."""

    difference: str
    percent: str
    points: str
    a_year: str = ""  # of a dated one


@dataclass(frozen=True)
class Instrument:
    """One pair of the asset."""

    kind: Kind
    pair: Pair
    row: Row

    @property
    def multiple(self) -> int:
        return unit_of(self.pair.base_asset).multiple

    @property
    def seconds_left(self) -> float:
        """Until it is delivered."""
        return (self.pair.delivery_at_ms or 0) / 1000 - time.time()

    @property
    def days_left(self) -> int:
        return int(self.seconds_left // _DAY_SECONDS)

    @property
    def hours_left(self) -> int:
        """Beside the whole days."""
        return int(self.seconds_left % _DAY_SECONDS // _HOUR_SECONDS)


class Related:
    """What the lists tell of one asset; ``chosen`` is the pair that the page shows."""

    def __init__(self, chosen: Row, spot: SymbolList | None, futures: SymbolList | None) -> None:
        pairs = related_pairs(chosen.base, spot, futures)
        self.chosen_key = chosen.key
        self.base = unit_of(chosen.base).asset
        self.spot = _instrument("spot", pairs.spot, spot)
        self.perpetual = _instrument("perpetual", pairs.perpetual, futures)
        dated = (_instrument("dated", pair, futures) for pair in pairs.dated)
        self.dated = [one for one in dated if one]
        self.has_spot_list, self.has_futures_list = spot is not None, futures is not None
        self._tickers_at = {
            "spot": spot.tickers_at if spot else None,
            "futures": futures.tickers_at if futures else None,
        }

    @property
    def instruments(self) -> list[Instrument]:
        return [found for found in (self.spot, self.perpetual, *self.dated) if found]

    @property
    def scale(self) -> dict[str, str] | None:
        """What fills the sentence of a perpetual of another multiple than the spot pair's."""
        if self.spot is None or self.perpetual is None:
            return None
        small, large = sorted((self.spot, self.perpetual), key=lambda one: one.multiple)
        if small.multiple == large.multiple:
            return None
        count = large.multiple // small.multiple
        names = {"large": isolated(large.row.base), "small": isolated(small.row.base)}
        return {**names, "count": decimal_text(str(count))}

    @property
    def ages(self) -> list[tuple[Market, str]]:
        """How old the prices are, of each market that has a pair of this asset."""
        markets = dict.fromkeys(one.row.market for one in self.instruments)
        ages = [(market, self.age_seconds(market)) for market in markets]
        return [(market, age_text(seconds)) for market, seconds in ages if seconds is not None]

    @property
    def note(self) -> str:
        """The name of the sentence that says what there is not; "" when all is there."""
        if self.spot is None:
            return "only_futures" if self.has_spot_list else "no_spot_list"
        if self.perpetual is None:
            if not self.has_futures_list:
                return "no_futures_list"
            return "no_perpetual" if self.dated else "only_spot"
        return ""

    def age_seconds(self, market: Market) -> float | None:
        """How old the market's prices are; None when there are none."""
        tickers_at = self._tickers_at[market]
        return None if tickers_at is None else max(0.0, time.time() - tickers_at)

    @cached_property
    def basis(self) -> Basis | None:
        return self.basis_of(self.perpetual) if self.perpetual else None

    def basis_of(self, future: Instrument) -> Basis | None:
        """None when one of the prices is not known, or when they are not of one time."""
        spot_at, futures_at = self._tickers_at["spot"], self._tickers_at["futures"]
        if self.spot is None or spot_at is None or futures_at is None:
            return None
        near, far = decimal_of(self.spot.pair.last_price), decimal_of(future.pair.last_price)
        if not near or not far or abs(spot_at - futures_at) > _BASIS_SPAN_SECONDS:
            return None
        unit = max(self.spot.multiple, future.multiple)
        near, far = near * (unit // self.spot.multiple), far * (unit // future.multiple)
        ratio = (far - near) / near
        steps = [
            (decimal_of(one.pair.tick_size) or Decimal(1)) * (unit // one.multiple)
            for one in (self.spot, future)
        ]
        return Basis(
            difference_text(far - near, f"{min(steps):f}"),
            percent_text(ratio * 100, 3),
            basis_points_text(ratio * 10_000),
            _a_year(ratio, future.seconds_left) if future.kind == "dated" else "",
        )


def _instrument(kind: Kind, pair: Pair | None, listing: SymbolList | None) -> Instrument | None:
    return Instrument(kind, pair, row_in(listing, pair)) if pair and listing else None


def _a_year(ratio: Decimal, seconds_left: float) -> str:
    if seconds_left <= 0:
        return ""
    return percent_text(ratio * 100 * 365 * _DAY_SECONDS / Decimal(seconds_left), 2)
