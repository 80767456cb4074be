"""The map of an instrument: which hypothesis needs which construct, and how many items it has."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart

WHOLE, PART = "whole", "in part"


def need_map(rows: pd.DataFrame) -> Chart:
    """A grid of constructs by hypotheses: a dot where one is needed, hollow where it is so in part.

    Parameters
    ----------
    rows : what `helpers.data.instrument.instrument_needs` gives; a construct without a hypothesis
        has a line without dots.

    Raises
    ------
    EstimationError
        ``needed`` holds another word than `WHOLE` and `PART`, or a hypothesis without either.
    """
    evidence_of(rows)
    linked = rows.dropna(subset=["hypothesis"])
    strange = sorted({str(word) for word in linked["needed"]} - {WHOLE, PART})
    if strange or linked.empty:
        raise EstimationError(
            f"the map cannot be drawn; got {strange or 'no hypothesis'} as needed; expected"
            f" {WHOLE!r} or {PART!r} for each hypothesis."
        )
    by = linked.groupby("construct", sort=False)["hypothesis"].agg(list)
    most = [
        f"{construct.lower()} ({', '.join(names)})"
        for construct, names in by.items()
        if len(names) == by.map(len).max()
    ]
    hypotheses = linked["hypothesis"].nunique()
    unneeded = rows.loc[rows["hypothesis"].isna(), "construct"]
    alt = (
        f"Grid of {rows['construct'].nunique()} constructs of the instrument by {hypotheses}"
        f" {'hypothesis' if hypotheses == 1 else 'hypotheses'}. Needed most: {'; '.join(most)}."
        + (f" By none: {', '.join(unneeded).lower()}." if len(unneeded) else "")
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows))


def _draw(rows: pd.DataFrame, width: float) -> Figure:
    narrow = width < drawing.NARROW
    constructs = rows.drop_duplicates("construct")
    columns = sorted(rows["hypothesis"].dropna().unique(), key=lambda name: (len(name), name))
    figure = drawing.canvas(width, 20 + (9.5 if narrow else 6.6) * len(constructs))
    axes = figure.subplots()
    for place, construct in enumerate(constructs["construct"]):
        _dots(axes, rows[rows["construct"] == construct], columns, place)
    axes.set_xlim(-0.9 if narrow else -0.6, len(columns) - 0.4)
    axes.set_ylim(len(constructs) - 0.4, -0.9 if narrow else -0.6)
    axes.set_xticks(range(len(columns)), columns)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, labelsize=8)
    axes.spines[:].set_visible(False)
    axes.grid(visible=True, axis="y")
    _name(axes, constructs, narrow=narrow)
    axes.set_xlabel("● needed   ○ needed, and covered in part", loc="right", fontsize=7.5)
    return figure


def _dots(axes: Axes, same: pd.DataFrame, columns: list[str], place: int) -> None:
    for row in same.dropna(subset=["hypothesis"]).itertuples():
        axes.plot(
            [columns.index(row.hypothesis)], [place], marker="o", markersize=6.5,
            color=theme.ACCENT, markeredgewidth=1.2, zorder=3,
            markerfacecolor=theme.ACCENT if row.needed == WHOLE else "white",
        )  # fmt: skip


def _name(axes: Axes, constructs: pd.DataFrame, *, narrow: bool) -> None:
    """Name the lines with their number of items, at their left or, where narrow, above them."""
    names = [
        f"{row.construct}  {row.items} {'item' if row.items == 1 else 'items'}"
        for row in constructs.itertuples()
    ]
    if not narrow:
        axes.set_yticks(range(len(names)), names)
        return
    axes.set_yticks(range(len(names)), [""] * len(names))
    for place, name in enumerate(names):
        axes.annotate(
            name, (0, place - 0.28), xycoords=axes.get_yaxis_transform(), va="bottom", fontsize=7.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        )  # fmt: skip
