"""Charts as values: the rows that are drawn, words for who cannot see them, and how to draw them.

A chart is drawn afresh for each width, so that text keeps its size from a phone to a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import theme
from helpers.report.words import label

MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a figure shows.

    Attributes
    ----------
    rows : the rows drawn, in the result shape; also the table, the CSV and the JSON of the figure.
    alt : 40 to 250 characters made from ``rows``: kind of chart, what is compared, the extremes.
    draw : from a width in mm to a drawing; call it inside `helpers.report.theme.drawing`.
    """

    rows: pd.DataFrame
    alt: str
    draw: Callable[[float], Figure]


def diverging_bars(
    rows: pd.DataFrame, *, negative: Sequence[str], positive: Sequence[str], apart: Sequence[str]
) -> Chart:
    """Full answer distributions: the scale diverges from its centre, other answers stand apart.

    Parameters
    ----------
    rows : result rows in percent; one a pair of ``item`` and ``level``.
    negative, positive : levels from the centre outwards.
    apart : levels off the scale, such as don't know; drawn in a panel of their own.

    Raises
    ------
    EstimationError
        A level of ``rows`` is named in none of the three lists: nothing is left out in silence.
    """
    evidence_of(rows)
    unnamed = sorted(set(rows["level"]) - {*negative, *positive, *apart})
    if unnamed:
        raise EstimationError(
            f"answers would be left out of the chart; got {unnamed}; expected every level in"
            " negative, positive or apart."
        )
    top = rows[rows["level"] == positive[-1]].sort_values("estimate", kind="stable")
    shares = rows.pivot_table(index="item", columns="level", values="estimate", observed=True)
    shares = shares.loc[list(top["item"])]
    least, most = top.iloc[0], top.iloc[-1]
    alt = (
        f"Diverging bars of answers about {len(shares)} bodies. “{label(positive[-1])}” runs from"
        f" {least['estimate']:.1f}% ({label(least['item']).lower()}) to {most['estimate']:.1f}%"
        f" ({label(most['item']).lower()}); answers off the scale stand in a panel of their own."
    )
    parts = partial(_draw_diverging, shares, tuple(negative), tuple(positive), tuple(apart))
    return Chart(rows=rows, alt=alt, draw=parts)


def interval_dots(rows: pd.DataFrame, *, headings: dict[str, str], axis: str, what: str) -> Chart:
    """Estimates as dots with intervals, one block a group; nested intervals where given several.

    Rows that differ only in ``n_eff`` are one dot: its widest interval is drawn thinnest. A row
    without an interval is a hollow dot.

    Parameters
    ----------
    rows : result rows of one unit.
    headings : the heading of each ``group``, in the order of the blocks from top to bottom; one
        without rows is left out.
    axis : label of the horizontal axis, with its unit.
    what : what the dots are, in a few words for the alternative text.
    """
    evidence_of(rows)
    headings = {group: text for group, text in headings.items() if group in set(rows["group"])}
    dots = rows.drop_duplicates(["group", "item"])
    least, most = dots.loc[dots["estimate"].idxmin()], dots.loc[dots["estimate"].idxmax()]
    unit = "%" if dots["unit"].iloc[0] == "percent" else " points"
    alt = (
        f"Dots with intervals: {what}, in {len(headings)} polls."
        f" Lowest {least['estimate']:.1f}{unit} ({label(least['item'])}, {_house(headings, least)}),"
        f" highest {most['estimate']:.1f}{unit} ({label(most['item'])}, {_house(headings, most)})."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw_dots, rows, headings, axis))


def _house(headings: dict[str, str], row: pd.Series) -> str:
    """The first words of a heading: alternative text is short."""
    return headings[row["group"]].split(",")[0]


def event_strip(events: pd.DataFrame, *, highlight: str) -> Chart:
    """Dated events as dots, one line a kind; the events of one kind stand out.

    Parameters
    ----------
    events : rows with ``date`` (ISO, any precision) and ``kind``. An event known only to its year
        or month is drawn at the middle of it.
    highlight : the kind that stands out.
    """
    evidence_of(events)
    years = events["date"].str[:4].astype(int)
    tally = events["kind"].value_counts()
    alt = (
        f"Strip of {len(events)} dated events by kind, {years.min()} to {years.max()}. Most are of"
        f" the kind “{tally.index[0]}” ({tally.iloc[0]}); {tally[highlight]} of the kind"
        f" “{highlight}” stand out."
    )
    return Chart(rows=events, alt=alt, draw=partial(_draw_events, events, highlight))


