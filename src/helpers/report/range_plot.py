"""The range in which a share may lie when some gave no answer: from the lowest to the highest."""

from __future__ import annotations

import textwrap
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.report.words import label, share_text

TREATMENTS = ("shown", "left out", "lowest", "highest")
MARKS = {"shown": ("o", theme.ACCENT), "left out": ("D", "white")}
"""Shape and filling: a full dot as printed, a hollow diamond without those who did not answer."""

_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
"""Behind text, so that no line runs through it."""


def range_plot(
    rows: pd.DataFrame,
    *,
    headings: dict[str, str],
    axis: str,
    what: str,
    claim: float | None = None,
) -> Chart:
    """Ranges from lowest to highest, one line an item, with the share shown and that left out.

    Thin lines go on to the outer limits of the intervals of both ends, where there are any.

    Parameters
    ----------
    rows : result rows of one unit with ``treatment``, at one design effect; each pair of ``group``
        and ``item`` has one row for ``shown``, ``lowest`` and ``highest``, and may have ``left out``.
    headings : the heading of each ``group``, in the order of the blocks from top to bottom.
    axis : label of the horizontal axis, with its unit.
    what : what the ranges are, in a few words for the alternative text.
    claim : a value that stands as a line through all blocks, such as one half.

    Raises
    ------
    EstimationError
        A treatment is unknown, missing or given twice, or a group has no heading.
    """
    evidence_of(rows)
    _check(rows, headings)
    wide = rows.pivot_table(index=["group", "item"], columns="treatment", values="estimate")
    span = wide["highest"] - wide["lowest"]
    unit = "%" if rows["unit"].iloc[0] == "percent" else " points"
    ends = [
        f"{kind} {share_text(wide.loc[at, 'lowest'])} to {share_text(wide.loc[at, 'highest'])}{unit}"
        f" ({label(at[1])})"
        for kind, at in (("narrowest", span.idxmin()), ("widest", span.idxmax()))
    ]
    alt = f"Ranges of {len(wide)} {what}, from lowest to highest: {ends[0]}, {ends[1]}."
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, headings, axis, claim))


def _check(rows: pd.DataFrame, headings: dict[str, str]) -> None:
    unknown = sorted(set(rows["treatment"]) - set(TREATMENTS))
    unnamed = sorted(set(rows["group"]) - set(headings))
    if unknown or unnamed:
        raise EstimationError(
            f"rows would be left out of the chart; got treatments {unknown} and groups {unnamed};"
            f" expected treatments of {list(TREATMENTS)} and a heading for each group."
        )
    for key, same in rows.groupby(["group", "item"], sort=False):
        given = sorted(same["treatment"])
        if given not in (sorted(TREATMENTS), ["highest", "lowest", "shown"]):
            raise EstimationError(
                f"a range cannot be drawn for {key}; got {given}; expected shown, lowest and highest"
                " once each, and at most one left out. Give rows at one design effect."
            )


