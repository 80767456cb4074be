"""Charts as values: the rows that are drawn, words for who cannot see them, and how to draw them.

A chart is drawn afresh for each width, so that text keeps its size from a phone to a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing
from helpers.report.words import label, share_text
from helpers.stats.estimates import reason_passes


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


@reason_passes
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
    parts = partial(drawing.diverging, shares, tuple(negative), tuple(positive), tuple(apart))
    return Chart(rows=rows, alt=alt, draw=parts)


@reason_passes
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
    shown = "Dots with intervals" if dots["ci_low"].notna().any() else "Dots without intervals"
    alt = (
        f"{shown}: {what}, in {len(headings)} block{'s' if len(headings) > 1 else ''}."
        f" Lowest {share_text(least['estimate'])}{unit} ({label(least['item'])}, {_house(headings, least)}),"
        f" highest {share_text(most['estimate'])}{unit} ({label(most['item'])}, {_house(headings, most)})."
    )
    return Chart(rows=rows, alt=alt, draw=partial(drawing.dots, rows, headings, axis))


def _house(headings: dict[str, str], row: pd.Series) -> str:
    """The first words of a heading: alternative text is short."""
    return headings[row["group"]].split(",")[0]


@reason_passes
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
    return Chart(rows=events, alt=alt, draw=partial(drawing.events, events, highlight))
