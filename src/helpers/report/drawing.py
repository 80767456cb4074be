"""The drawing of each kind of chart, for a width in mm; called by the charts, inside the theme."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from helpers.report import theme
from helpers.report.words import label, share_text

MM_PER_INCH = 25.4
NARROW = 150
"""Below this width in mm, labels stand above what they name."""


def canvas(width: float, height: float) -> Figure:
    """An empty drawing of this size in mm. Its layout makes room for every label."""
    return Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), layout="constrained")


def diverging(
    shares: pd.DataFrame,
    negative: tuple[str, ...],
    positive: tuple[str, ...],
    apart: tuple[str, ...],
    width: float,
) -> Figure:
    """Draw stacked bars that diverge from the centre of the scale; others stand at the right."""
    narrow = width < NARROW
    step = 13.0 if narrow else 8.5
    figure = canvas(width, 26 + step * len(shares))
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


def dots(rows: pd.DataFrame, headings: dict[str, str], axis: str, width: float) -> Figure:
    """Draw blocks of dots under their headings, each with its nested intervals."""
    narrow = width < NARROW
    lines = len(headings) * (1.7 if narrow else 1) + len(rows.drop_duplicates(["group", "item"]))
    figure = canvas(width, 16 + 5.6 * lines)
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
    axes.annotate(share_text(estimate), (reach, place), xytext=(6, 0), textcoords="offset points",
                  va="center", fontsize=7, color=theme.QUIET)  # fmt: skip


def events(events: pd.DataFrame, highlight: str, width: float) -> Figure:
    """Draw one line of dots a kind; those of one kind stand out."""
    kinds = list(events["kind"].drop_duplicates())
    figure = canvas(width, 18 + 6.0 * len(kinds))
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
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if width < NARROW else 9, integer=True))
    axes.set_xlabel("Year", loc="right")
    return figure


def _moment(date: str) -> float:
    """A date as a decimal year; the middle of the year or month where that is all that is known."""
    year, *rest = (int(part) for part in date.split("-"))
    month = rest[0] - 1 if rest else 0
    day = rest[1] - 1 if len(rest) > 1 else 15
    return year + 0.5 if not rest else year + (month + day / 31) / 12
