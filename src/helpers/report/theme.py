"""How figures look: sizes, colours and type, set only inside a context that restores them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl

WIDE = 190.0
"""Width in mm of a figure across a journal page, and on a wide screen."""
NARROW = 90.0
"""Width in mm of a figure in one journal column, and on a phone."""

INK = "#1f2430"
QUIET = "#5b6472"
RULE = "#c9ced6"
ACCENT = "#08519c"

MARK_INK = {
    "published": QUIET, "simulated": "#a63603", "respondents": "#1b7837", "instrument": "#6a3d9a",
}  # fmt: skip
"""Colour of the evidence mark by kind: simulated figures must not look like found ones."""

DIVERGING = {
    "full-distrust": "#a63603",
    "rather-distrust": "#fdd0a2",
    "partial-trust": "#6baed6",
    "full-trust": "#08306b",
}
"""From distrust to trust; any two differ by at least 15 in lightness, so they survive grey print."""

APART = {"never-encountered": ("#d9d9d9", "////"), "dont-know": ("#8c8c8c", "\\\\\\\\")}
"""Answers beside the scale: grey, and told apart by their hatching."""

SETTINGS: Any = {
    # DejaVu Sans comes with matplotlib: the same glyphs, Kazakh letters too, on every machine.
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 8,
    "legend.fontsize": 7.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "xtick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.size": 0,
    "ytick.labelcolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.axisbelow": True,
    "grid.color": "#e6e9ee",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Same input, same bytes: ids in the SVG derive from this salt, and text is drawn as outlines.
    "svg.hashsalt": "listening-state",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in the style of the book, whatever the reader's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield
