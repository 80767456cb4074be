"""Whole answer distributions wave by wave: small multiples of diverging bars, one block a body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from helpers.report.words import label

BAR = 0.74
READABLE = 6.0
"""Shares smaller than this are printed beside their bar, not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """The answers on each side of the centre, from it outwards, and those off the scale."""

    negative: tuple[str, ...]
    positive: tuple[str, ...]
    apart: tuple[str, ...]


def wave_bars(
    rows: pd.DataFrame,
    *,
    headings: Mapping[str, str],
    waves: Mapping[str, str],
    negative: Sequence[str],
    positive: Sequence[str],
    apart: Sequence[str],
) -> Chart:
    """Full answer distributions, a block an item and in it a bar a wave.

    Parameters
    ----------
    rows : result rows in percent; one a triple of ``item``, ``group`` (the wave) and ``level``.
    headings : heading of each item, in the order of the blocks.
    waves : name of each wave, earliest first.
    negative, positive : levels from the centre outwards.
    apart : levels off the scale; drawn in a panel of their own, one of them an item.

    Raises
    ------
    EstimationError
        An item, a wave or a level of ``rows`` is not named, or an item has not every wave: nothing
        is left out in silence.
    """
    evidence_of(rows)
    for column, named in (
        ("item", [*headings]), ("group", [*waves]), ("level", [*negative, *positive, *apart]),
    ):  # fmt: skip
        unnamed = sorted(set(rows[column]) - set(named))
        if unnamed:
            raise EstimationError(
                f"answers would be left out of the chart; got {column} {unnamed}; expected some of"
                f" {named}."
            )
    full = rows[rows["level"] == positive[-1]]
    absent = [
        f"{item}: {wave}" for item in headings for wave in waves
        if len(full[(full["item"] == item) & (full["group"] == wave)]) != 1
    ]  # fmt: skip
    if absent:
        raise EstimationError(f"a bar is missing; got none for {absent}; expected every wave.")
    ends = [full.loc[full["estimate"].idxmin()], full.loc[full["estimate"].idxmax()]]
    least, most = (
        f"{end['estimate']:.1f}% ({label(end['item']).lower()}, {waves[end['group']]})"
        for end in ends
    )
    alt = (
        f"Diverging bars of answers about {len(headings)} bodies in {len(waves)} waves."
        f" “{label(positive[-1])}” runs from {least} to {most}; answers off the scale stand in a"
        " panel of their own."
    )
    scale = _Scale(negative=tuple(negative), positive=tuple(positive), apart=tuple(apart))
    shares = rows.pivot_table(index=["item", "group"], columns="level", values="estimate")
    return Chart(
        rows=rows, alt=alt, draw=partial(_draw, shares, dict(headings), dict(waves), scale)
    )


