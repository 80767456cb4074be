"""Places of countries in each wave as lines: one stands out, the others are named at their end."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart

OTHER = "#a9b0bb"


def rank_lines(rows: pd.DataFrame, *, highlight: str) -> Chart:
    """A panel an index: the place of each country in each wave, 1 at the top.

    Parameters
    ----------
    rows : what `helpers.stats.panel.index_paths.index_places` gives; every country in every wave.
    highlight : the country that stands out.

    Raises
    ------
    EstimationError
        The country is not among the rows, or a country lacks a wave of an index.
    """
    evidence_of(rows)
    waves = rows.groupby("item")["level"].nunique()
    held = rows.groupby(["item", "group"])["level"].nunique()
    gaps = [key for key, count in held.items() if count != waves[key[0]]]
    if highlight not in set(rows["group"]) or gaps:
        raise EstimationError(
            f"lines cannot be drawn; got {highlight!r} of {sorted(set(rows['group']))}, and"
            f" {len(gaps)} lines with gaps; expected a country among the rows, and none."
        )
    words = []
    for item in rows["item"].unique():
        line = _line_of(rows, item, highlight)
        first, last = line.iloc[0], line.iloc[-1]
        words.append(f"{item}, place {first['estimate']:g} to {last['estimate']:g}")
    years = rows["level"].astype(int)
    alt = (
        f"Lines of places of {rows['group'].nunique()} countries, {years.min()} to {years.max()}."
        f" {highlight} stands out: {'; '.join(words)}. Place 1 is the highest value."
    )
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, highlight))


def _line_of(rows: pd.DataFrame, item: str, country: str) -> pd.DataFrame:
    line = rows[(rows["item"] == item) & (rows["group"] == country)]
    return line.assign(year=line["level"].astype(int)).sort_values("year")


def _draw(rows: pd.DataFrame, highlight: str, width: float) -> Figure:
    items = list(rows["item"].unique())
    narrow = width < drawing.NARROW
    figure = drawing.canvas(width, 14 + 84 * (len(items) if narrow else 1))
    shape = (len(items), 1) if narrow else (1, len(items))
    for axes, item in zip(figure.subplots(*shape, squeeze=False).ravel(), items, strict=True):
        _panel(axes, rows, item, highlight)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, item: str, highlight: str) -> None:
    countries = [name for name in rows["group"].unique() if name != highlight]
    for country in [*countries, highlight]:
        line = _line_of(rows, item, country)
        ours = country == highlight
        axes.plot(
            line["year"], line["estimate"], color=theme.ACCENT if ours else OTHER,
            linewidth=1.5 if ours else 0.7, marker="o" if ours else None, markersize=3.6,
            zorder=3 if ours else 2,
        )  # fmt: skip
    years = sorted(rows["level"].astype(int).unique())
    last = rows[(rows["item"] == item) & (rows["level"] == str(years[-1]))]
    for place, same in last.groupby("estimate"):
        axes.annotate(
            ", ".join(same["group"]), (years[-1], place), xytext=(5, 0),
            textcoords="offset points", va="center", fontsize=7, annotation_clip=False,
            fontweight="bold" if highlight in set(same["group"]) else "normal",
        )  # fmt: skip
    size = int(rows["n"].max())
    axes.set_ylim(size + 0.5, 0.5)
    axes.set_yticks(range(1, size + 1))
    axes.tick_params(axis="both", labelsize=7)
    axes.set_xticks(years, [str(year) if at % 2 == 0 else f"’{year % 100:02d}"
                            for at, year in enumerate(years)])  # fmt: skip
    axes.grid(visible=True, axis="both")
    axes.set_title(f"{item}, place", loc="left", fontweight="bold", fontsize=8)
