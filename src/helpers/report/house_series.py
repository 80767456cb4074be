"""Readings by date, each named with its house; those of one house are joined."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath

from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.pool.poll_studies import decimal_year
from helpers.stats.pool.study_rows import check_present

BREAK = 4.0
"""Years without a reading after which the axis of time is cut."""

MARKS = {"state-linked": "D", "independent": "o", "unknown": "s"}
SIZE = 7.0
MM = 72 / drawing.MM_PER_INCH
SPOTS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1),
         (1, 2), (-1, 2), (1, -2), (-1, -2), (1, 3), (-1, 3), (1, -3), (-1, -3),
         (0, 2), (0, -2), (0, 3), (0, -3), (0, 4), (0, -4), (0, 5), (0, -5))  # fmt: skip
"""Where a label may stand beside its mark, best first: direction, and lines up or down."""

Box = tuple[float, float, float, float]
Obstacle = tuple[float, float, float]
"""A point that a label should not cover, and how bad it would be."""


def house_series(rows: pd.DataFrame, *, axis: str, what: str) -> Chart:
    """Dated readings as marks with intervals; the mark says how the house stands to the state.

    Rows that differ only in ``deff`` are one reading. A reading without an interval is hollow.
    Where no reading was published for years, the axis of time is cut.

    Parameters
    ----------
    rows : rows of `helpers.stats.pool.poll_studies.poll_studies`, in percent.
    axis : label of the vertical axis, with its unit.
    what : what was read, in a few words for the alternative text.

    Raises
    ------
    EstimationError
        A reading has no date.
    """
    evidence_of(rows)
    check_present(rows, ["date", "house", "linkage", "wording"])
    marks = _readings(rows)
    least, most = marks.loc[marks["estimate"].idxmin()], marks.loc[marks["estimate"].idxmax()]
    alt = (
        f"{len(marks)} readings of {marks['house'].nunique()} houses by date,"
        f" {marks['date'].min()[:4]} to {marks['date'].max()[:4]}: {what}."
        f" Lowest {least['estimate']:.1f}% ({least['house']}, {least['date'][:4]}),"
        f" highest {most['estimate']:.1f}% ({most['house']}, {most['date'][:4]})."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, axis))


def _readings(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a reading, by date, with its place in time and its label."""
    marks = rows.drop_duplicates(["group", "level"]).sort_values("date", kind="stable")
    marks = marks.assign(time=[decimal_year(date) for date in marks["date"]])
    first = ~marks.duplicated(["house", "level"])
    approves = marks["wording"].astype(str).map({"trust": "", "approve": ", approves"})
    named = marks["house"] + approves + " " + marks["estimate"].map("{:.1f}".format)
    return marks.assign(text=named.where(first, marks["estimate"].map("{:.1f}".format)))


def _draw(rows: pd.DataFrame, axis: str, width: float) -> Figure:
    narrow = width < drawing.NARROW
    height = 150.0 if narrow else 112.0
    marks = _readings(rows)
    spans = _spans(marks["time"])
    figure = drawing.canvas(width, height)
    figure.set_layout_engine("none")
    left, right, bottom, top, gap = 9.0, 3.0, 12.0, 15.0 if narrow else 11.0, 3.0
    room = width - left - right - gap * (len(spans) - 1)
    lengths = np.array([high - low for low, high in spans])
    widths = np.maximum(lengths / lengths.sum() * room, 17.0 if narrow else 26.0)
    widths[int(lengths.argmax())] -= widths.sum() - room
    low = float(np.nanmin([rows["ci_low"].min(), rows["estimate"].min()])) - 3
    high = float(np.nanmax([rows["ci_high"].max(), rows["estimate"].max()])) + 3
    start = left
    for place, ((since, until), wide) in enumerate(zip(spans, widths, strict=True)):
        axes = figure.add_axes(
            (start / width, bottom / height, wide / width, (height - bottom - top) / height)
        )
        start += wide + gap
        held = marks[marks["time"].between(since, until)]
        axes.set_xlim(since, until + (1.1 if narrow and len(held) > 1 else 0))
        axes.set_ylim(low, high)
        axes.grid(visible=True, axis="y")
        axes.grid(visible=False, axis="x")
        years = range(int(since), int(until), 2 if narrow else 1)
        axes.set_xticks([*years], [str(year) for year in years])
        if place:
            axes.tick_params(axis="y", labelleft=False)
        same = rows[rows["group"].isin(held["group"])]
        _draw_marks(axes, same, held)
        _name(axes, held, same, (float(wide), height - bottom - top))
    _key(figure, marks, narrow=narrow)
    figure.text(0.008, 1 - 1.2 / height, axis, va="top", fontsize=8)
    figure.text(1 - right / width, 1.2 / height, "Year", ha="right", va="bottom", fontsize=8)
    return figure


def _spans(times: pd.Series) -> list[tuple[float, float]]:
    """The stretches of time that are drawn, cut where nothing was read for years."""
    ordered = sorted(times)
    cuts = [i for i in range(1, len(ordered)) if ordered[i] - ordered[i - 1] > BREAK]
    edges = [0, *cuts, len(ordered)]
    parts = [ordered[a:b] for a, b in pairwise(edges)]
    return [(np.floor(part[0]), np.ceil(part[-1] + 0.15)) for part in parts]


