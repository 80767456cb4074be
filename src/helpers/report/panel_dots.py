"""Estimates with intervals as dots, in panels side by side that share their lines, with truth marks."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.report.words import DIGITS, SUFFIX, label
from helpers.stats.estimates import reason_passes

LETTERS = {False: 46, True: 24}
"""Letters of a line's name before it is broken, in a wide drawing and in a narrow one."""

TRUTH = theme.MARK_INK["simulated"]
TRUTH_NAME = "truth in the model"


@reason_passes
def panel_dots(
    rows: pd.DataFrame,
    *,
    line: str,
    axis: str,
    what: str,
    panel: str | None = None,
    block: str | None = None,
    reference: float | str | None = None,
    dashed: str = "",
    truth: str = TRUTH_NAME,
    own_axes: bool = False,
) -> Chart:
    """One dot with its interval a line; beside it the unweighted estimate and the truth, if known.

    Parameters
    ----------
    rows : result rows of one unit, in the order from top to bottom. Where they have values in
        columns ``unweighted`` and ``truth``, those are hollow dots and upright ticks.
    line : column that names the lines.
    axis : label of the horizontal axes, with the unit.
    what : what the dots are, in a few words for the alternative text.
    panel : column of panels side by side, all with the same lines; None for one panel.
    block : column of headings under which lines stand.
    reference : a value marked by a dashed line, or the column whose median it is.
    dashed : what the dashed line is.
    truth : what the ticks are.
    own_axes : whether each panel has an axis around its own dots, all of the same length, so that
        distances can be compared between panels and levels are read off the axis.

    Raises
    ------
    EstimationError
        Two rows have one place, or rows differ in their unit.
    """
    evidence_of(rows)
    place = [column for column in (panel, block, line) if column is not None]
    if rows.duplicated(place).any() or len(set(rows["unit"])) != 1:
        twice = rows.loc[rows.duplicated(place), place].head(3).to_numpy().tolist()
        raise EstimationError(
            f"dots would cover each other; got {twice} twice, in {sorted(set(rows['unit']))};"
            " expected one row a line and panel, of one unit."
        )
    at = float(rows[reference].median()) if isinstance(reference, str) else reference
    words = _Words(panel=panel, block=block, line=line, axis=axis, reference=at, dashed=dashed,
                   truth=truth, own_axes=own_axes)  # fmt: skip
    return Chart(rows=rows, alt=_alt(rows, words, what), draw=partial(_draw, rows, words))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    panel: str | None
    block: str | None
    line: str
    axis: str
    reference: float | None
    dashed: str
    truth: str
    own_axes: bool

    def of(self, row: pd.Series) -> str:
        """The line and panel of a row, short."""
        parts = [row[self.line]] + ([label(row[self.panel])] if self.panel else [])
        return ", ".join(textwrap.shorten(str(part), 34, placeholder=" …") for part in parts)


def _alt(rows: pd.DataFrame, words: _Words, what: str) -> str:
    known = rows.dropna(subset=["estimate"])
    least, most = known.loc[known["estimate"].idxmin()], known.loc[known["estimate"].idxmax()]
    panels = f" in {rows[words.panel].nunique()} panels" if words.panel else ""
    ends = f"Lowest {_value(least)} ({words.of(least)}), highest {_value(most)} ({words.of(most)})."
    also = [
        name for name, column in (("unweighted dots", "unweighted"), ("truth marks", "truth"))
        if _has(rows, column)
    ]  # fmt: skip
    more = f" With {' and '.join(also)}." if also else ""
    text = f"Dots with intervals{panels}: {what}. {ends}"
    return text + (more if len(text + more) <= 250 else "")


def _has(rows: pd.DataFrame, column: str) -> bool:
    return column in rows.columns and bool(rows[column].notna().any())


def _value(row: pd.Series) -> str:
    digits = DIGITS.get(row["unit"], 2)
    return f"{row['estimate']:,.{digits}f}".replace("-", "−") + SUFFIX.get(row["unit"], "")


