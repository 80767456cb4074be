"""The twenty regions of Kazakhstan as tiles of one size, each near its place: a map without areas."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import Inapplicable, reason_passes

PLACES = {
    "Kostanay": (2, 0), "North Kazakhstan": (3, 0),
    "West Kazakhstan": (0, 1), "Aktobe": (1, 1), "Akmola": (3, 1), "Astana": (4, 1),
    "Pavlodar": (5, 1),
    "Atyrau": (0, 2), "Ulytau": (2, 2), "Karaganda": (3, 2), "Abay": (4, 2),
    "East Kazakhstan": (5, 2),
    "Mangystau": (0, 3), "Kyzylorda": (1, 3), "Turkistan": (2, 3), "Jambyl": (3, 3),
    "Almaty Region": (4, 3), "Jetisu": (5, 3),
    "Shymkent": (2, 4), "Almaty": (4, 4),
}  # fmt: skip
"""Column from the west and row from the north of each region in the borders since June 2022."""

TINTS = ("#f1f6fb", "#cfe0f1", "#9ec4e6", "#5c98cf", "#1f5fa6")
"""From few to many, in fifths of the largest; the number in the tile says it exactly."""


@reason_passes
def tile_map(rows: pd.DataFrame, *, what: str) -> Chart | Inapplicable:
    """A tile a region with its respondents, and below them its weighted share in percent.

    Parameters
    ----------
    rows : one a region, named in ``label``; respondents in ``cell_n``, the share in ``estimate``,
        as `helpers.stats.views.sample.region_shares` gives them.
    what : what the numbers are, in a few words for the alternative text.

    Returns
    -------
    `Inapplicable` where the regions are not those of the map. A region of the map without rows is
    a tile that says so.
    """
    evidence = evidence_of(rows)
    names = [tile_name(text) for text in rows["label"]]
    strange = sorted(set(names) - set(PLACES))
    if strange or len(set(names)) < len(names):
        reason = (
            f"the map has no single place for {', '.join(strange[:3]) or 'regions named twice'}"
        )
        return Inapplicable(reason, "tile_map", evidence)
    least, most = rows.loc[rows["cell_n"].idxmin()], rows.loc[rows["cell_n"].idxmax()]
    alt = (
        f"Tile map of {len(rows)} regions, one tile each: {what}. Fewest in"
        f" {tile_name(least['label'])} ({least['cell_n']:,}, {least['estimate']:.1f}%), most in"
        f" {tile_name(most['label'])} ({most['cell_n']:,}, {most['estimate']:.1f}%)."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows.assign(tile=names)))


def tile_name(region: str) -> str:
    """The name in the map: “Region” is left out, but where a city has the same name."""
    short = region.removesuffix(" Region")
    return region if short == "Almaty" else short


def _brief(name: str) -> str:
    """A name for a narrow tile: “North Kazakhstan” becomes “N. Kaz.”."""
    if name.endswith(" Kazakhstan"):
        return f"{name[0]}. Kaz."
    return name.replace(" Region", " R.")


def _draw(rows: pd.DataFrame, width: float) -> Figure:
    narrow = width < drawing.NARROW
    figure = drawing.canvas(width, (0.72 if narrow else 0.5) * width + 12)
    axes = figure.subplots()
    known = rows.set_index("tile")
    most = float(known["cell_n"].max())
    for name, (column, line) in PLACES.items():
        there = name in known.index
        number = int(known.loc[name, "cell_n"]) if there else 0
        tint = TINTS[min(int(len(TINTS) * number / most), len(TINTS) - 1)] if there else "white"
        axes.add_patch(
            Rectangle((column + 0.03, -line - 0.97), 0.94, 0.94, facecolor=tint,
                      edgecolor=theme.QUIET, linewidth=0.5)
        )  # fmt: skip
        ink = "white" if tint == TINTS[-1] else theme.INK
        axes.text(column + 0.5, -line - 0.13, _brief(name) if narrow else name, ha="center",
                  va="top", fontsize=7 if narrow else 7.5, color=ink)  # fmt: skip
        text = f"{number:,}" if there else "none"
        share = f"{known.loc[name, 'estimate']:.1f}%" if there else ""
        axes.text(column + 0.5, -line - 0.52, text, ha="center", va="center", fontsize=8.5,
                  fontweight="bold", color=ink)  # fmt: skip
        axes.text(
            column + 0.5, -line - 0.89, share, ha="center", va="bottom", fontsize=7, color=ink
        )
    axes.text(0.03, -0.1, "region\nrespondents\nweighted share", va="top", fontsize=7,
              color=theme.QUIET)  # fmt: skip
    axes.set_xlim(0, 6)
    axes.set_ylim(-5, 0)
    axes.set_axis_off()
    return figure
