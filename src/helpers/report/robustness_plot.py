"""Bayes factors over the width of their prior: what a conclusion owes to that choice."""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes

STRONG = (3.0, 10.0)
"""Bayes factors at which a line is drawn on either side of 1."""

DASHES: tuple[Any, ...] = ("-", (0, (4, 2)), (0, (1, 1.4)))


@reason_passes
def robustness_plot(rows: pd.DataFrame, *, usual: float, what: str, most: float = 100.0) -> Chart:
    """One panel a claim, one curve a series: the Bayes factor for no effect over the prior's width.

    Above 1 the data favour none, below 1 an effect; both axes are logarithmic. A curve that leaves
    the panel is cut at its edge, where its end is written.

    Parameters
    ----------
    rows : ``label series scale log_bf10`` with evidence and source, ordered by scale.
    usual : the width of the prior in common use, marked by an upright line.
    what : what is compared, in a few words for the alternative text.
    most : the largest factor drawn, for and against.

    Raises
    ------
    EstimationError
        A column is missing, or there are more series than line styles.
    """
    evidence_of(rows)
    missing = [
        name for name in ("label", "series", "scale", "log_bf10") if name not in rows.columns
    ]
    if missing or rows["series"].nunique() > len(DASHES):
        raise EstimationError(
            f"curves cannot be drawn; got no {missing} and {rows.get('series', pd.Series()).nunique()}"
            f" series; expected label, series, scale and log_bf10, and at most {len(DASHES)} series."
        )
    return Chart(rows=rows, alt=_alt(rows, what), draw=partial(_draw, rows, usual, most))


def _alt(rows: pd.DataFrame, what: str) -> str:
    ends = -rows["log_bf10"] / math.log(10)
    claims = rows["label"].nunique()
    low, high = (_factor(10.0 ** min(end, 99.0)) for end in (ends.min(), ends.max()))
    return (
        f"Curves of Bayes factors over the width of the prior, {claims} panels: {what}. Factors for"
        f" no effect run from {low} to {high}."
    )


def _factor(value: float) -> str:
    if value > 1e6:
        return "over a million"
    if value < 1e-6:
        return "under a millionth"
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"


def _draw(rows: pd.DataFrame, usual: float, most: float, width: float) -> Figure:
    narrow = width < drawing.NARROW
    claims = list(rows["label"].drop_duplicates())
    shape = (len(claims), 1) if narrow else (1, len(claims))
    figure = drawing.canvas(width, 18 + 44 * len(claims) if narrow else 76)
    grid = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False)
    series = list(rows["series"].drop_duplicates())
    edge = math.log10(most)
    for axes, claim in zip(grid.ravel(), claims, strict=True):
        _panel(axes, rows[rows["label"] == claim], series, usual, edge)
        axes.set_title(
            textwrap.fill(claim, 38 if narrow else 96 // len(claims)), loc="left", fontsize=8,
            fontweight="bold",
        )  # fmt: skip
    grid[0, 0].set_ylabel("Bayes factor for none")
    for axes in grid[1:, 0]:
        axes.set_ylabel("Bayes factor for none")
    grid[-1, -1].set_xlabel("width of the prior, standard deviations", loc="right")
    styles = [
        Line2D([], [], color=theme.ACCENT, linewidth=1.5, linestyle=DASHES[place], label=name)
        for place, name in enumerate(series)
    ]
    styles.append(
        Line2D([], [], color=theme.QUIET, linewidth=0.9, linestyle=":", label="usual width")
    )
    figure.legend(handles=styles, loc="outside upper left", ncols=1 if narrow else 3, frameon=False)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, series: list[str], usual: float, edge: float) -> None:
    axes.grid(visible=False)
    for factor in (1.0, *STRONG):
        for sign in (-1, 1):
            axes.axhline(sign * math.log10(factor), color=theme.INK if factor == 1 else theme.RULE,
                         linewidth=0.8)  # fmt: skip
    axes.axvline(usual, color=theme.QUIET, linewidth=0.9, linestyle=":")
    for place, name in enumerate(series):
        same = rows[rows["series"] == name]
        level = (-same["log_bf10"] / math.log(10)).clip(-edge, edge)
        axes.plot(same["scale"], level, color=theme.ACCENT, linewidth=1.5, linestyle=DASHES[place])
    for at, words, va in ((edge, "for none ↑", "top"), (-edge, "for an effect ↓", "bottom")):
        axes.annotate(words, (0.02, at), xycoords=axes.get_yaxis_transform(), ha="left", va=va,
                      fontsize=7, color=theme.QUIET)  # fmt: skip
    near = [math.log10(factor) for factor in STRONG]
    ticks = [-edge, *(-level for level in near), 0.0, *near, edge]
    axes.set_yticks(ticks, [_tick(tick) for tick in ticks])
    axes.set_xscale("log")
    axes.set_ylim(-edge - 0.05, edge + 0.05)
    shown = [width for width in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
             if rows["scale"].min() <= width <= rows["scale"].max()]  # fmt: skip
    axes.set_xticks(shown, [f"{width:g}" for width in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.tick_params(labelbottom=True)


def _tick(level: float) -> str:
    factor = 10 ** abs(level)
    return f"{factor:.0f}" if level >= 0 else f"1/{factor:.0f}"
