"""Studies one below the other, and what they say together: a forest plot."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.transforms import blended_transform_factory

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.report.words import when
from helpers.stats.estimates import Estimate, Inapplicable, to_frame
from helpers.stats.pool.pooling import Pooled

LINE = 5.8
"""Height of a line in mm; a narrow drawing has a second one for each label."""

STROKES = (0.6, 1.0, 1.5)


def reading_labels(
    rows: pd.DataFrame, readings: pd.DataFrame, *, blocks: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The rows of `helpers.stats.pool.poll_studies.poll_studies`, each with the label of its line.

    The label says who asked, when, and the wording where it is not trust.

    Parameters
    ----------
    readings : those that the rows were made from.
    blocks : heading of each ``item``, in the order of the blocks; those of other items are left
        out. Without it there is one block without a heading.
    """
    days = {poll.poll_id: when(poll) for poll in readings.itertuples()}
    approves = rows["wording"].astype(str).map({"trust": "", "approve": ", approves"})
    label = rows["house"] + approves + ", " + rows["group"].map(days)
    named = rows.assign(label=label, block="" if blocks is None else rows["item"].map(blocks))
    if blocks is None:
        return named
    place = named["item"].map({item: place for place, item in enumerate(blocks)})
    order = named.dropna(subset="block").assign(place=place).sort_values("place", kind="stable")
    return order.drop(columns="place").reset_index(drop=True)


def forest_plot(
    rows: pd.DataFrame, *, axis: str, what: str, together: Pooled | None = None
) -> Chart:
    """Estimates with their intervals, one a line, in the order given, and the pooled mean below.

    Rows that differ only in ``deff`` are one line: its widest interval is drawn thinnest. A row
    without an interval is a hollow mark. State-linked houses are diamonds, where rows say so.

    Parameters
    ----------
    rows : result rows of one unit with ``block``, the heading above a line, and ``label``; and
        ``stands``, where the linkage of a house is shown.
    axis : label of the horizontal axis, with its unit.
    what : what the lines are, in a few words for the alternative text.
    together : what the rows with an interval give together; its prediction is drawn too.

    Raises
    ------
    EstimationError
        The rows have no label, or mix units.
    """
    evidence_of(rows)
    missing = [column for column in ("block", "label") if column not in rows.columns]
    if missing or len(set(rows["unit"])) != 1:
        raise EstimationError(
            f"a forest plot cannot be drawn; got units {sorted(set(rows['unit']))} and no {missing};"
            " expected one unit, and the columns block and label. Use reading_labels()."
        )
    lines = rows.drop_duplicates(["block", "label"])
    summary = _summary(together)
    shown = rows if summary.empty else pd.concat([rows, summary], ignore_index=True)
    return Chart(
        rows=shown, alt=_alt(lines, summary, what), draw=partial(_draw, rows, summary, axis)
    )


def _summary(together: Pooled | None) -> pd.DataFrame:
    """The pooled mean and the interval of a further study, as rows."""
    if together is None:
        return to_frame([])
    parts: list[tuple[str, Estimate]] = [("Together", together.estimate)]
    if not isinstance(together.prediction, Inapplicable):
        parts.append(("A further poll", together.prediction))
    labels = [label for label, _ in parts]
    return to_frame(row for _, row in parts).assign(block="Together", label=labels)


def _alt(lines: pd.DataFrame, summary: pd.DataFrame, what: str) -> str:
    unit = "%" if lines["unit"].iloc[0] == "percent" else " points"
    least, most = lines.loc[lines["estimate"].idxmin()], lines.loc[lines["estimate"].idxmax()]
    alt = (
        f"Forest plot of {len(lines)} lines: {what}. From {_number(least['estimate'])}{unit}"
        f" ({least['label']}) to {_number(most['estimate'])}{unit} ({most['label']})."
    )
    if summary.empty:
        return alt
    mean = summary.iloc[0]
    return f"{alt} Together {mean['estimate']:.1f}{unit} ({mean['ci_low']:.1f} to {mean['ci_high']:.1f})."


