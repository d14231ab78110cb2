"""The hot endpoint as a bar chart: ``var/bench.svg``, as the README has it (``docs/bench.svg``)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.bench.figures import Row, number
from webapp.config import PROJECT_DIR

PICTURE = PROJECT_DIR / "var" / "bench.svg"
OURS = "ours"  # with what the names of our own ways to serve begin

_WIDTH, _LABEL, _VALUE, _BAR, _GAP, _TOP = 980, 480, 80, 22, 8, 36
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1b2430; }
.title { font-weight: 600; }
rect { fill: #9aa7b5; }
.ours { fill: #12806a; }
@media (prefers-color-scheme: dark) {
  text { fill: #dbe3ec; }
  rect { fill: #56636f; }
  .ours { fill: #3fc9a8; }
}
"""


def drawn(rows: list[Row]) -> str:
    """Each contender's requests a second as so many times those of the plain design.

    ``rows`` are those of the hot endpoint's table; one that was not measured has no bar.
    """
    shown = sorted(
        ((float(str(row["×"])), str(row["contender"]).strip("*")) for row in rows if row.get("×")),
        reverse=True,
    )
    scale = (_WIDTH - _LABEL - _VALUE) / max(ratio for ratio, _ in shown)
    height = _TOP + len(shown) * (_BAR + _GAP)
    bars = [
        _bar(_TOP + place * (_BAR + _GAP), ratio, name, ratio * scale)
        for place, (ratio, name) in enumerate(shown)
    ]
    title = "Answers a second for the list of symbols, as a multiple of the plain design"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="0" y="18">{title}</text>',
        *bars,
        "</svg>\n",
    ])  # fmt: skip


def draw(rows: list[Row]) -> None:
    """Put the chart of these rows beside the figures."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(rows), encoding="utf-8")


def _bar(top: int, ratio: float, name: str, length: float) -> str:
    ours = ' class="ours"' if name.startswith(OURS) else ""
    baseline = top + _BAR - 6
    return (
        f'<text x="{_LABEL - 10}" y="{baseline}" text-anchor="end">{escape(name)}</text>'
        f'<rect{ours} x="{_LABEL}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="3"/>'
        f'<text x="{_LABEL + length + 8:.1f}" y="{baseline}">× {number(ratio)}</text>'
    )
