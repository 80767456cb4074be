"""Indices over the years, one small panel each, with first and last value written beside the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart

BAND = "#d6e2f0"
"""Of the intervals: a solid tint, which prints in grey as paler than the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A vertical axis: what it counts, its ends, and where it is labelled.

    With ``low`` above ``high`` the axis runs downwards.
    """

    unit: str
    low: float
    high: float
    ticks: tuple[float, ...]


SCALES = {
    "place": Scale(
        unit="place among 16 countries, 1 highest", low=16.5, high=0.5, ticks=(1, 8, 16)
    ),
    "governance": Scale(
        unit="governance scale; band: 95% interval", low=-1.8, high=0.4, ticks=(-1.5, -1, -0.5, 0)
    ),
    "share": Scale(unit="V-Dem scale, 0 to 1", low=0, high=1, ticks=(0, 0.5, 1)),
}
"""The whole range of places and of V-Dem; of governance, the part below the mean of the world."""


def small_multiples(
    parts: Sequence[pd.DataFrame],
    *,
    scales: Mapping[str, str],
    short: Mapping[str, str] | None = None,
) -> Chart:
    """One panel an index: its values over the years, with intervals where they are known.

    Parameters
    ----------
    parts : result rows of one country with the year in ``level``, such as
        `helpers.stats.panel.index_paths.index_path` gives; one row an ``item`` and year.
    scales : the key in `SCALES` of each ``item``, in the order wanted.
    short : a few words for an item in the alternative text.

    Raises
    ------
    EstimationError
        An index of the rows has no scale or a scale no rows; several countries, or two rows of
        one index and year; a value lies off its axis.
    """
    rows = pd.concat(parts, ignore_index=True)
    evidence_of(rows)
    _check(rows, scales)
    years = rows["level"].astype(int)
    words = []
    for item in scales:
        line = _line_of(rows, item)
        ends = [_number(value) for value in line["estimate"].iloc[[0, -1]]]
        words.append(f"{(short or {}).get(item, item.lower())} {ends[0]} to {ends[1]}")
    alt = (
        f"Lines for {rows['group'].iloc[0]}, {years.min()} to {years.max()}, first to last:"
        f" {'; '.join(words)}."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, scales))


def _line_of(rows: pd.DataFrame, item: str) -> pd.DataFrame:
    line = rows[rows["item"] == item]
    return line.assign(year=line["level"].astype(int)).sort_values("year")


def _check(rows: pd.DataFrame, scales: Mapping[str, str]) -> None:
    if set(rows["item"]) != set(scales):
        raise EstimationError(
            f"an index would be left out; got {sorted(set(rows['item']))} for the scales of"
            f" {sorted(scales)}; expected the same."
        )
    countries = sorted(set(rows["group"]))
    if len(countries) != 1 or rows.duplicated(["item", "level"]).any():
        raise EstimationError(
            f"a panel is one line; got {countries} and"
            f" {int(rows.duplicated(['item', 'level']).sum())} repeated years; expected one and none."
        )
    for item, key in scales.items():
        line, panel = rows[rows["item"] == item], SCALES[key]
        ends = line[["estimate", "ci_low", "ci_high"]].to_numpy(dtype="float64")
        low, high = sorted((panel.low, panel.high))
        if (ends < low).any() or (ends > high).any():
            raise EstimationError(
                f"{item!r} lies off its axis; expected all in {low:g} to {high:g}."
            )


def _draw(rows: pd.DataFrame, scales: Mapping[str, str], width: float) -> Figure:
    narrow = width < drawing.NARROW
    columns = 1 if narrow else 3
    lines = -(-len(scales) // columns)
    figure = drawing.canvas(width, 12 + (34 if narrow else 47) * lines)
    grid = figure.subplots(lines, columns, sharex=True, squeeze=False).ravel()
    years = rows["level"].astype(int)
    for axes, (item, key) in zip(grid, scales.items(), strict=False):
        _line(axes, _line_of(rows, item), item, SCALES[key])
        axes.set_xticks([year for year in range(years.min(), years.max() + 1) if year % 5 == 0])
        axes.set_xlim(years.min() - 5, years.max() + 4)
    for axes in grid[len(scales) :]:
        axes.set_axis_off()
    return figure


def _line(axes: Axes, line: pd.DataFrame, item: str, panel: Scale) -> None:
    known = line.dropna(subset=["ci_low"])
    if len(known):
        axes.fill_between(known["year"], known["ci_low"], known["ci_high"], color=BAND, linewidth=0)
    axes.plot(line["year"], line["estimate"], color=theme.ACCENT, linewidth=1.3, marker="o",
              markersize=2.6)  # fmt: skip
    for row, side in ((line.iloc[0], -1), (line.iloc[-1], 1)):
        axes.annotate(
            _number(row["estimate"]), (row["year"], row["estimate"]), xytext=(4 * side, 0),
            textcoords="offset points", ha="right" if side < 0 else "left", va="center", fontsize=7,
        )  # fmt: skip
    axes.set_ylim(panel.low, panel.high)
    axes.set_yticks(panel.ticks)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.tick_params(axis="y", labelsize=7)
    axes.tick_params(axis="x", labelsize=7, labelbottom=True)
    axes.grid(visible=True, axis="both")
    axes.set_title(f"{item}\n", loc="left", fontweight="bold", fontsize=8)
    axes.text(0, 1.03, panel.unit, transform=axes.transAxes, fontsize=7, color=theme.QUIET,
              va="bottom")  # fmt: skip


def _number(value: float) -> str:
    """Two decimals, or none for a place."""
    return f"{value:g}" if value == int(value) else f"{value:.2f}".replace("-", "−")
