"""A day of prices as a small picture for a row: a line, and a dot where it is now."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH = 64
HEIGHT = 20
_MARGIN = 2.5  # room for the line's own width and for the dot
# Neither up nor down, and seen on light and on dark: the change beside it has the colour.
_COLOUR = "#7f8b99"


def sparkline_svg(prices: Sequence[float]) -> str:
    """The prices, oldest first and at least one, from edge to edge and from lowest to highest."""
    low, high = min(prices), max(prices)
    step = (WIDTH - 2 * _MARGIN) / max(1, len(prices) - 1)
    room = HEIGHT - 2 * _MARGIN

    def y_of(price: float) -> float:
        return HEIGHT / 2 if high == low else HEIGHT - _MARGIN - (price - low) / (high - low) * room

    points = [(_MARGIN + step * place, y_of(price)) for place, price in enumerate(prices)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<polyline points="{line}" fill="none" stroke="{_COLOUR}" stroke-width="1.2" '
        f'stroke-linejoin="round"/><circle cx="{x:.1f}" cy="{y:.1f}" r="1.7" fill="{_COLOUR}"/>'
        "</svg>"
    )