def _draw(rows: pd.DataFrame, words: _Words, width: float) -> Figure:
    narrow = width < drawing.NARROW
    keys = [None] if words.panel is None else list(rows[words.panel].drop_duplicates())
    across = min(len(keys), 2 if narrow else 4)
    places, heads, bottom = _places(rows, words, letters=LETTERS[narrow and across < 3])
    down = -(-len(keys) // across)
    titles = 0 if keys == [None] else 5
    figure = drawing.canvas(width, 14 + down * (9 + titles + 4.5 * -bottom))
    grid = figure.subplots(down, across, sharex=not words.own_axes, squeeze=False)
    for place, (axes, key) in enumerate(zip(grid.ravel(), keys, strict=False)):
        shown = rows if key is None else rows[rows[words.panel] == key]
        _panel(axes, shown, words, places, numbers=across == 1 or (not narrow and across < 3))
        axes.set_ylim(bottom, 0.8)
        first = place % across == 0
        ticks = [name for _, name in places.values()]
        axes.set_yticks([at for at, _ in places.values()], ticks if first else [""] * len(ticks))
        axes.tick_params(axis="y", labelsize=7.5)
        axes.tick_params(axis="x", labelbottom=True, labelsize=7)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
        if key is not None:
            heading = textwrap.fill(label(str(key)), 17 if narrow else int(96 / across))
            axes.set_title(heading, loc="left", fontsize=7.5, fontweight="bold")
        if first:
            _write_heads(figure, axes, heads)
        if words.own_axes:
            axes.set_xlim(*_window(rows, shown, words))
        if place >= len(keys) - across:
            axes.set_xlabel(words.axis, loc="right", fontsize=7.5)
    for axes in grid.ravel()[len(keys) :]:
        axes.set_axis_off()
    figure.legend(handles=_keys(rows, words), loc="outside upper left", frameon=False,
                  ncols=1 if narrow else 4, fontsize=7)  # fmt: skip
    return figure


def _window(rows: pd.DataFrame, shown: pd.DataFrame, words: _Words) -> tuple[float, float]:
    """The ends of a panel's own axis: around its marks, as long as the longest of all panels."""
    lengths = [_ends(part) for _, part in rows.groupby(words.panel or words.line)]
    half = 0.56 * max(high - low for low, high in lengths)
    low, high = _ends(shown)
    return (low + high) / 2 - half, (low + high) / 2 + half


def _ends(rows: pd.DataFrame) -> tuple[float, float]:
    marks = ["estimate", "ci_low", "ci_high", "unweighted", "truth"]
    values = rows[[name for name in marks if name in rows.columns]].astype("float64")
    return float(values.min(axis=None)), float(values.max(axis=None))


def _places(
    rows: pd.DataFrame, words: _Words, *, letters: int
) -> tuple[dict[tuple[str, str], tuple[float, str]], list[tuple[float, str]], float]:
    """Where each line stands and its name broken into lines; the headings; the end of the drawing."""
    blocks = rows[words.block].astype("str") if words.block else pd.Series("", index=rows.index)
    places: dict[tuple[str, str], tuple[float, str]] = {}
    heads, at = [], 0.0
    for block in blocks.drop_duplicates():
        if block:
            heads.append((at, block))
            at -= 1.1
        for name in rows.loc[blocks == block, words.line].astype("str").drop_duplicates():
            text = textwrap.fill(name, letters)
            step = 1 + 0.75 * text.count("\n")
            places[block, name] = (at - (step - 1) / 2, text)
            at -= step
        at -= 0.35
    return places, heads, at + 0.6


def _panel(
    axes: Axes, rows: pd.DataFrame, words: _Words,
    places: dict[tuple[str, str], tuple[float, str]], *, numbers: bool,
) -> None:  # fmt: skip
    low, high = _ends(rows)
    near = words.reference is not None and (not words.own_axes or low <= words.reference <= high)
    if words.reference is not None and near:
        axes.axvline(words.reference, color=theme.INK, linewidth=0.8, linestyle="--", zorder=1)
    blocks = rows[words.block].astype("str") if words.block else [""] * len(rows)
    keys = zip(blocks, rows[words.line].astype("str"), strict=True)
    dots = rows.assign(at=[places[key][0] for key in keys])
    known = dots["ci_low"].notna()
    sure = dots[known]
    axes.hlines(sure["at"], sure["ci_low"], sure["ci_high"], color=theme.ACCENT, linewidth=1.2)
    if _has(dots, "truth"):
        axes.plot(dots["truth"], dots["at"], marker="|", markersize=9, markeredgewidth=1.4,
                  linestyle="none", color=TRUTH, zorder=3)  # fmt: skip
    if _has(dots, "unweighted"):
        axes.plot(dots["unweighted"], dots["at"] - 0.34, marker="o", markersize=3,
                  linestyle="none", color=theme.QUIET, markerfacecolor="white",
                  markeredgewidth=0.8)  # fmt: skip
    for part, face in ((sure, theme.ACCENT), (dots[~known], "white")):
        axes.plot(part["estimate"], part["at"], marker="o", markersize=4, linestyle="none",
                  color=theme.ACCENT, markerfacecolor=face, zorder=4)  # fmt: skip
    if numbers:
        ends = [name for name in ("estimate", "ci_high", "truth", "unweighted") if name in dots]
        reach = dots[ends].astype("float64").max(axis="columns")
        for (_, row), end in zip(dots.iterrows(), reach, strict=True):
            text = _value(row).removesuffix("%").removesuffix(" points")
            axes.annotate(text, (end, row["at"]), xytext=(5, 0), va="center", fontsize=7,
                          textcoords="offset points", color=theme.QUIET, zorder=2,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3})  # fmt: skip
    axes.margins(x=0.14 if numbers else 0.05)


def _write_heads(figure: Figure, axes: Axes, heads: list[tuple[float, str]]) -> None:
    edge = blended_transform_factory(figure.transFigure, axes.transData)
    for at, text in heads:
        axes.text(0.008, at, text, va="center", transform=edge, fontsize=8, fontweight="bold",
                  in_layout=False, zorder=5,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip


def _keys(rows: pd.DataFrame, words: _Words) -> list[Line2D]:
    """What each mark is, for the marks that are drawn."""
    weighted = "weighted estimate" if _has(rows, "unweighted") else "estimate"
    keys = [Line2D([], [], color=theme.ACCENT, marker="o", markersize=4, linewidth=1.2,
                   label=f"{weighted}, 95% interval")]  # fmt: skip
    if _has(rows, "unweighted"):
        keys.append(Line2D([], [], color=theme.QUIET, marker="o", markersize=3, linestyle="none",
                           markerfacecolor="white", label="unweighted"))  # fmt: skip
    if _has(rows, "truth"):
        keys.append(Line2D([], [], color=TRUTH, marker="|", markersize=9, markeredgewidth=1.4,
                           linestyle="none", label=words.truth))  # fmt: skip
    if words.dashed:
        keys.append(Line2D([], [], color=theme.INK, linestyle="--", linewidth=0.8,
                           label=words.dashed))  # fmt: skip
    return keys
