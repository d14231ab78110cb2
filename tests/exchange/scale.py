"""Prices and quantities as whole steps, written as the decimal strings Binance sends."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """A tick or lot size: `unit` is one step counted in the last of `decimals` places.

    Spot writes every number with 8 decimals whatever the tick; futures writes `pricePrecision` of
    them, which may be more than the tick needs (SOLUSDT: tick 0.0100).
    """

    unit: int
    decimals: int

    @classmethod
    def of(cls, step: str, decimals: int = 0) -> "Scale":
        """Read a tick or step size such as "0.01000000"; write with at least `decimals` places."""
        size = Decimal(step).normalize()
        exponent = size.as_tuple().exponent
        assert isinstance(exponent, int)
        places = max(decimals, -exponent)
        return cls(int(size.scaleb(places)), places)

    @property
    def size(self) -> float:
        """The step as a float, for arithmetic that ends in a rounding to whole steps."""
        return float(self.unit / 10**self.decimals)

    def text(self, steps: int) -> str:
        """Write `steps` steps as Binance would."""
        value = steps * self.unit
        if not self.decimals:
            return str(value)
        if value < 0:
            return "-" + self.text(-steps)
        whole, part = divmod(value, 10**self.decimals)
        return f"{whole}.{part:0{self.decimals}d}"

    def steps(self, text: str | float) -> int:
        """Read a decimal string as whole steps, rounded to the nearest."""
        return round(Decimal(str(text)).scaleb(self.decimals) / self.unit)