def _draw_marks(axes: Axes, rows: pd.DataFrame, marks: pd.DataFrame) -> None:
    """Lines of each house, then intervals, then marks."""
    for _, series in marks.groupby(["house", "level"], sort=False):
        axes.plot(series["time"], series["estimate"], color=theme.QUIET, linewidth=0.6, zorder=1)
    for mark in marks.itertuples():
        same = rows[(rows["group"] == mark.group) & (rows["level"] == mark.level)]
        known = same.dropna(subset=["ci_low"]).sort_values("n_eff")
        for stroke, row in zip((0.6, 1.0, 1.5)[-len(known) :], known.itertuples(), strict=False):
            axes.plot([mark.time, mark.time], [row.ci_low, row.ci_high], color=theme.ACCENT,
                      linewidth=stroke, zorder=2)  # fmt: skip
        axes.plot([mark.time], [mark.estimate], marker=MARKS.get(mark.linkage, "^"), markersize=4.8,
                  color=theme.ACCENT, markerfacecolor=theme.ACCENT if len(known) else "white",
                  zorder=3)  # fmt: skip


def _key(figure: Figure, marks: pd.DataFrame, *, narrow: bool) -> None:
    """What each mark means, above the drawing."""
    shapes = [
        Line2D([], [], linestyle="none", marker=MARKS.get(linkage, "^"), color=theme.ACCENT,
               markersize=4.8, label=linkage)
        for linkage in sorted(marks["linkage"].unique())
    ]  # fmt: skip
    hollow = Line2D([], [], linestyle="none", marker="o", color=theme.ACCENT, markersize=4.8,
                    markerfacecolor="white", label="hollow: n not published")  # fmt: skip
    figure.legend(
        handles=[*shapes, hollow], loc="upper left", frameon=False, handletextpad=0.1,
        bbox_to_anchor=(0.0, 1 - (4.2 if narrow else 4.0) / (figure.get_figheight() * 25.4)),
        ncols=2 if narrow else 4, columnspacing=1.0, borderpad=0.2, fontsize=7.5,
    )  # fmt: skip


def _name(axes: Axes, marks: pd.DataFrame, rows: pd.DataFrame, size: tuple[float, float]) -> None:
    """Write each label at the best free spot beside its mark; sizes are in points of type."""
    width, height = size
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    across, up = width * MM / (right - left), height * MM / (high - low)
    points = [((t - left) * across, (e - low) * up) for t, e in
              zip(marks["time"], marks["estimate"], strict=True)]  # fmt: skip
    taken: list[Box] = [(x - 3.4, y - 3.4, x + 3.4, y + 3.4) for x, y in points]
    top, lines = height * MM, list(_along(marks, points))
    for (x, _), mark in zip(points, marks.itertuples(), strict=True):
        own = rows[(rows["group"] == mark.group) & (rows["level"] == mark.level)]
        span = np.linspace(own["ci_low"].min(), own["ci_high"].max(), 25)
        lines.extend((x, (value - low) * up, 3.0) for value in span)
    order = sorted(range(len(points)), key=lambda i: -len(marks["text"].iloc[i]))
    for i in order:
        text = str(marks["text"].iloc[i])
        wide = TextPath((0, 0), text, size=SIZE, prop=FontProperties()).get_extents().width
        spots = [_spot(points[i], float(wide), spot) for spot in SPOTS]
        costs = [
            100 * sum(_overlap(box, other) for other in taken)
            + sum(c for x, y, c in lines if box[0] - 1 < x < box[2] + 1 and box[1] < y < box[3])
            + 1000 * (box[0] < -2 or box[2] > width * MM + 8 or min(box[1], top - box[3]) < 0)
            + 0.4 * rank
            + 5 * max(0, abs(SPOTS[rank][1]) - 1)
            for rank, box in enumerate(spots)
        ]
        best = spots[int(np.argmin(costs))]
        taken.append(best)
        axes.annotate(
            text, (best[0], best[1] + 1.5), xycoords="axes points", fontsize=SIZE, va="bottom",
            ha="left", zorder=1.5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.2},
        )  # fmt: skip


def _spot(point: tuple[float, float], width: float, spot: tuple[int, int]) -> Box:
    """The box of a label on one side of a mark."""
    side, lines = spot
    x = point[0] + {1: 5.0, 0: -width / 2, -1: -5.0 - width}[side]
    y = point[1] - 4.5 + lines * (9.0 if side == 0 else 7.0)
    return x, y, x + width, y + 9.0


def _overlap(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, tall) / 10


def _along(marks: pd.DataFrame, points: list[tuple[float, float]]) -> Iterator[Obstacle]:
    """Points along the lines that join the readings of a house."""
    keys = list(zip(marks["house"], marks["level"], strict=True))
    for key in dict.fromkeys(keys):
        own = [point for point, name in zip(points, keys, strict=True) if name == key]
        for (x0, y0), (x1, y1) in pairwise(own):
            for part in np.linspace(0, 1, 25):
                yield x0 + part * (x1 - x0), y0 + part * (y1 - y0), 1.0