def _number(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _draw(rows: pd.DataFrame, summary: pd.DataFrame, axis: str, width: float) -> Figure:
    narrow = width < drawing.NARROW
    step = 1.75 if narrow else 1.0
    blocks = [block for block in rows["block"].drop_duplicates() if block]
    lines = rows.drop_duplicates(["block", "label"])
    height = step * (len(lines) + len(summary)) + 1.1 * len(blocks) + 0.9 * (not summary.empty)
    figure = drawing.canvas(width, 15 + LINE * height)
    axes = figure.subplots()
    place, names = 0.0, []
    for block in rows["block"].drop_duplicates():
        if block:
            _write(figure, axes, place, block, bold=True)
            place -= 1.1
        for label, same in rows[rows["block"] == block].groupby("label", sort=False):
            place -= step - 1
            _draw_line(axes, same, place)
            names.append((place, str(label)))
            place -= 1
    if not summary.empty:
        axes.axhline(place + 0.4, color=theme.RULE, linewidth=0.8)
        place -= 0.4
        for row in summary.itertuples():
            place -= step - 1
            _draw_summary(axes, row, place)
            names.append((place, str(row.label)))
            place -= 1
        axes.axvline(float(summary["estimate"].iloc[0]), color=theme.INK, linewidth=0.6,
                     linestyle="--", zorder=1)  # fmt: skip
    if narrow:
        axes.set_yticks([])
        for where, name in names:
            _write(figure, axes, where + 0.75, name, bold=False)
    else:
        axes.set_yticks([where for where, _ in names], [name for _, name in names])
    if rows["unit"].iloc[0] == "points":
        axes.axvline(0, color=theme.INK, linewidth=0.8)
    axes.set_ylim(place + (0.4 if summary.empty else 0.1), 0.7)
    axes.set_xlabel(axis, loc="right")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.margins(x=0.09 if narrow else 0.05)
    return figure


def _write(figure: Figure, axes: Axes, place: float, text: str, *, bold: bool) -> None:
    """Text from the left edge of the drawing, on a line of the axes."""
    edge = blended_transform_factory(figure.transFigure, axes.transData)
    axes.text(
        0.008, place, text, va="center", transform=edge, fontsize=8 if bold else 7.5,
        fontweight="bold" if bold else "normal", in_layout=False, zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


def _draw_line(axes: Axes, same: pd.DataFrame, place: float) -> None:
    """One mark; its intervals from the widest, drawn thinnest, to the narrowest."""
    known = same.dropna(subset=["ci_low"]).sort_values("n_eff")
    for stroke, row in zip(STROKES[-len(known) :], known.itertuples(), strict=False):
        axes.plot([row.ci_low, row.ci_high], [place, place], color=theme.ACCENT, linewidth=stroke,
                  marker="|", markersize=3 + 3 * (1.5 - stroke), markeredgewidth=0.6)  # fmt: skip
    first = same.iloc[0]
    linked = "stands" in same.columns and first["stands"] == "state-linked"
    axes.plot([first["estimate"]], [place], marker="D" if linked else "o", markersize=4.6,
              color=theme.ACCENT, markerfacecolor=theme.ACCENT if len(known) else "white",
              zorder=3)  # fmt: skip
    reach = float(known["ci_high"].max()) if len(known) else float(first["estimate"])
    axes.annotate(
        _number(first["estimate"]), (reach, place), xytext=(6, 0), textcoords="offset points",
        va="center", fontsize=7, color=theme.QUIET, zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
    )  # fmt: skip


def _draw_summary(axes: Axes, row: object, place: float) -> None:
    """The mean as a diamond as wide as its interval; the prediction as a line alone."""
    low, middle, high = (float(getattr(row, name)) for name in ("ci_low", "estimate", "ci_high"))
    if getattr(row, "label", "") == "Together":
        corners = [(low, place), (middle, place + 0.26), (high, place), (middle, place - 0.26)]
        axes.add_patch(Polygon(corners, closed=True, facecolor=theme.INK, edgecolor="none"))
        axes.update_datalim([(low, place), (high, place)])
    else:
        axes.plot([low, high], [place, place], color=theme.INK, linewidth=1.0, marker="|",
                  markersize=6, markeredgewidth=0.8)  # fmt: skip
    text = f"{middle:.1f} ({low:.1f} to {high:.1f})" if getattr(row, "label", "") == "Together" else (
        f"{low:.1f} to {high:.1f}"
    )  # fmt: skip
    axes.annotate(
        text, ((low + high) / 2, place), xytext=(0, -9), textcoords="offset points", ha="center",
        va="center", fontsize=7, zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
    )  # fmt: skip
