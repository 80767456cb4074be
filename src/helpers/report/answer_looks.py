"""How the answers of an ordered scale look in bars: colour, hatching, and ink, for any number of them."""

from __future__ import annotations

from matplotlib.colors import to_hex, to_rgb

from helpers.report import theme

Look = tuple[str, str | None, str]
"""Colour, hatching and colour of the number in it."""

LOW, HIGH = ("#fdd0a2", "#a63603"), ("#6baed6", "#08306b")
"""From the answer next to the middle to the outermost."""

MIDDLE: Look = ("#ffffff", "....", theme.INK)


def looks(size: int, *, diverging: bool) -> tuple[Look, ...]:
    """Colours from lowest to highest: two hues about a dotted middle, or one hue."""
    if not diverging:
        return tuple((shade, None, _ink(shade)) for shade in _ramp("#e1ecf7", "#08306b", size))
    half = size // 2
    low = [(shade, None, _ink(shade)) for shade in reversed(_ramp(*LOW, half))]
    high = [(shade, None, _ink(shade)) for shade in _ramp(*HIGH, half)]
    return (*low, *([MIDDLE] if size % 2 else []), *high)


def _ramp(first: str, last: str, size: int) -> list[str]:
    (r, g, b), (red, green, blue) = to_rgb(first), to_rgb(last)
    steps = [k / (size - 1) if size > 1 else 0.6 for k in range(size)]
    return [
        to_hex((r + (red - r) * step, g + (green - g) * step, b + (blue - b) * step))
        for step in steps
    ]


def _ink(shade: str) -> str:
    red, green, blue = to_rgb(shade)
    return "white" if 0.3 * red + 0.59 * green + 0.11 * blue < 0.5 else theme.INK
