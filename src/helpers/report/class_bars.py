"""How many respondents fall into each class of a number, as bars with their counts."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes


@reason_passes
def class_bars(rows: pd.DataFrame, *, axis: str, what: str) -> Chart:
    """A bar a class whose area is its count: one that is twice as wide is half as high.

    Parameters
    ----------
    rows : result rows in counts with the ends of the classes in ``low`` and ``high``, in order.
    axis : label of the horizontal axis, with its unit.
    what : what is counted, in a few words for the alternative text.

    Raises
    ------
    EstimationError
        Rows are no counts, or classes overlap.
    """
    evidence_of(rows)
    overlap = (rows["low"].to_numpy()[1:] < rows["high"].to_numpy()[:-1]).any()
    if set(rows["unit"]) != {"count"} or overlap:
        raise EstimationError(
            f"classes cannot be drawn; got units {sorted(set(rows['unit']))} and"
            f" {'overlapping' if overlap else 'separate'} classes; expected counts of separate ones."
        )
    most = rows.loc[rows["estimate"].idxmax()]
    alt = (
        f"Bars of {what}: {int(rows['estimate'].sum()):,} respondents in {len(rows)} classes from"
        f" {rows['low'].iloc[0]:.2f} to {rows['high'].iloc[-1]:.2f}. The fullest class is"
        f" {most['low']:.2f} to {most['high']:.2f}, with {int(most['estimate']):,}."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, axis))


def _draw(rows: pd.DataFrame, axis: str, width: float) -> Figure:
    figure = drawing.canvas(width, 62)
    axes = figure.subplots()
    wide = (rows["high"] - rows["low"]).astype("float64")
    height = rows["estimate"].astype("float64") * wide.min() / wide
    axes.bar(rows["low"], height, width=wide, align="edge", color=theme.ACCENT, edgecolor="white",
             linewidth=0.8)  # fmt: skip
    for low, high, top, size in zip(
        rows["low"], rows["high"], height, rows["estimate"], strict=True
    ):
        axes.annotate(f"{int(size):,}", ((low + high) / 2, top), xytext=(0, 2), ha="center",
                      textcoords="offset points", va="bottom", fontsize=7)  # fmt: skip
    axes.axvline(1, color=theme.INK, linewidth=0.8, linestyle="--")
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5 if width < drawing.NARROW else 10))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(axis, loc="right")
    axes.margins(y=0.12)
    return figure