def _canvas(width: float, height: float) -> Figure:
    """An empty drawing of this size in mm. Its layout makes room for every label."""
    return Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), layout="constrained")


def _draw_diverging(
    shares: pd.DataFrame,
    negative: tuple[str, ...],
    positive: tuple[str, ...],
    apart: tuple[str, ...],
    width: float,
) -> Figure:
    narrow = width < 120
    step = 13.0 if narrow else 8.5
    figure = _canvas(width, 26 + step * len(shares))
    main, beside = figure.subplots(1, 2, sharey=True, width_ratios=(4.2, 1))
    heights = 0.5 if narrow else 0.66
    for axes, levels, direction in (
        (main, negative, -1),
        (main, positive, 1),
        (beside, apart, 1),
    ):
        left = pd.Series(0.0, index=shares.index)
        for level in levels:
            if level not in shares.columns:
                continue
            values = shares[level].fillna(0.0)
            colour, hatch = theme.APART.get(level) or (theme.DIVERGING[level], None)
            axes.barh(
                range(len(shares)), direction * values, left=left, height=heights, color=colour,
                hatch=hatch, edgecolor="white", linewidth=0.5,
            )  # fmt: skip
            left = left + direction * values
            if axes is beside:
                _write_beside(axes, left, values)
            elif direction > 0:
                _write_inside(axes, left - values / 2, values, dark=level == positive[-1])
    _write_distrust(main, shares.reindex(columns=list(reversed(negative))).fillna(0.0))
    main.axvline(0, color=theme.INK, linewidth=0.8)
    main.set_xlabel("← distrust   % of respondents   trust →")
    beside.set_xlabel("% off the scale")
    main.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    beside.set_xlim(0, 1.35 * float(shares.reindex(columns=list(apart)).sum(axis=1).max()))
    _name_rows(main, [label(item) for item in shares.index], above=narrow)
    order = [*reversed(negative), *positive, *apart]
    figure.legend(
        handles=[_swatch(level) for level in order if level in shares.columns],
        loc="outside upper left", ncols=2 if narrow else 6, frameon=False, handlelength=1.2,
        columnspacing=1.2,
    )  # fmt: skip
    return figure


def _write_inside(axes: Axes, centres: pd.Series, values: pd.Series, *, dark: bool) -> None:
    """Print each share in the middle of its bar, where the bar is wide enough."""
    for row, (centre, share) in enumerate(zip(centres, values, strict=True)):
        if share >= 8:
            axes.text(
                centre, row, f"{share:.1f}", ha="center", va="center", fontsize=7,
                color="white" if dark else theme.INK,
            )  # fmt: skip


def _write_beside(axes: Axes, ends: pd.Series, values: pd.Series) -> None:
    """Print each share behind its bar."""
    for row, (end, share) in enumerate(zip(ends, values, strict=True)):
        if share > 0:
            axes.annotate(
                f"{share:.1f}", (end, row), xytext=(2, 0), textcoords="offset points",
                va="center", fontsize=7,
            )  # fmt: skip


def _write_distrust(axes: Axes, shares: pd.DataFrame) -> None:
    """Print the shares left of the centre before their bars, which are too short to hold them."""
    for row, (_, values) in enumerate(shares.iterrows()):
        axes.annotate(
            " · ".join(f"{share:.1f}" for share in values), (-values.sum(), row), xytext=(-3, 0),
            textcoords="offset points", ha="right", va="center", fontsize=7,
        )  # fmt: skip
    axes.set_xlim(left=-2.2 * float(shares.sum(axis=1).max()) - 6)