def _draw(
    shares: pd.DataFrame, headings: dict[str, str], waves: dict[str, str], scale: _Scale,
    width: float,
) -> Figure:  # fmt: skip
    narrow = width < drawing.NARROW
    head = 1.9 if narrow else 1.0
    lines = len(headings) * (len(waves) + head + 0.25) + 2.6
    figure = drawing.canvas(width, 14 + 4.6 * lines)
    main, beside = figure.subplots(1, 2, sharey=True, width_ratios=(3.6 if narrow else 4.4, 1))
    edge = blended_transform_factory(figure.transFigure, main.transData)
    place, ticks = 0.0, []
    for item, heading in headings.items():
        middle = place - (head - 1) / 2
        main.text(
            0.008, middle, heading.replace(" (", "\n(") if narrow else heading, va="center",
            transform=edge, fontsize=8, fontweight="bold", linespacing=1.15, in_layout=False,
            zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
        _name_apart(beside, shares.loc[item], scale, middle, narrow=narrow)
        place -= head
        for wave, name in waves.items():
            ticks.append((place, name))
            _bar(main, beside, shares.loc[(item, wave)].fillna(0.0), scale, place)
            place -= 1
        place -= 0.25
    main.axvline(0, color=theme.INK, linewidth=0.8)
    most = float(shares.reindex(columns=list(scale.apart)).sum(axis=1).max())
    beside.set_xlim(0, most * (2.2 if narrow else 1.5))
    distrust = float(shares.reindex(columns=list(scale.negative)).sum(axis=1).max())
    main.set_xlim(left=-distrust - (37 if narrow else 14))
    main.set_xticks([0, 25, 50, 75])
    main.set_xlabel("% of respondents")
    beside.set_xlabel("% off scale" if narrow else "% off the scale")
    main.set_yticks([at for at, _ in ticks], [name for _, name in ticks])
    main.tick_params(axis="y", labelsize=7, pad=1.5)
    main.set_ylim(place + 0.4, 2.7)
    _name_answers(main, shares.loc[(next(iter(headings)), next(iter(waves)))], scale, narrow=narrow)
    return figure


def _name_apart(
    axes: Axes, shares: pd.DataFrame, scale: _Scale, place: float, *, narrow: bool
) -> None:
    """Name the answers off the scale that this item offers."""
    names = [label(level).lower() for level in scale.apart if shares.get(level, pd.Series()).any()]
    text = " and ".join(names)
    axes.annotate(text.replace(" ", "\n") if narrow else text, (0, place), fontsize=7, va="center",
                  annotation_clip=False)  # fmt: skip


def _bar(main: Axes, beside: Axes, shares: pd.Series, scale: _Scale, place: float) -> None:
    """One wave: distrust to the left, trust to the right, answers off the scale beside."""
    for axes, levels, sign in (
        (main, scale.negative, -1), (main, scale.positive, 1), (beside, scale.apart, 1),
    ):  # fmt: skip
        end = 0.0
        for level in levels:
            share = float(shares.get(level, 0.0))
            if share <= 0:
                continue
            colour, hatch = theme.APART.get(level) or (theme.DIVERGING[level], None)
            axes.barh(place, sign * share, left=end, height=BAR, color=colour, hatch=hatch,
                      edgecolor="white", linewidth=0.5)  # fmt: skip
            dark = level == scale.positive[-1]
            if levels is scale.positive and share >= READABLE:
                axes.text(end + share / 2, place, f"{share:.1f}", ha="center", va="center",
                          fontsize=7, color="white" if dark else theme.INK)  # fmt: skip
            end += sign * share
            if levels is scale.apart:
                _after(axes, f"{share:.1f}", end, place, 1)
        if levels is scale.negative:
            printed = (float(shares.get(level, 0.0)) for level in reversed(levels))
            _after(axes, " · ".join(f"{share:.1f}" for share in printed), end, place, -1)


def _after(axes: Axes, text: str, end: float, place: float, side: int) -> None:
    """Print shares behind the end of their bars."""
    axes.annotate(text, (end, place), xytext=(3 * side, 0), textcoords="offset points",
                  ha="left" if side > 0 else "right", va="center", fontsize=7)  # fmt: skip


def _name_answers(axes: Axes, first: pd.Series, scale: _Scale, *, narrow: bool) -> None:
    """Name the answers once, above the first block, each over its own part of the bar."""
    gap = " ·\n" if narrow else " · "
    negative = gap.join(label(level).lower() for level in reversed(scale.negative))
    axes.annotate(f"{negative} ←", (0, 1.9), xytext=(-3, 0), textcoords="offset points",
                  ha="right", va="center", fontsize=7, annotation_clip=False)  # fmt: skip
    end = 0.0
    for height, level in zip((1.0, 1.9), scale.positive, strict=False):
        middle = end + float(first[level]) / 2
        axes.annotate(f"{label(level).lower()} ↓", (middle, height), ha="center", va="center",
                      fontsize=7, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip
        end += float(first[level])
