"""Simulated power over the size of a survey: a curve each, named at its right end."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes

MARKERS = ("o", "s", "^", "D", "v")
STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
INKS = (theme.ACCENT, "#a63603", "#1b7837", theme.INK, theme.QUIET)


@reason_passes
def power_curves(rows: pd.DataFrame, *, what: str, wanted: float = 80.0) -> Chart:
    """A curve for each value of ``curve``: dots with Monte Carlo intervals, joined by a line.

    Parameters
    ----------
    rows : result rows in percent with ``curve``, the label of a curve, and ``size``, the number of
        respondents; at most five curves.
    what : what the curves are, in a few words for the alternative text.
    wanted : the power drawn as a line across, in percent.

    Raises
    ------
    EstimationError
        A column is missing, there are too many curves, or the unit is not percent.
    """
    evidence_of(rows)
    absent = [name for name in ("curve", "size") if name not in rows.columns]
    if absent or set(rows["unit"]) != {"percent"} or rows["curve"].nunique() > len(MARKERS):
        raise EstimationError(
            f"power curves cannot be drawn; got no columns {absent}, units"
            f" {sorted(set(rows['unit']))}; expected percents, curve and size, and at most"
            f" {len(MARKERS)} curves. Take the rows of helpers.stats.views.power."
        )
    last = rows[rows["size"] == rows["size"].max()]
    least, most = last.loc[last["estimate"].idxmin()], last.loc[last["estimate"].idxmax()]
    alt = (
        f"Power curves: {what}, {rows['curve'].nunique()} curves over {rows['size'].min():,} to"
        f" {rows['size'].max():,} respondents. At the right end, power runs from"
        f" {least['estimate']:.0f}% ({least['curve']}) to {most['estimate']:.0f}% ({most['curve']})."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, wanted))


def _draw(rows: pd.DataFrame, wanted: float, width: float) -> Figure:
    narrow = width < drawing.NARROW
    figure = drawing.canvas(width, 92 if narrow else 84)
    axes = figure.subplots()
    names = list(dict.fromkeys(rows["curve"]))
    for place, name in enumerate(names):
        same = rows[rows["curve"] == name].sort_values("size")
        ink = INKS[place]
        # Beside each other, so that no interval covers another.
        where = same["size"] * (1 + 0.03 * (place - (len(names) - 1) / 2))
        axes.vlines(where, same["ci_low"], same["ci_high"], color=ink, linewidth=1.0)
        axes.plot(where, same["estimate"], color=ink, linestyle=STYLES[place], linewidth=1.2,
                  marker=MARKERS[place], markersize=4.2)  # fmt: skip
    axes.axhline(wanted, color=theme.INK, linewidth=0.6, linestyle=(0, (1, 2)))
    axes.annotate(f"{wanted:g}%", (0.0, wanted), xycoords=axes.get_yaxis_transform(),
                  xytext=(3, 2), textcoords="offset points", fontsize=7)  # fmt: skip
    sizes = sorted(set(rows["size"]))
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.set_xticks([], minor=True)
    axes.set_xlim(sizes[0] * 0.88, sizes[-1] * (1.15 if narrow else 1.1))
    axes.set_ylim(0, 103)
    axes.grid(visible=True, axis="both")
    axes.set_ylabel("Power, % of simulated samples")
    axes.set_xlabel("Respondents (each step doubles)", loc="right")
    if narrow:
        _name_above(figure, axes, names)
    else:
        _name_at_ends(axes, rows, names)
    return figure


def _name_at_ends(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    """Each name right of the last dot of its curve, moved apart where they would touch."""
    curves = rows.sort_values("size").groupby("curve", sort=False)["estimate"]
    last, middle = curves.last(), curves.mean()
    order = sorted(names, key=lambda name: (last[name], middle[name]))
    heights: list[float] = []
    for name in order:
        heights.append(max(float(last[name]), heights[-1] + 5.5 if heights else -np.inf))
    over = max(0.0, heights[-1] - 101)
    for at, (name, height) in enumerate(zip(order, heights, strict=True)):
        # Where the uppermost would leave the drawing, those that touch it move down with it.
        lowered = min(height, 101 - 5.5 * (len(order) - 1 - at)) if over else height
        axes.annotate(
            name, (1.035, lowered), xycoords=axes.get_yaxis_transform(), va="center", fontsize=7.5,
            color=INKS[names.index(name)], annotation_clip=False,
        )  # fmt: skip
        axes.plot([1.018], [lowered], transform=axes.get_yaxis_transform(), clip_on=False,
                  marker=MARKERS[names.index(name)], markersize=4.2, linestyle="none",
                  color=INKS[names.index(name)])  # fmt: skip


def _name_above(figure: Figure, axes: Axes, names: list[str]) -> None:
    """In a narrow drawing the names stand above it, each with its line and mark."""
    handles = axes.get_lines()[: len(names)]
    figure.legend(handles, names, loc="outside upper left", ncols=1, frameon=False,
                  handlelength=3.2, fontsize=7.5)  # fmt: skip
