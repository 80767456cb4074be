"""A specification curve: every path's estimate in order of size, and below it the choices that made it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.report.steady import steady_rows
from helpers.stats.estimates import reason_passes

UPPER = 48.0
"""Height in mm of the part with the estimates."""

LINE = 3.7
"""Height in mm of the line of one option, and of the heading of a choice."""

GAP = 0.4
"""Lines left free above a heading."""


@reason_passes
def specification_curve(
    rows: pd.DataFrame, *, choices: Mapping[str, str], axis: str, what: str
) -> Chart:
    """Estimates with their intervals from the lowest to the highest, one column a path.

    Filled dots have intervals that exclude no effect. A diamond stands for the main path. Below, a
    tick in the line of an option says that the path took it.

    Parameters
    ----------
    rows : those of `helpers.stats.bend.multiverse.multiverse` in one unit; paths without an estimate
        are kept in the data and not drawn. A column ``truth``, where it has a value, is drawn.
    choices : names of the choices with their headings, in the order from top to bottom; those with
        a single option are not drawn.
    axis : label of the vertical axis, with its unit.
    what : what was estimated, in a few words for the alternative text.

    Raises
    ------
    EstimationError
        A choice is no column of the rows, the units differ, or the main path has no estimate.
    """
    evidence_of(rows)
    absent = [name for name in choices if name not in rows.columns]
    # Equal estimates differ in their last bits, which may not decide the order.
    known = steady_rows(rows.dropna(subset=["estimate"])).sort_values(["estimate", "path"])
    if absent or len(set(known["unit"])) != 1 or int(known["main"].sum()) != 1:
        raise EstimationError(
            f"a specification curve cannot be drawn; got units {sorted(set(known['unit']))}, no"
            f" columns {absent} and {int(known['main'].sum())} main paths with an estimate; expected"
            " one unit, all choices and one main path. Take all rows of multiverse()."
        )
    known = known.reset_index(drop=True)
    shown = {name: head for name, head in choices.items() if len(set(rows[name])) > 1}
    ordered = pd.concat([known, rows[rows["estimate"].isna()]], ignore_index=True)
    return Chart(rows=ordered, alt=_alt(known, what), draw=partial(_draw, known, shown, axis))


def _alt(known: pd.DataFrame, what: str) -> str:
    main = known[known["main"]].iloc[0]
    digits = 1 if known["unit"].iloc[0] == "points" else 2
    low, high, chief = (
        f"{value:.{digits}f}".replace("-", "−")
        for value in (known["estimate"].iloc[0], known["estimate"].iloc[-1], main["estimate"])
    )
    clear = int(known["excludes_null"].fillna(value=False).astype(bool).sum())
    return (
        f"Specification curve of {len(known)} paths: {what}. Estimates run from {low} to {high}"
        f" {known['unit'].iloc[0]}, the main path gives {chief}. {clear} intervals exclude zero."
    )


def _draw(known: pd.DataFrame, choices: Mapping[str, str], axis: str, width: float) -> Figure:
    narrow = width < drawing.NARROW
    options = {name: list(dict.fromkeys(known.sort_values("path")[name])) for name in choices}
    # In a narrow drawing every option has a second line, for its name above its ticks.
    step = 1.9 if narrow else 1.0
    lines = sum(1.25 + GAP + step * len(labels) for labels in options.values())
    figure = drawing.canvas(width, UPPER + 12 + LINE * lines)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(UPPER, LINE * lines))
    _draw_estimates(upper, known, axis, narrow=narrow)
    _draw_options(lower, known, choices, options, step, narrow=narrow)
    main = int(known.index[known["main"]][0])
    for axes in (upper, lower):
        axes.axvline(main, color=theme.QUIET, linewidth=0.5, linestyle="--", zorder=0)
    lower.set_xlim(-0.02 * len(known) - 1, 1.02 * len(known))
    lower.set_xlabel("Paths, from the lowest estimate to the highest", loc="right")
    return figure


def _draw_estimates(axes: Axes, known: pd.DataFrame, axis: str, *, narrow: bool) -> None:
    place = np.arange(len(known))
    bounded = known.dropna(subset=["ci_low", "ci_high"])
    _upright(axes, bounded.index, bounded["ci_low"], bounded["ci_high"], color=theme.RULE,
             linewidth=0.3 if len(known) > 60 else 1.0, zorder=1)  # fmt: skip
    clear = known["excludes_null"].fillna(value=False).astype(bool).to_numpy()
    values = known["estimate"].to_numpy()
    size = 1.6 if len(known) > 60 else 3.4
    axes.plot(place[~clear], values[~clear], linestyle="none", marker="o", markersize=size,
              color=theme.QUIET, markerfacecolor="white", markeredgewidth=0.4, zorder=2)  # fmt: skip
    axes.plot(place[clear], values[clear], linestyle="none", marker="o", markersize=size + 0.6,
              color=theme.ACCENT, markeredgewidth=0.3, zorder=3)  # fmt: skip
    axes.axhline(0, color=theme.INK, linewidth=0.8, zorder=1)
    _draw_main(axes, known)
    _note_truth(axes, known, narrow=narrow)
    axes.set_ylabel(axis.replace(", ", ",\n"))
    axes.grid(visible=True, axis="y")
    axes.grid(visible=False, axis="x")
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.margins(y=0.12)
    key = "filled: the interval excludes zero;\nhollow: it contains zero" if narrow else (
        "filled: the interval excludes zero; hollow: it contains zero"
    )  # fmt: skip
    axes.annotate(key, (0.01, 0.985), xycoords="axes fraction", va="top", fontsize=7, zorder=5,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip


def _upright(axes: Axes, at: ArrayLike, low: ArrayLike, high: ArrayLike, **style: Any) -> None:
    """Upright strokes as one line with gaps: a fraction of the time and size of one path each."""
    x, bottom, top = np.broadcast_arrays(*(np.asarray(end, dtype=float) for end in (at, low, high)))
    gap = np.full(x.shape, np.nan)
    axes.plot(np.column_stack([x, x, gap]).ravel(), np.column_stack([bottom, top, gap]).ravel(),
              solid_capstyle="butt", **style)  # fmt: skip


def _draw_main(axes: Axes, known: pd.DataFrame) -> None:
    main = int(known.index[known["main"]][0])
    row = known.loc[main]
    if pd.notna(row["ci_low"]):
        axes.plot([main, main], [row["ci_low"], row["ci_high"]], color=theme.INK, linewidth=1.2,
                  zorder=4)  # fmt: skip
    axes.plot([main], [row["estimate"]], marker="D", markersize=4.6, color=theme.INK, zorder=5)
    left = main > len(known) / 2
    axes.annotate(
        "main path", (main, row["ci_low"] if pd.notna(row["ci_low"]) else row["estimate"]),
        xytext=(0, -4), textcoords="offset points", ha="right" if left else "left", va="top",
        fontsize=7, fontweight="bold", zorder=5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
    )  # fmt: skip


def _note_truth(axes: Axes, known: pd.DataFrame, *, narrow: bool) -> None:
    """The value that is true in the model, as a dashed line named at the right."""
    if "truth" not in known.columns or known["truth"].isna().all():
        return
    truth = float(known["truth"].dropna().iloc[0])
    axes.axhline(truth, color=theme.MARK_INK["simulated"], linewidth=1.2, linestyle=(0, (4, 2)),
                 zorder=4)  # fmt: skip
    axes.annotate(
        "dashed: true in the model" + ("" if narrow else ", no effect of its own"),
        (0.99, 0.02), xycoords="axes fraction", ha="right", va="bottom", fontsize=7, zorder=6,
        color=theme.MARK_INK["simulated"],
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
    )  # fmt: skip


def _draw_options(
    axes: Axes, known: pd.DataFrame, choices: Mapping[str, str],
    options: Mapping[str, list[str]], step: float, *, narrow: bool,
) -> None:  # fmt: skip
    """A line of ticks for each option, under the heading of its choice."""
    place, ticks = 0.0, list[float]()
    heads, names = list[tuple[float, str]](), list[tuple[str, bool]]()
    main = known[known["main"]].iloc[0]
    for name, labels in options.items():
        place -= GAP if heads else 0
        heads.append((place, choices[name]))
        place -= 1.25
        for label in labels:
            place -= step - 1
            took = np.flatnonzero((known[name] == label).to_numpy())
            _upright(axes, took, place - 0.32, place + 0.32, color=theme.ACCENT,
                     linewidth=0.3 if len(known) > 60 else 1.2)  # fmt: skip
            ticks.append(place)
            names.append((label, main[name] == label))
            place -= 1
    axes.grid(visible=False)
    axes.set_ylim(place + 0.4, 0.7)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    across = axes.get_yaxis_transform()
    if narrow:
        axes.set_yticks([])
    else:
        axes.set_yticks(ticks, [label for label, _ in names])
        for text, (_, chief) in zip(axes.get_yticklabels(), names, strict=True):
            text.set(fontsize=7, fontweight="bold" if chief else "normal")
    for where, head in heads:
        axes.text(0.0 if narrow else -0.01, where, head, transform=across, va="center",
                  ha="left" if narrow else "right", fontsize=7.5, fontstyle="italic",
                  color=theme.QUIET)  # fmt: skip
    for where, (label, chief) in zip(ticks if narrow else [], names, strict=False):
        axes.text(0.0, where + 0.86, label, transform=across, va="center", ha="left", fontsize=7,
                  fontweight="bold" if chief else "normal")  # fmt: skip