def _draw(
    rows: pd.DataFrame, headings: dict[str, str], axis: str, claim: float | None, width: float
) -> Figure:
    narrow = width < drawing.NARROW
    present = {group: text for group, text in headings.items() if group in set(rows["group"])}
    step = 2.7 if narrow else 1.5
    items = len(rows.drop_duplicates(["group", "item"]))
    lines = step * items + len(present) * (2.6 if narrow else 1.3)
    figure = drawing.canvas(width, 16 + 5.2 * lines)
    axes = figure.subplots()
    edge = blended_transform_factory(figure.transFigure, axes.transData)
    place, names, first = 0.0, [], True
    for group, heading in present.items():
        axes.text(
            0.008, place, _wrapped(heading) if narrow else heading, va="center",
            transform=edge, fontsize=8, fontweight="bold", linespacing=1.15, in_layout=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}, zorder=4,
        )  # fmt: skip
        place -= 2.9 if narrow else 1.5
        block = rows[rows["group"] == group]
        shown = block[block["treatment"] == "shown"].sort_values("estimate", ascending=False)
        for item in shown["item"]:
            same = block[block["item"] == item].set_index("treatment")
            _draw_range(axes, same, place, explain=first)
            if narrow:
                axes.text(0.008, place + 1.4, label(item), transform=edge, fontsize=7.5,
                          va="center", in_layout=False, bbox=_PAPER)  # fmt: skip
            names.append((place, "" if narrow else label(item)))
            place -= step
            first = False
        place -= 0.2
    axes.set_yticks([at for at, _ in names], [name for _, name in names])
    if rows["unit"].iloc[0] == "points":
        axes.axvline(0, color=theme.INK, linewidth=0.8)
    if claim is not None:
        axes.axvline(claim, color=theme.QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set_ylim(place + 0.6, 1.2 if narrow else 0.9)
    axes.set_xlabel(axis, loc="right")
    # The numbers stand outside the ranges and need room of their own.
    reach = [rows["estimate"], rows["ci_low"], rows["ci_high"]]
    low, high = min(part.min() for part in reach), max(part.max() for part in reach)
    pad = (0.40 if narrow else 0.17) * (high - low)
    axes.set_xlim(low - pad, high + pad)
    return figure


def _wrapped(heading: str) -> str:
    """Who asked on a line of its own, then the rest, each no wider than a narrow drawing."""
    return "\n".join(
        line for part in heading.split(", ", 1) for line in textwrap.wrap(part, 50)
    )  # fmt: skip


def _draw_range(axes: Axes, same: pd.DataFrame, place: float, *, explain: bool) -> None:
    """One range: thin to the limits, thick between the ends, marks and numbers at their places."""
    low, high = same.loc["lowest"], same.loc["highest"]
    if pd.notna(low["ci_low"]) and pd.notna(high["ci_high"]):
        axes.plot([low["ci_low"], high["ci_high"]], [place, place], color=theme.ACCENT,
                  linewidth=0.6, marker="|", markersize=4, markeredgewidth=0.6)  # fmt: skip
    else:
        low, high = low.fillna({"ci_low": low["estimate"]}), high.fillna({"ci_high": high["estimate"]})  # fmt: skip
    axes.plot([same.loc["lowest", "estimate"], same.loc["highest", "estimate"]], [place, place],
              color=theme.ACCENT, linewidth=1.5, marker="|", markersize=7,
              markeredgewidth=1.0)  # fmt: skip
    for treatment, (marker, filling) in MARKS.items():
        if treatment in same.index:
            axes.plot([same.loc[treatment, "estimate"]], [place], marker=marker, markersize=4.6,
                      color=theme.ACCENT, markerfacecolor=filling, markeredgewidth=0.8,
                      zorder=3)  # fmt: skip
    at_end = same.loc["shown", "estimate"] == same.loc["lowest", "estimate"]
    word = {"left": "shown" if at_end else "lowest", "right": "highest"}
    for side, limit, end in (
        ("left", low["ci_low"], "lowest"),
        ("right", high["ci_high"], "highest"),
    ):
        number = share_text(same.loc[end, "estimate"])
        text = f"{word[side]} {number}" if explain and side == "left" else (
            f"{number} {word[side]}" if explain else number
        )  # fmt: skip
        axes.annotate(text, (limit, place), xytext=(-5 if side == "left" else 5, 0),
                      textcoords="offset points", va="center", fontsize=7,
                      ha="right" if side == "left" else "left", color=theme.INK,
                      bbox=_PAPER)  # fmt: skip
    middle = "left out" if at_end else "shown"
    if middle in same.index:
        number = share_text(same.loc[middle, "estimate"])
        axes.annotate(f"{middle} {number}" if explain else number,
                      (same.loc[middle, "estimate"], place), xytext=(0, 4),
                      textcoords="offset points", ha="center", va="bottom", fontsize=7,
                      color=theme.INK)  # fmt: skip
