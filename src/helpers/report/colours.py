"""How far apart colours are: for most readers, for three kinds of colour blindness, and in grey."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb

VISION = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
}  # fmt: skip
"""What each kind of colour blindness makes of linear red, green and blue, at its strongest.

Source: Machado, Oliveira & Fernandes 2009, doi 10.1109/TVCG.2009.113.
"""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
"""Linear sRGB to CIE XYZ, white D65 (IEC 61966-2-1)."""

Lab = tuple[float, float, float]


def lab(colour: Any, vision: str | None = None) -> Lab:
    """A colour in CIELAB, white D65, as seen with a kind of colour blindness where one is named."""
    rgb = np.array(to_rgb(colour), dtype=float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if vision is not None:
        linear = np.clip(np.array(VISION[vision]) @ linear, 0, 1)
    relative = _TO_XYZ @ linear / _TO_XYZ.sum(axis=1)
    x, y, z = np.where(
        relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116
    )
    return float(116 * y - 16), float(500 * (x - y)), float(200 * (y - z))


def least_difference(one: Any, other: Any) -> float:
    """The smallest CIEDE2000 difference of two colours over usual and colour-blind sight."""
    return min(ciede2000(lab(one, sight), lab(other, sight)) for sight in (None, *VISION))


def grey_difference(one: Any, other: Any) -> float:
    """How much lighter one of two colours is than the other, in L* from 0 to 100."""
    return abs(lab(one)[0] - lab(other)[0])


def ciede2000(one: Lab, other: Lab) -> float:
    """The difference CIEDE2000 of two colours in CIELAB.

    Source: Sharma, Wu & Dalal 2005, doi 10.1002/col.20070; their letters.
    """
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = (1 - math.sqrt(mean**7 / (mean**7 + 25**7))) / 2
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    if turn == -180 and h2 > h1:
        turn = 180.0
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = h1 + h2 if c1 * c2 == 0 else (h1 + h2) / 2
    if c1 * c2 and abs(h1 - h2) > 180:
        hm += 180 if h1 + h2 < 360 else -180
    t = (
        1 - 0.17 * _cos(hm - 30) + 0.24 * _cos(2 * hm) + 0.32 * _cos(3 * hm + 6)
        - 0.20 * _cos(4 * hm - 63)
    )  # fmt: skip
    sl = 1 + 0.015 * (lm - 50) ** 2 / math.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rt = (
        -2
        * math.sqrt(cm**7 / (cm**7 + 25**7))
        * math.sin(math.radians(60 * math.exp(-(((hm - 275) / 25) ** 2))))
    )
    l, c, h = dl / sl, dc / sc, dh / sh  # noqa: E741 the letters of the source
    return math.sqrt(l * l + c * c + h * h + rt * c * h)


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))
