"""Effects with their intervals in blocks; beside each its unweighted twin and the truth, where known."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
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
from helpers.stats.estimates import reason_passes

LINE = 5.4
"""Height of a line in mm."""

LETTERS = (38, 56, 112, 52)
"""Letters on a line: labels of a wide drawing and of a narrow one, headings of each."""

_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    axis: str
    series: Mapping[str, str]
    reference: float | None
    notes: bool


@reason_passes
def effect_plot(
    rows: pd.DataFrame,
    *,
    axis: str,
    what: str,
    block: str = "block",
    plain: str | None = None,
    truth: str = "truth",
    reference: float | None = None,
    series: Mapping[str, str] | None = None,
    p: str | None = None,
) -> Chart:
    """One line an effect, in the order of the rows: its interval, and what stands beside it.

    Parameters
    ----------
    rows : result rows with ``label`` and a column of headings. Rows without an estimate are left
        out: a table names their reason.
    axis : label of the horizontal axis, with its unit.
    what : what the effects are, in a few words for the alternative text.
    block : column of headings, in the order in which they first occur; an empty one has no line.
    plain : column of the unweighted twin of the estimate, drawn hollow; None draws none.
    truth : column of the truth in the unit of the estimate, drawn as a cross where it is known.
    reference : the value of no effect, marked by a line.
    series : what the marks are called, by ``estimate``, ``plain`` and ``truth``.
    p : column of adjusted p-values written at the right; None writes none.

    Raises
    ------
    EstimationError
        A column is missing, no row has an estimate, or the rows mix units.
    """
    evidence_of(rows)
    needed = [name for name in ("label", block, plain, p) if name and name not in rows.columns]
    shown = rows if needed else rows[rows["estimate"].notna()].reset_index(drop=True)
    units = set(shown["unit"]) - ({"index"} if "correlation" in set(shown["unit"]) else set())
    if needed or len(units) != 1:
        raise EstimationError(
            f"effects cannot be drawn; got {len(shown)} rows in {sorted(set(rows['unit']))}, without"
            f" the columns {needed}; expected estimates of one unit (loadings and correlations are one), with label and {block}."
        )
    named = {"estimate": "weighted", "plain": "unweighted", "truth": "in the model"}
    words = _Words(
        axis=axis, reference=reference, notes=p is not None, series=named | dict(series or {})
    )
    drawn = shown.assign(
        _block=shown[block].astype(str),
        _plain=shown[plain] if plain else float("nan"),
        _truth=shown[truth] if truth in shown.columns else float("nan"),
        _p=shown[p] if p else float("nan"),
    )
    return Chart(rows=shown, alt=_alt(drawn, what), draw=partial(_draw, drawn, words))


def _alt(rows: pd.DataFrame, what: str) -> str:
    least, most = rows.loc[rows["estimate"].idxmin()], rows.loc[rows["estimate"].idxmax()]
    known = rows.dropna(subset=["_truth", "ci_low"])
    inside = ((known["ci_low"] <= known["_truth"]) & (known["_truth"] <= known["ci_high"])).sum()
    text = (
        f"Dots with intervals: {what}, {len(rows)} lines. Lowest {_number(least['estimate'])}"
        f" ({_short(least['label'])}), highest {_number(most['estimate'])}"
        f" ({_short(most['label'])})."
    )
    if known.empty:
        return text
    return f"{text} {inside} of {len(known)} intervals hold the model's value."


def _short(label: object, letters: int = 38) -> str:
    return textwrap.shorten(str(label), letters, placeholder="…")


def _draw(rows: pd.DataFrame, words: _Words, width: float) -> Figure:
    narrow = width < drawing.NARROW
    placed, heads, bottom = _places(rows, narrow=narrow)
    figure = drawing.canvas(width, 21 + LINE * -bottom)
    axes = figure.subplots()
    if words.reference is not None:
        axes.axvline(words.reference, color=theme.INK, linewidth=0.8, zorder=1)
    for place, _, row in placed:
        _line(axes, place, row, words)
    edge = blended_transform_factory(figure.transFigure, axes.transData)
    for place, text in heads:
        axes.text(0.008, place, text, va="center", transform=edge, fontsize=8, fontweight="bold",
                  linespacing=1.15, in_layout=False, zorder=4, bbox=_PAPER)  # fmt: skip
    if narrow:
        axes.set_yticks([])
        for place, name, _ in placed:
            above = place + 0.38 + 0.3 * (name.count("\n") + 1)
            axes.text(0.008, above, name, va="center", transform=edge, fontsize=7.5,
                      linespacing=1.1, in_layout=False, zorder=4, bbox=_PAPER)  # fmt: skip
    else:
        axes.set_yticks([place for place, _, _ in placed], [name for _, name, _ in placed])
        axes.tick_params(axis="y", labelsize=7.5)
    axes.set_ylim(bottom, 0.8)
    axes.set_xlabel(textwrap.fill(words.axis, 58 if narrow else 120), loc="right")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.margins(x=0.06)
    # Text behind the longest interval needs room inside the axes.
    low, high = axes.get_xlim()
    share = (0.30 if words.notes else 0.13) if narrow else (0.20 if words.notes else 0.07)
    axes.set_xlim(low, high + share * (high - low))
    figure.legend(handles=_key(rows, words), loc="outside upper left", ncols=2 if narrow else 4,
                  frameon=False, handlelength=1.6, columnspacing=1.4)  # fmt: skip
    return figure


def _places(
    rows: pd.DataFrame, *, narrow: bool
) -> tuple[list[tuple[float, str, pd.Series]], list[tuple[float, str]], float]:
    """Where each line stands with its label, where headings stand, and the end of the drawing."""
    placed, heads, place = [], [], 0.0
    for text in rows["_block"].drop_duplicates():
        if text:
            heading = textwrap.fill(text, LETTERS[3] if narrow else LETTERS[2])
            more = 0.7 * heading.count("\n")
            heads.append((place - more / 2, heading))
            place -= 1.05 + more
        for _, row in rows[rows["_block"] == text].iterrows():
            name = textwrap.fill(str(row["label"]), LETTERS[1] if narrow else LETTERS[0])
            extra = 0.1 + 0.62 * (name.count("\n") + 1) if narrow else 0.5 * name.count("\n")
            place -= extra if narrow else extra / 2
            placed.append((place, name, row))
            place -= 1 if narrow else 1 + extra / 2
        place -= 0.35
    return placed, heads, place + 0.55


def _line(axes: Axes, place: float, row: pd.Series, words: _Words) -> None:
    """The estimate with its interval, its unweighted twin below it, and the truth across both."""
    ends = [row["estimate"], row["_plain"], row["_truth"]]
    if pd.notna(row["ci_low"]):
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=theme.ACCENT,
                  linewidth=1.2, marker="|", markersize=4.5, markeredgewidth=0.7)  # fmt: skip
        ends.append(row["ci_high"])
    axes.plot([row["estimate"]], [place], marker="o", markersize=4.4, color=theme.ACCENT, zorder=3,
              markerfacecolor=theme.ACCENT if pd.notna(row["ci_low"]) else "white")  # fmt: skip
    if pd.notna(row["_plain"]):
        axes.plot([row["_plain"]], [place - 0.3], marker="s", markersize=3.2, color=theme.QUIET,
                  markerfacecolor="white", markeredgewidth=0.8, zorder=3)  # fmt: skip
    if pd.notna(row["_truth"]):
        axes.plot([row["_truth"]], [place], marker="x", markersize=5.6, zorder=4,
                  color=theme.MARK_INK["simulated"], markeredgewidth=1.3)  # fmt: skip
    text = _number(row["estimate"])
    if words.notes and pd.notna(row["_p"]):
        text += f", p {_p_text(float(row['_p']))}"
    reach = max(float(end) for end in ends if pd.notna(end))
    axes.annotate(text, (reach, place), xytext=(6, 0), textcoords="offset points", va="center",
                  fontsize=7, color=theme.INK, zorder=2, bbox=_PAPER)  # fmt: skip


def _key(rows: pd.DataFrame, words: _Words) -> list[Line2D]:
    marks = [Line2D([], [], color=theme.ACCENT, marker="o", markersize=4.4, linewidth=1.2,
                    label=f"{words.series['estimate']}, 95% interval")]  # fmt: skip
    if rows["_plain"].notna().any():
        marks.append(Line2D([], [], color=theme.QUIET, marker="s", markersize=3.2, linewidth=0,
                            markerfacecolor="white", label=words.series["plain"]))  # fmt: skip
    if rows["_truth"].notna().any():
        marks.append(Line2D([], [], color=theme.MARK_INK["simulated"], marker="x", markersize=5.6,
                            linewidth=0, markeredgewidth=1.3,
                            label=words.series["truth"]))  # fmt: skip
    return marks


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _p_text(value: float) -> str:
    """The adjusted p-value with its sign: ``< 0.001`` or ``= 0.032``."""
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
