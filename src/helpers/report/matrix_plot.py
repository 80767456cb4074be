"""Correlations as a heat map with numbers: estimates below the diagonal, the truth above it."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes

SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#9ecae1", theme.ACCENT])
"""Darker is farther from 0; a correlation below 0 is hatched besides."""

LEAST_CELL = 4.3
"""Millimetres that a number of two digits in 7 points needs."""

TWO_LINES = 6.6
"""Millimetres that a name of two lines needs."""

MOST = 40
"""Items that a heat map can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    names: list[str]
    blocks: list[str]
    estimate: np.ndarray
    truth: np.ndarray


@reason_passes
def matrix_plot(rows: pd.DataFrame, *, what: str) -> Chart:
    """Every pair as a cell: hundredths of the correlation, on a shade that grows with it.

    Below the diagonal stand estimates, above it the truth where it is known. Numbers are left out
    where the cells of a narrow drawing are too small for them; the table has them, with intervals.

    Parameters
    ----------
    rows : one row a pair, with ``first`` and ``second`` in words, ``estimate``, ``truth``, and
        ``block`` and ``second_block``, within which items stand together; blocks may be empty.
    what : what is correlated, in a few words for the alternative text.

    Raises
    ------
    EstimationError
        A pair is missing or stands twice, or there are more items than can be drawn.
    """
    evidence_of(rows)
    grid = _grid(rows)
    least, most = rows.loc[rows["estimate"].idxmin()], rows.loc[rows["estimate"].idxmax()]
    alt = (
        f"Heat map of correlations between {len(grid.names)} {what}. Highest"
        f" {most['estimate']:.2f} ({_short(most)}), lowest {least['estimate']:.2f}"
        f" ({_short(least)})."
    ).replace("-", "−")
    if rows["truth"].notna().any():
        alt += " The model's values stand above the diagonal."
    return Chart(rows=rows, alt=alt, draw=partial(_draw, grid))


def _short(row: pd.Series) -> str:
    return " and ".join(
        textwrap.shorten(str(row[name]), 24, placeholder="…") for name in ("first", "second")
    )


def _grid(rows: pd.DataFrame) -> _Grid:
    ends = pd.concat(
        [rows[["first", "block"]],
         rows[["second", "second_block"]].set_axis(["first", "block"], axis=1)]
    ).drop_duplicates("first")  # fmt: skip
    names, blocks = list(ends["first"]), [str(block) for block in ends["block"]]
    size = len(names)
    if len(rows) != size * (size - 1) // 2 or rows.duplicated(["first", "second"]).any():
        raise EstimationError(
            f"pairs are missing or repeated; got {len(rows)} of {size} items; expected"
            f" {size * (size - 1) // 2}, each once."
        )
    if size > MOST:
        raise EstimationError(
            f"too many items for a heat map; got {size}; expected at most {MOST}. Show fewer scales."
        )
    place = {name: k for k, name in enumerate(names)}
    estimate, truth = np.full((size, size), np.nan), np.full((size, size), np.nan)
    for row in rows.itertuples():
        low, high = sorted((place[str(row.first)], place[str(row.second)]))
        estimate[high, low], truth[low, high] = row.estimate, row.truth
    return _Grid(names=names, blocks=blocks, estimate=estimate, truth=truth)


def _draw(grid: _Grid, width: float) -> Figure:
    narrow = width < drawing.NARROW
    size = len(grid.names)
    labels = 10.0 if narrow else 62.0
    cell = min((width - labels - 4) / size, 12.0)
    lines = _key_lines(grid) if narrow else []
    height = cell * size + 16 + 3.4 * len(lines)
    figure = drawing.canvas(width, height)
    figure.set_layout_engine("none")
    axes = figure.add_axes((
        labels / width, 1 - (8 + cell * size) / height, cell * size / width,
        cell * size / height,
    ))  # fmt: skip
    for i in range(size):
        for j in range(size):
            value = grid.estimate[i, j] if i > j else grid.truth[i, j]
            _cell(axes, i, j, float(value), numbers=cell >= LEAST_CELL)
    for k in range(1, size):
        if grid.blocks[k] != grid.blocks[k - 1]:
            axes.axhline(k, color=theme.INK, linewidth=0.8)
            axes.axvline(k, color=theme.INK, linewidth=0.8)
    axes.set_xlim(0, size)
    axes.set_ylim(size, 0)
    axes.grid(visible=False)
    ticks = np.arange(size) + 0.5
    axes.set_xticks(ticks, [str(k + 1) for k in range(size)], fontsize=7)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=2)
    fits = textwrap.fill if cell >= TWO_LINES else textwrap.shorten
    names = [
        str(k + 1) if narrow else f"{fits(name, 36, placeholder='…')}  {k + 1}"
        for k, name in enumerate(grid.names)
    ]
    axes.set_yticks(ticks, names, fontsize=7)
    for k, line in enumerate(lines):
        figure.text(2 / width, (6.5 + 3.4 * (len(lines) - 1 - k)) / height, line, fontsize=7,
                    va="bottom")  # fmt: skip
    return figure


def _cell(axes: Axes, row: int, column: int, value: float, *, numbers: bool) -> None:
    """One correlation: its shade, a hatch below 0, and its hundredths where they fit."""
    if row == column:
        face: object = theme.RULE
    else:
        face = "white" if math.isnan(value) else SHADES(min(abs(value), 1.0))
    axes.add_patch(Rectangle(
        (column, row), 1, 1, facecolor=face, edgecolor="white", linewidth=0.4,
        hatch="////" if value < -0.005 else None,
    ))  # fmt: skip
    if numbers and row != column and not math.isnan(value):
        dark = sum(to_rgb(face)) < 1.5  # type: ignore[arg-type]
        text = f"{100 * value:.0f}".replace("-0", "0").replace("-", "−")
        axes.text(column + 0.5, row + 0.52, text, ha="center", va="center", fontsize=7,
                  color="white" if dark else theme.INK)  # fmt: skip


def _key_lines(grid: _Grid) -> list[str]:
    """The items by number, for a drawing too narrow for their names."""
    lines = []
    for k, name in enumerate(grid.names):
        lines += textwrap.wrap(f"{k + 1}  {name}", 62, subsequent_indent="     ")
    return lines
