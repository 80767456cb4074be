"""The size of tests: how often each rejects although nothing is there, around the nominal level."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes


@reason_passes
def size_dots(rows: pd.DataFrame, *, what: str) -> Chart:
    """A panel for each ``group``, in it a dot with its interval for each test (``item``).

    A dot whose interval lies above the nominal level is a filled triangle, one below it a hollow
    one, any other a filled circle.

    Parameters
    ----------
    rows : result rows in percent with ``nominal``, the level; the same tests in each group.
    what : what the tests are of, in a few words for the alternative text.

    Raises
    ------
    EstimationError
        The column ``nominal`` is missing, or a group lacks a test.
    """
    evidence_of(rows)
    if "nominal" not in rows.columns or len(set(rows.groupby("group")["item"].nunique())) != 1:
        raise EstimationError(
            f"sizes cannot be drawn; got columns {list(rows.columns)}; expected nominal, and every"
            " test in every group. Take the rows of helpers.stats.views.power.sizes_of_tests()."
        )
    level = float(rows["nominal"].iloc[0])
    most = rows.loc[rows["estimate"].idxmax()]
    above = int(rows["ci_low"].gt(level).sum())
    alt = (
        f"Dots with intervals: {what}, {rows['item'].nunique()} tests in"
        f" {rows['group'].nunique()} panels around the level of {level:g}%. {above} intervals lie"
        f" above it; the highest is {most['estimate']:.1f}% ({most['item'].lower()})."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, level))


def _draw(rows: pd.DataFrame, level: float, width: float) -> Figure:
    narrow = width < drawing.NARROW
    groups, tests = list(rows["group"].drop_duplicates()), list(rows["item"].drop_duplicates())
    panels = (len(groups), 1) if narrow else (1, len(groups))
    height = 6.0 * len(tests) + 8
    figure = drawing.canvas(width, 10 + height * panels[0])
    grid = figure.subplots(*panels, sharex=True, sharey=True, squeeze=False)
    for axes, group in zip(grid.flat, groups, strict=True):
        _draw_panel(axes, rows[rows["group"] == group].set_index("item"), tests, level)
        axes.set_title(group.replace(", ", ",\n", 1), loc="left", fontweight="bold", fontsize=8)
    grid.flat[0].set_xlim(0, 1.16 * float(rows["ci_high"].max()))
    for axes in grid[-1]:
        axes.set_xlabel("% of samples rejected", loc="right")
    return figure


def _draw_panel(axes: Axes, rows: pd.DataFrame, tests: list[str], level: float) -> None:
    axes.axvline(level, color=theme.INK, linewidth=0.8, linestyle="--")
    for place, test in enumerate(tests):
        row = rows.loc[test]
        above, below = row["ci_low"] > level, row["ci_high"] < level
        ink = "#a63603" if above else theme.ACCENT
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=ink, linewidth=1.2)
        axes.plot([row["estimate"]], [place], marker=">" if above else "<" if below else "o",
                  markersize=4.8, color=ink, markerfacecolor="white" if below else ink)  # fmt: skip
        axes.annotate(f"{row['estimate']:.1f}", (row["ci_high"], place), xytext=(4, 0),
                      textcoords="offset points", va="center", fontsize=7,
                      color=theme.QUIET)  # fmt: skip
    axes.set_yticks(range(len(tests)), tests)
    axes.set_ylim(len(tests) - 0.4, -0.6)
