"""Adjusted p-values of families of tests on one axis: what the model has, and what it has not."""

from __future__ import annotations

import textwrap
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes
from helpers.stats.views.family_rows import LEVEL, NONE, SOME, UNKNOWN

SMALLEST = 1e-6
"""Smaller p-values stand at this end of the axis."""

MARKS = {NONE: ("o", "white"), SOME: ("D", theme.ACCENT), UNKNOWN: ("o", theme.QUIET)}
NAMES = {NONE: "no effect in the model", SOME: "effect in the model", UNKNOWN: "a test"}
NEAR, ROWS = 0.12, 4
"""Marks nearer than this in powers of ten stand in rows above each other, then side by side."""


@reason_passes
def p_value_strip(rows: pd.DataFrame) -> Chart:
    """One line a family, one mark a test, at its adjusted p-value on a logarithmic axis.

    Parameters
    ----------
    rows : of `helpers.stats.views.family_rows.family_rows`, several families one below the other.

    Raises
    ------
    EstimationError
        No row has a p-value.
    """
    evidence_of(rows)
    shown = rows[rows["p_adjusted"].notna()].reset_index(drop=True)
    if shown.empty:
        raise EstimationError("no test is left to draw; got no adjusted p-value; expected one.")
    nulls, effects = (shown[shown["in_model"] == kind] for kind in (NONE, SOME))
    alt = (
        f"Adjusted p-values of {len(shown)} tests in {shown['family'].nunique()} families;"
        f" {int(shown['rejected'].sum())} lie below {LEVEL:g}."
    )
    if len(nulls) or len(effects):
        alt += (
            f" Of {len(nulls)} tests without an effect in the model {int(nulls['rejected'].sum())}"
            f" do, of {len(effects)} with one {int(effects['rejected'].sum())}."
        )
    return Chart(rows=shown, alt=alt, draw=partial(_draw, shown))


def _draw(rows: pd.DataFrame, width: float) -> Figure:
    narrow = width < drawing.NARROW
    families = list(rows["family"].drop_duplicates())
    step = 1.75 if narrow else 1.0
    figure = drawing.canvas(width, 24 + 8.6 * step * len(families))
    axes = figure.subplots()
    edge = blended_transform_factory(figure.transFigure, axes.transData)
    for line, family in enumerate(families):
        _family(axes, rows[rows["family"] == family], -line * step)
        if narrow:
            axes.text(0.008, -line * step + 0.72, family, transform=edge, fontsize=7.5, zorder=4,
                      va="center", in_layout=False,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # fmt: skip
    axes.set_xscale("log")
    axes.axvline(LEVEL, color=theme.INK, linewidth=0.8)
    axes.annotate(f"{LEVEL:g}", (LEVEL, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
                  textcoords="offset points", fontsize=7, va="top")  # fmt: skip
    names = [textwrap.fill(family, 40) for family in families]
    axes.set_yticks([-line * step for line in range(len(families))],
                    [""] * len(families) if narrow else names)  # fmt: skip
    axes.set_ylim(-(len(families) - 1) * step - 0.6, 1.1)
    axes.set_xlim(SMALLEST / 1.8, 14)
    ticks = [1e-6, 1e-4, 1e-2, 1.0]
    axes.set_xticks(ticks, ["10⁻⁶ or less", "0.0001", "0.01", "1"])
    axes.minorticks_off()
    axes.set_xlabel("p, adjusted within its family", loc="right")
    known = [kind for kind in MARKS if (rows["in_model"] == kind).any()]
    figure.legend(handles=[_key(kind) for kind in known], loc="outside upper left", ncols=2,
                  frameon=False, handlelength=1.2)  # fmt: skip
    return figure


def _family(axes: Axes, rows: pd.DataFrame, height: float) -> None:
    """The marks of one family; those at one place stand side by side towards the right."""
    ordered = rows.sort_values(["p_adjusted", "in_model"], kind="stable")
    powers = np.log10(ordered["p_adjusted"].clip(SMALLEST, 1.0))
    start, held = -np.inf, 0
    for power, kind in zip(powers, ordered["in_model"], strict=True):
        near = power - start < NEAR and (10**start < LEVEL) == (10**power < LEVEL)
        start, held = (start, held + 1) if near else (power, 0)
        marker, face = MARKS[str(kind)]
        axes.plot(
            [10 ** (start + 1.35 * NEAR * (held // ROWS))],
            [height + 0.2 * (held % ROWS) - 0.3],
            marker=marker, markersize=4.2, color=theme.ACCENT, markerfacecolor=face,
            markeredgewidth=0.8,
        )  # fmt: skip


def _key(kind: str) -> Line2D:
    marker, face = MARKS[kind]
    return Line2D([], [], marker=marker, markersize=4.4, linewidth=0, color=theme.ACCENT,
                  markerfacecolor=face, label=NAMES[kind])  # fmt: skip
