"""Slopes of several outcomes with their intervals, and with each country left out in turn."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart

GROUND: Any = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
"""Behind labels that lines would cross."""


def left_out_dots(
    whole: pd.DataFrame, without: pd.DataFrame, *, axis: str, bound: float | None = None
) -> Chart:
    """A line an outcome: the slope with its interval, and below it a tick for each country left out.

    Parameters
    ----------
    whole : result rows, one an ``item``, in the order from top to bottom, in one unit.
    without : result rows of the same items and unit, one a country left out, whose name is in
        ``group`` and its code in ``iso3``.
    axis : label of the horizontal axis, with its unit.
    bound : where given, dashed lines at plus and minus this.

    Raises
    ------
    EstimationError
        The items or the units differ, or an item stands twice in ``whole``.
    """
    units = set(whole["unit"]) | set(without["unit"])
    if set(whole["item"]) != set(without["item"]) or len(units) != 1 or not whole["item"].is_unique:
        raise EstimationError(
            f"slopes cannot share a line; got {sorted(set(whole['item']))} with"
            f" {sorted(set(without['item']))} in {sorted(units)}; expected the same items, each"
            " once, in one unit."
        )
    whole, without = whole.reset_index(drop=True), without.reset_index(drop=True)
    shared = [column for column in whole.columns if column in without.columns]
    rows = pd.concat(
        [whole[shared].assign(left_out="none"), without[shared].assign(left_out=without["group"])],
        ignore_index=True,
    )
    evidence_of(rows)
    least, most = whole.loc[whole["estimate"].idxmin()], whole.loc[whole["estimate"].idxmax()]
    across = int(((whole["ci_low"] < 0) & (whole["ci_high"] > 0)).sum())
    alt = (
        f"Dots with intervals: slopes of {len(whole)} outcomes, from {least['item'].lower()}"
        f" ({_number(least['estimate'])}) to {most['item'].lower()} ({_number(most['estimate'])})."
        f" Intervals that contain zero: {across}. Ticks: each country left out."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, whole, without, axis, bound))


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _draw(
    whole: pd.DataFrame, without: pd.DataFrame, axis: str, bound: float | None, width: float
) -> Figure:
    narrow = width < drawing.NARROW
    figure = drawing.canvas(width, 20 + (19 if narrow else 14) * len(whole))
    axes = figure.subplots()
    axes.axvline(0, color=theme.INK, linewidth=0.8)
    for side in (-1, 1) if bound is not None else ():
        axes.axvline(side * float(bound or 0), color=theme.QUIET, linewidth=0.8, linestyle="--")
    for place, row in enumerate(whole.itertuples()):
        axes.plot([row.ci_low, row.ci_high], [-place, -place], color=theme.ACCENT, linewidth=1.5,
                  marker="|", markersize=5, markeredgewidth=0.8)  # fmt: skip
        axes.plot([row.estimate], [-place], marker="o", markersize=5, color=theme.ACCENT, zorder=3)
        axes.annotate(_number(row.estimate), (row.ci_high, -place), xytext=(5, 0), va="center",
                      textcoords="offset points", fontsize=7, color=theme.QUIET, bbox=GROUND)  # fmt: skip
        _ticks(axes, without[without["item"] == row.item], -place - 0.24)
    names = [f"{item}\n{group}" for item, group in zip(whole["item"], whole["group"], strict=True)]
    if narrow:
        axes.set_yticks([])
        for place, name in enumerate(names):
            axes.text(0, -place + 0.22, name.replace("\n", ", "), transform=axes.get_yaxis_transform(),
                      fontsize=8, va="bottom", bbox=GROUND)  # fmt: skip
    else:
        axes.set_yticks([-place for place in range(len(whole))], names)
    axes.set_ylim(-len(whole) + 0.4, 0.75 if narrow else 0.45)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.set_xlabel(axis, loc="right")
    axes.margins(x=0.07)
    return figure


def _ticks(axes: Axes, left: pd.DataFrame, place: float) -> None:
    """A tick for each country; the two that move the slope most are named by their code."""
    axes.plot(left["estimate"], [place] * len(left), linestyle="none", marker="|", markersize=5,
              markeredgewidth=0.7, color=theme.INK)  # fmt: skip
    for end, side in ((left["estimate"].idxmin(), -1), (left["estimate"].idxmax(), 1)):
        row = left.loc[end]
        axes.annotate(
            row["iso3"], (row["estimate"], place), xytext=(4 * side, 0), va="center",
            textcoords="offset points", fontsize=7, ha="right" if side < 0 else "left",
            bbox=GROUND,
        )  # fmt: skip
