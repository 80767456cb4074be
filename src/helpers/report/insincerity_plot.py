"""Small multiples of shares as more and more of the answers are supposed to be insincere."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.report.words import label, share_text
from helpers.stats.estimates import Estimate

BAND = "#d5e3f0"
"""Light, and opaque: a band under its line, seen in grey print as well."""

NEAR = 10.0
"""Of each 100: closer to the start than this, a number would stand on that of the share printed."""


def insincerity_lines(
    rows: pd.DataFrame,
    *,
    tipping: pd.DataFrame,
    anchors: Mapping[str, Estimate],
    headings: dict[str, str],
) -> Chart:
    """One panel a share: how it falls as more of each 100 such answers are insincere.

    A dot and a number mark where the share reaches the claim; anchors of other studies stand as a
    dashed line (of each 100) or as a diamond on the line (so many points less).

    Parameters
    ----------
    rows : rows of `helpers.stats.bend.sensitivity.insincerity_band`, of each 100.
    tipping : rows of `helpers.stats.bend.tipping_tables.tipping_to_share` for the same shares.
    anchors : what other studies found, by a short name; in ``percent`` or in ``points``.
    headings : who asked and when, by ``group``; the order of the panels is that of ``rows``.

    Raises
    ------
    EstimationError
        A share has no tipping row or no heading, or an anchor another unit.
    """
    evidence_of(rows)
    goal = _check(rows, tipping, anchors, headings)
    key = ["group", "item"]
    turns = tipping.rename(columns={"estimate": "tipping"})[[*key, "tipping", "goal"]]
    sources = ";".join(anchor.source for anchor in anchors.values())
    joined = rows.merge(turns, on=key, how="left", validate="m:1")
    joined = joined.assign(source=joined["source"] + ";" + sources)
    known = tipping.dropna(subset=["estimate"])
    beneath = len(tipping) - len(known)
    also = f" Below it from the start: {beneath}." if beneath else ""
    claim = "half of all" if goal == 50 else f"{goal:g}%"
    alt = f"Small panels, one falling line for each of {len(tipping)} shares."
    alt += _extremes(known, headings, claim) + also
    return Chart(rows=joined, alt=alt, draw=partial(_draw, joined, dict(anchors), headings))


def _extremes(known: pd.DataFrame, headings: dict[str, str], claim: str) -> str:
    """The shares that reach the claim first and last."""
    if known.empty:
        return f" None is above {claim}, even as printed."
    least, most = known.loc[known["estimate"].idxmin()], known.loc[known["estimate"].idxmax()]
    several = len(set(known["item"])) > 1
    names = [
        label(row["item"]) if several else headings[row["group"]].split(",")[0]
        for row in (least, most)
    ]
    return (
        f" They reach {claim} if {share_text(least['estimate'])} ({names[0]}) to"
        f" {share_text(most['estimate'])} ({names[1]}) of each 100 such answers are insincere."
    )


def _check(
    rows: pd.DataFrame,
    tipping: pd.DataFrame,
    anchors: Mapping[str, Estimate],
    headings: dict[str, str],
) -> float:
    """The claim, if every share has all that its panel needs."""
    key = ["group", "item"]
    ours, theirs = (set(map(tuple, part[key].to_numpy())) for part in (rows, tipping))
    unnamed = sorted(set(rows["group"]) - set(headings))
    if ours != theirs or unnamed:
        raise EstimationError(
            f"panels would lack something; got {sorted(ours ^ theirs)} in one of the two frames and"
            f" groups {unnamed} without a heading; expected the same shares in both."
        )
    wrong = {
        name: row.unit for name, row in anchors.items() if row.unit not in ("percent", "points")
    }
    if wrong or len(set(tipping["goal"])) != 1:
        raise EstimationError(
            f"anchors and claim cannot be drawn; got units {wrong} and claims"
            f" {sorted(set(tipping['goal']))}; expected percent or points, and one claim."
        )
    return float(tipping["goal"].iloc[0])


def _draw(
    rows: pd.DataFrame, anchors: dict[str, Estimate], headings: dict[str, str], width: float
) -> Figure:
    narrow = width < drawing.NARROW
    shares = rows.drop_duplicates(["group", "item"])
    columns = 2 if narrow else 3
    down = -(-len(shares) // columns)
    titles = [
        _title(share, shares, headings, 25 if narrow else 43) for share in shares.itertuples()
    ]
    lines = 1 + max(title.count("\n") for title in titles)
    figure = drawing.canvas(width, 14 + (29 + 3.2 * lines) * down)
    grid = figure.subplots(down, columns, sharex=True, sharey=True, squeeze=False).ravel()
    low = min(rows["estimate"].min(), float(rows["goal"].iloc[0])) - 6
    high = rows[["estimate", "ci_high"]].max().max() + 10
    for place, (axes, share) in enumerate(zip(grid, shares.itertuples(), strict=False)):
        line = rows[(rows["group"] == share.group) & (rows["item"] == share.item)]
        _draw_panel(axes, line, anchors, first=place == 0)
        axes.set_title(titles[place], loc="left", fontsize=7.2, linespacing=1.15)
        axes.set_ylim(low, high)
    for place, axes in enumerate(grid):
        axes.set_visible(place < len(shares))
        # The lowest panel of a column carries the numbers, also where the last row is not full.
        axes.tick_params(labelbottom=len(shares) - columns <= place < len(shares))
    grid[(down - 1) * columns].set_xlabel("Insincere, of each 100 who gave the answer", loc="left")
    for place in range(0, len(shares), columns):
        grid[place].set_ylabel("% who mean it")
    return figure


def _title(share: Any, shares: pd.DataFrame, headings: dict[str, str], characters: int) -> str:
    """What was asked about, where that differs; who asked and when, where that differs."""
    parts = []
    if len(set(shares["item"])) > 1:
        parts.append(label(share.item))
    if len(set(shares["group"])) > 1:
        parts += headings[share.group].split(", ", 1)
    # A base is not torn from its sign: textwrap keeps what hard spaces join.
    joined = [part.replace("n = ", "n\u00a0=\u00a0") for part in parts]
    return "\n".join(line for part in joined for line in textwrap.wrap(part, characters))


def _draw_panel(
    axes: Axes, line: pd.DataFrame, anchors: dict[str, Estimate], *, first: bool
) -> None:
    goal, turn = float(line["goal"].iloc[0]), float(line["tipping"].iloc[0])
    axes.grid(visible=False)
    axes.fill_between(line["insincere"], line["ci_low"], line["ci_high"], color=BAND, linewidth=0)
    axes.axhline(goal, color=theme.QUIET, linewidth=0.8)
    axes.plot(line["insincere"], line["estimate"], color=theme.ACCENT, linewidth=1.2)
    printed = float(line["estimate"].iloc[0])
    _write(axes, share_text(printed), (0, printed), (3, 4), "left")
    for name, anchor in anchors.items():
        _draw_anchor(axes, name if first else "", anchor, printed)
    if pd.notna(turn) and turn <= line["insincere"].max():
        axes.plot([turn], [goal], marker="o", markersize=4.6, color=theme.ACCENT, zorder=3)
        # Near the start of the line its number stands below, clear of the share as printed.
        below = turn < NEAR
        _write(axes, share_text(turn), (turn, goal), (3, -4 if below else 4), "left", bold=True,
               top=below)  # fmt: skip
    if first:
        _write(axes, "half" if goal == 50 else f"{goal:g}%", (0, goal), (2, 1), "left")


def _draw_anchor(axes: Axes, name: str, anchor: Estimate, printed: float) -> None:
    """A dashed line at so many of each 100, or a diamond where the share is so many points less."""
    if anchor.unit == "percent":
        axes.axvline(anchor.estimate, color=theme.QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
        if name:
            at = axes.get_xaxis_transform()
            axes.annotate(name, (anchor.estimate, 0.03), xycoords=at, xytext=(3, 0), fontsize=7,
                          textcoords="offset points", va="bottom", color=theme.QUIET)  # fmt: skip
        return
    here = (100 * anchor.estimate / printed, printed - anchor.estimate)
    axes.plot([here[0]], [here[1]], marker="D", markersize=4.2, color=theme.INK,
              markerfacecolor="white", markeredgewidth=0.8, zorder=3)  # fmt: skip
    if name:
        # High enough for the number of the tipping point to stand below it.
        _write(axes, name, here, (5, 8), "left")


def _write(
    axes: Axes, text: str, at: tuple[float, float], shift: tuple[float, float], side: str,
    *, bold: bool = False, top: bool = False,
) -> None:  # fmt: skip
    axes.annotate(text, at, xytext=shift, textcoords="offset points", fontsize=7, ha=side,
                  va="top" if top else "bottom", color=theme.INK, annotation_clip=False,
                  fontweight="bold" if bold else "normal")  # fmt: skip