def _name_rows(axes: Axes, names: Sequence[str], *, above: bool) -> None:
    """Name the rows at their left, or above each bar where the drawing is narrow."""
    if not above:
        axes.set_yticks(range(len(names)), names)
        return
    axes.set_yticks(range(len(names)), [""] * len(names))
    for row, name in enumerate(names):
        axes.annotate(
            name, (0, row + 0.3), xycoords=axes.get_yaxis_transform(), va="bottom", fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    axes.set_ylim(-0.5, len(names) - 0.1)


def _swatch(level: str) -> Patch:
    colour, hatch = theme.APART.get(level) or (theme.DIVERGING[level], None)
    return Patch(
        facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.5, label=label(level)
    )


def _draw_dots(rows: pd.DataFrame, headings: dict[str, str], axis: str, width: float) -> Figure:
    narrow = width < 120
    lines = len(headings) * (1.7 if narrow else 1) + len(rows.drop_duplicates(["group", "item"]))
    figure = _canvas(width, 16 + 5.6 * lines)
    axes = figure.subplots()
    place = 0.0
    names: list[tuple[float, str]] = []
    heads: list[tuple[float, str]] = []
    for group, heading in headings.items():
        heads.append((place - (0.35 if narrow else 0), heading))
        place -= 1.7 if narrow else 1
        block = rows[rows["group"] == group]
        order = block.drop_duplicates("item").sort_values("estimate", ascending=False)
        for item in order["item"]:
            _draw_dot(axes, block[block["item"] == item], place)
            names.append((place, label(item)))
            place -= 1
    axes.set_yticks([place for place, _ in names], [name for _, name in names])
    # Headings start at the left edge of the drawing; the labels of their items stand indented.
    edge = blended_transform_factory(figure.transFigure, axes.transData)
    for place_of, heading in heads:
        axes.text(
            0.008, place_of, heading.replace(", ", "\n", 1) if narrow else heading, va="center",
            transform=edge, fontsize=8, fontweight="bold", linespacing=1.15, in_layout=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    if rows["unit"].iloc[0] == "points":
        axes.axvline(0, color=theme.INK, linewidth=0.8)
    axes.set_ylim(place + 0.4, 0.7)
    axes.set_xlabel(axis, loc="right")
    axes.margins(x=0.06)
    return figure


def _draw_dot(axes: Axes, same: pd.DataFrame, place: float) -> None:
    """One dot; its intervals from the widest, drawn thinnest, to the narrowest, drawn thickest."""
    known = same.dropna(subset=["ci_low"]).sort_values("n_eff")
    for stroke, row in zip((0.6, 1.0, 1.5)[-len(known) :], known.itertuples(), strict=False):
        axes.plot([row.ci_low, row.ci_high], [place, place], color=theme.ACCENT, linewidth=stroke,
                  marker="|", markersize=3 + 3 * (1.5 - stroke), markeredgewidth=0.6)  # fmt: skip
    estimate = float(same["estimate"].iloc[0])
    axes.plot([estimate], [place], marker="o", markersize=4.6, color=theme.ACCENT,
              markerfacecolor=theme.ACCENT if len(known) else "white", zorder=3)  # fmt: skip
    reach = float(known["ci_high"].max()) if len(known) else estimate
    axes.annotate(f"{estimate:.1f}", (reach, place), xytext=(6, 0), textcoords="offset points",
                  va="center", fontsize=7, color=theme.QUIET)  # fmt: skip


def _draw_events(events: pd.DataFrame, highlight: str, width: float) -> Figure:
    kinds = list(events["kind"].drop_duplicates())
    figure = _canvas(width, 18 + 6.0 * len(kinds))
    axes = figure.subplots()
    moments = events["date"].map(_moment)
    for row, kind in enumerate(reversed(kinds)):
        chosen = events["kind"] == kind
        stands_out = kind == highlight
        axes.plot(
            moments[chosen], [row] * int(chosen.sum()), linestyle="none",
            marker="D" if stands_out else "o", markersize=4.4,
            color=theme.ACCENT if stands_out else theme.QUIET, markeredgecolor="white",
            markeredgewidth=0.4,
        )  # fmt: skip
    axes.set_yticks(range(len(kinds)), [label(kind) for kind in reversed(kinds)])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if width < 120 else 9, integer=True))
    axes.set_xlabel("Year", loc="right")
    return figure


def _moment(date: str) -> float:
    """A date as a decimal year; the middle of the year or month where that is all that is known."""
    year, *rest = (int(part) for part in date.split("-"))
    month = rest[0] - 1 if rest else 0
    day = rest[1] - 1 if len(rest) > 1 else 15
    return year + 0.5 if not rest else year + (month + day / 31) / 12
