"""Estimates as dots with nested intervals, in blocks whose rows keep their order, such as time."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.report.words import share_text

STROKES = (0.6, 1.0, 1.5)
"""Widths in points of nested intervals, from the widest interval to the narrowest."""

HEADING = (104, 46)
"""Letters of a heading that fit on a line: of a wide drawing, and of a narrow one."""


def ordered_dots(
    rows: pd.DataFrame,
    *,
    block: str,
    headings: dict[str, str],
    names: dict[str, str],
    axis: str,
    what: str,
    reference: float | None = None,
    whole: tuple[float, float] | None = None,
) -> Chart:
    """Estimates in blocks, from top to bottom in the order of ``rows``.

    Rows that differ only in ``n_eff`` are one dot: its widest interval is drawn thinnest. A row
    without an interval is a hollow dot. No line joins the dots.

    Parameters
    ----------
    rows : result rows of one unit.
    block : column that tells the blocks apart, such as ``item``.
    headings : heading of each block, in the order of the blocks.
    names : the name of each row, by its ``group``.
    axis : label of the horizontal axis, with its unit.
    what : what the dots are, in a few words for the alternative text.
    reference : a value marked by a vertical line.
    whole : ends of the whole scale; a second panel then shows the dots on all of it.

    Raises
    ------
    EstimationError
        A block without heading, a row without name, or a heading without rows.
    """
    evidence_of(rows)
    for column, given in ((block, headings), ("group", names)):
        unnamed = sorted(set(rows[column]) - set(given))
        if unnamed:
            raise EstimationError(
                f"rows would stand without a name; got {column} {unnamed}; expected each in the"
                " headings or names."
            )
    empty = sorted(set(headings) - set(rows[block]))
    if empty:
        raise EstimationError(f"a heading has no rows; got {empty}; expected rows for each.")
    dots = rows.drop_duplicates([block, "group"])
    ends = [dots.loc[dots["estimate"].idxmin()], dots.loc[dots["estimate"].idxmax()]]
    least, most = (
        f"{_text(end)}{'%' if end['unit'] == 'percent' else ''}"
        f" ({_short(headings[end[block]])}, {names[end['group']]})"
        for end in ends
    )
    alt = f"Dots with intervals in {len(headings)} block{'s' if len(headings) > 1 else ''}: {what}. Lowest {least}, highest {most}."
    words = _Words(block=block, headings=headings, names=names, axis=axis, reference=reference)
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, words, whole))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What is written beside the dots, and the value that is marked."""

    block: str
    headings: dict[str, str]
    names: dict[str, str]
    axis: str
    reference: float | None


def _short(heading: str) -> str:
    """The first words of a heading: alternative text is short."""
    return heading.partition(":")[0].partition(" (")[0]


def _text(row: pd.Series) -> str:
    value = float(row["estimate"])
    return share_text(value) if row["unit"] in ("percent", "points") else f"{value:.3f}"


def _draw(
    rows: pd.DataFrame, words: _Words, whole: tuple[float, float] | None, width: float
) -> Figure:
    narrow = width < drawing.NARROW
    placed, heads, ticks, bottom = _places(rows, words, narrow=narrow)
    figure = drawing.canvas(width, 16 + 4.7 * -bottom)
    grid = figure.subplots(
        1, 1 if whole is None else 2, sharey=True, squeeze=False,
        width_ratios=None if whole is None else (3.2, 1),
    )  # fmt: skip
    main = grid[0, 0]
    for place, same in placed:
        _dot(main, same, place)
    for axes in grid[0]:
        if words.reference is not None:
            axes.axvline(words.reference, color=theme.INK, linewidth=0.8, linestyle="--", zorder=1)
    if whole is not None:
        _draw_whole(grid[0, 1], placed, whole)
    main.set_yticks([place for place, _ in placed], ticks)
    main.tick_params(axis="y", labelsize=7.5)
    edge = blended_transform_factory(figure.transFigure, main.transData)
    for place, heading in heads:
        main.text(
            0.008, place, heading, va="center", transform=edge, fontsize=8, fontweight="bold",
            linespacing=1.15, in_layout=False, zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    main.set_ylim(bottom, 0.8)
    main.set_xlabel(words.axis, loc="right")
    main.margins(x=0.1)
    return figure


def _places(
    rows: pd.DataFrame, words: _Words, *, narrow: bool
) -> tuple[list[tuple[float, pd.DataFrame]], list[tuple[float, str]], list[str], float]:
    """Where each dot and heading stands, the names of the dots, and the end of the drawing.

    A heading is broken where the drawing ends, and in a narrow one a name before “over”.
    """
    placed, heads, ticks, place = [], [], [], 0.0
    for key, text in words.headings.items():
        heading = textwrap.fill(text, HEADING[narrow])
        more = 0.75 * heading.count("\n")
        heads.append((place - more / 2, heading))
        place -= more + 0.1
        for _, same in rows[rows[words.block] == key].groupby("group", sort=False):
            name = words.names[same["group"].iloc[0]]
            name = name.replace(" over ", "\nover ") if narrow else name
            step = 1 + 0.6 * name.count("\n")
            placed.append((place - (1 + step) / 2, same))
            ticks.append(name)
            place -= step
        place -= 1.35
    return placed, heads, ticks, place + 0.5


def _draw_whole(
    axes: Axes, placed: list[tuple[float, pd.DataFrame]], whole: tuple[float, float]
) -> None:
    """The same dots on the whole scale, without their intervals."""
    for place, same in placed:
        axes.plot([same["estimate"].iloc[0]], [place], marker="o", markersize=3.2,
                  color=theme.ACCENT)  # fmt: skip
    axes.set_xlim(*whole)
    axes.set_xticks([whole[0], sum(whole) / 2, whole[1]])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("whole scale", loc="right")
    axes.tick_params(labelleft=False)


def _dot(axes: Axes, same: pd.DataFrame, place: float) -> None:
    """One dot; its intervals from the widest, drawn thinnest, to the narrowest, drawn thickest."""
    known = same.dropna(subset=["ci_low"]).sort_values("n_eff")
    for stroke, row in zip(STROKES[-len(known) :], known.itertuples(), strict=False):
        axes.plot([row.ci_low, row.ci_high], [place, place], color=theme.ACCENT, linewidth=stroke,
                  marker="|", markersize=3 + 3 * (1.5 - stroke), markeredgewidth=0.6)  # fmt: skip
    first = same.iloc[0]
    axes.plot([first["estimate"]], [place], marker="o", markersize=4.2, color=theme.ACCENT,
              markerfacecolor=theme.ACCENT if len(known) else "white", zorder=3)  # fmt: skip
    reach = float(known["ci_high"].max()) if len(known) else float(first["estimate"])
    axes.annotate(_text(first), (reach, place), xytext=(6, 0), textcoords="offset points",
                  va="center", fontsize=7, color=theme.QUIET)  # fmt: skip
