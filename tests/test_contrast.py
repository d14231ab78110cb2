"""Every text colour against every ground on which it can stand, computed from the style sheet."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from webapp.config import PROJECT_DIR

TOKENS = (PROJECT_DIR / "static/css/tokens.css").read_text()
GROUNDS = ("panel", "panel-head", "raised", "hover", "chosen")
TEXTS = ("text", "text-dim", "text-faint", "accent", "star", "up", "down", "good", "bad", "warn")
ENOUGH = {"usual": 4.5, "more": 7.0}  # WCAG 2.2: AA, AAA
MODES = [
    (contrast, scheme, trend)
    for contrast in ("usual", "more")
    for scheme in (0, 1)
    for trend in ("green-up", "red-up")
]


class Colour(NamedTuple):
    red: float
    green: float
    blue: float
    alpha: float = 1

    @classmethod
    def read(cls, text: str) -> Colour:
        if text.startswith("#"):
            return cls(*(int(text[at : at + 2], 16) for at in (1, 3, 5)))
        red, green, blue, percent = map(float, re.findall(r"[\d.]+", text))
        return cls(red, green, blue, percent / 100)

    def over(self, ground: Colour) -> Colour:
        mixed = [
            a * self.alpha + b * (1 - self.alpha) for a, b in zip(self[:3], ground[:3], strict=True)
        ]
        return Colour(*mixed)

    @property
    def luminance(self) -> float:
        def linear(part: float) -> float:
            share = part / 255
            return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

        return 0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)


def contrast_of(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def declarations(selector: str, sheet: str = TOKENS) -> dict[str, str]:
    """All custom properties in the blocks of exactly this selector, later ones last."""
    blocks = re.findall(rf"(?m)^{re.escape(selector)} \{{\n(.*?)^\}}", sheet, re.DOTALL)
    assert blocks, f"there is no block of {selector}"
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", "\n".join(blocks)))


def colours(contrast: str, scheme: int, trend: str) -> dict[str, Colour]:
    """The tokens as they are in force; ``scheme`` is 0 for light and 1 for dark."""
    values = declarations(":root")
    if contrast == "more":
        values |= declarations(':root[data-contrast="more"]')
    if trend == "red-up":
        values |= declarations(':root[data-trend-colours="red-up"]')

    def resolved(value: str) -> str:
        name = re.fullmatch(r"var\(--([\w-]+)\)", value)
        return resolved(values[name.group(1)]) if name else value

    pair = re.compile(r"light-dark\((#\w+|rgb\([^)]*\)), (#\w+|rgb\([^)]*\))\)")
    matches = {name: pair.fullmatch(resolved(value)) for name, value in values.items()}
    return {name: Colour.read(match.group(1 + scheme)) for name, match in matches.items() if match}


@pytest.mark.parametrize(("contrast", "scheme", "trend"), MODES)
def test_every_text_can_be_read_on_every_ground(contrast: str, scheme: int, trend: str):
    table = colours(contrast, scheme, trend)
    found = {
        (text, ground): round(contrast_of(table[text], table[ground]), 2)
        for text in TEXTS
        for ground in GROUNDS
    }
    for way in ("up", "down"):
        for ground in GROUNDS:
            lit = table[f"{way}-soft"].over(table[ground])
            found[way, f"{ground}, lit"] = round(contrast_of(table[way], lit), 2)
    found["warn", "warn-ground"] = round(contrast_of(table["warn"], table["warn-ground"]), 2)
    assert {pair: ratio for pair, ratio in found.items() if ratio < ENOUGH[contrast]} == {}


@pytest.mark.parametrize("scheme", [0, 1])
def test_in_high_contrast_lines_are_seen_as_well(scheme: int):
    table = colours("more", scheme, "green-up")
    assert contrast_of(table["line"], table["panel"]) >= 3


def test_the_systems_wish_for_contrast_is_the_persons_own():
    system = re.search(
        r"@media \(prefers-contrast: more\) \{\n  :root \{\n(.*?)\n  \}", TOKENS, re.DOTALL
    )
    assert system
    own = declarations(':root[data-contrast="more"]')
    assert dict(re.findall(r"--([\w-]+):\s*([^;]+);", system.group(1))) == own


def test_the_reversal_swaps_up_and_down_and_nothing_else():
    usual, reversed_ = colours("usual", 0, "green-up"), colours("usual", 0, "red-up")
    assert usual["up"] == reversed_["down"]
    assert usual["down"] == reversed_["up"]
    changed = {name for name in usual if usual[name] != reversed_[name]}
    assert changed == {"up", "down", "up-soft", "down-soft"}
