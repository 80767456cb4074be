"""Rates against volume with the limits that chance alone would give: a funnel plot."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes
from helpers.stats.pool.funnel import funnel_curve

LEVEL = 2.0
"""Marks closer than this in points of percent share a line of text."""


@reason_passes
def funnel_plot(rows: pd.DataFrame, *, volume: str, rate: str) -> Chart:
    """Each body's rate at its volume; lines are the limits in which chance alone would leave it.

    Parameters
    ----------
    rows : what `helpers.stats.pool.funnel.funnel_limits` gives, one row a body.
    volume, rate : labels of the two axes, with their units.
    """
    evidence_of(rows)
    outside = rows[rows["place"] != "inside"]
    least, most = rows.loc[rows["estimate"].idxmin()], rows.loc[rows["estimate"].idxmax()]
    alt = (
        f"Funnel plot of {len(rows)} bodies, rate against volume. {len(outside)} lie outside the"
        f" limits of chance. Lowest {least['estimate']:.1f}% ({least['group']}), highest"
        f" {most['estimate']:.1f}% ({most['group']}); all together have {rows['target'].iloc[0]:.1f}%."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, volume, rate))


def _draw(rows: pd.DataFrame, volume: str, rate: str, width: float) -> Figure:
    narrow = width < drawing.NARROW
    figure = drawing.canvas(width, 92 if narrow else 84)
    axes = figure.subplots()
    low, high = int(rows["n"].min() * 0.6), int(rows["n"].max() * 1.9)
    target = float(rows["target"].iloc[0])
    curve = funnel_curve(target, n_min=max(1, low), n_max=high)
    for side in ("low", "high"):
        for level, style in (("inner", "--"), ("outer", "-")):
            axes.plot(curve["n"], curve[f"{level}_{side}"], color=theme.QUIET, linestyle=style,
                      linewidth=0.8)  # fmt: skip
    axes.axhline(target, color=theme.INK, linewidth=0.8)
    for row in rows.itertuples():
        inside = row.place == "inside"
        axes.plot([row.n], [row.estimate], marker="o" if inside else "D", markersize=5,
                  color=theme.QUIET if inside else theme.ACCENT)  # fmt: skip
    _name(axes, rows, narrow=narrow)
    axes.set_xscale("log")
    axes.set_xlim(max(1, low), high)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(visible=True, axis="y")
    axes.set_xlabel(volume, loc="right")
    axes.set_ylabel(rate)
    axes.annotate(f"all together, {target:.1f}", (max(1, low), target), xytext=(3, 2),
                  textcoords="offset points", ha="left", va="bottom", fontsize=7)  # fmt: skip
    return figure


def _name(axes: Axes, rows: pd.DataFrame, *, narrow: bool) -> None:
    """Name each body at the side of its mark where there is more room at its height."""
    ends = np.log([rows["n"].min() / 2, rows["n"].max() * 2])
    for row in rows.itertuples():
        near = rows[((rows["estimate"] - row.estimate).abs() < LEVEL) & (rows["n"] != row.n)]
        taken = np.sort([*np.log(near["n"].astype(float)), *ends])
        here = np.searchsorted(taken, np.log(row.n))
        at_left = np.log(row.n) - taken[here - 1] > taken[here] - np.log(row.n)
        axes.annotate(
            row.group if narrow else f"{row.group}, {row.estimate:.1f}", (row.n, row.estimate),
            xytext=(-6 if at_left else 6, 0), textcoords="offset points", fontsize=7,
            ha="right" if at_left else "left", va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.2}, zorder=3,
        )  # fmt: skip
