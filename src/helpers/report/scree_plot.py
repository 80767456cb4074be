"""Eigenvalues beside those of chance: how many factors stand behind items."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes


@reason_passes
def scree_plot(rows: pd.DataFrame, *, what: str) -> Chart:
    """Eigenvalues from the largest, with the mean and the 95th percentile of dealt answers.

    Parameters
    ----------
    rows : of `helpers.stats.scales.factors.parallel_analysis`, in their order.
    what : whose eigenvalues these are, in a few words for the alternative text.

    Raises
    ------
    EstimationError
        The columns of chance are missing.
    """
    evidence_of(rows)
    missing = [name for name in ("chance_mean", "chance_high", "retained") if name not in rows]
    if missing:
        raise EstimationError(
            f"eigenvalues stand alone; got no column {missing}; expected those of"
            " parallel_analysis()."
        )
    kept = int(rows["retained"].sum())
    alt = (
        f"Line of {len(rows)} eigenvalues of {what}, from {rows['estimate'].max():.2f} to"
        f" {rows['estimate'].min():.2f}, beside those of dealt answers. {kept} lie above chance."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows))


def _draw(rows: pd.DataFrame, width: float) -> Figure:
    narrow = width < drawing.NARROW
    figure = drawing.canvas(width, 74 if narrow else 80)
    axes = figure.subplots()
    place = list(range(1, len(rows) + 1))
    kept = rows["retained"].to_numpy(dtype=bool)
    axes.plot(place, rows["chance_high"], color=theme.INK, linewidth=0.9, linestyle="-")
    axes.plot(place, rows["chance_mean"], color=theme.QUIET, linewidth=0.9, linestyle="--")
    axes.plot(place, rows["estimate"], color=theme.ACCENT, linewidth=0.9)
    for x, row, above in zip(place, rows.itertuples(), kept, strict=True):
        axes.plot([x], [row.estimate], marker="o", markersize=4.6, color=theme.ACCENT, zorder=3,
                  markerfacecolor=theme.ACCENT if above else "white")  # fmt: skip
        if above and (not narrow or x in (1, int(kept.sum()))):
            axes.annotate(f"{row.estimate:.2f}", (x, row.estimate), xytext=(5, 4), fontsize=7,
                          textcoords="offset points", va="bottom")  # fmt: skip
    last = rows.iloc[-1]
    for text, value, shift in (
        ("chance, 95th percentile", last["chance_high"], 8),
        ("chance, mean", last["chance_mean"], -2),
        ("answers", last["estimate"], -12),
    ):
        axes.annotate(text, (place[-1], value), xytext=(6, shift), textcoords="offset points",
                      fontsize=7, va="bottom", ha="left", annotation_clip=False)  # fmt: skip
    axes.set_xlim(0.5, len(rows) * (1.36 if narrow else 1.17) + 1.5)
    axes.set_xticks(place[:: 2 if narrow and len(rows) > 12 else 1])
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, axis="y")
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("Eigenvalue, from the largest", loc="left")
    axes.set_ylabel("Size")
    return figure
