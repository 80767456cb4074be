"""Claims of no effect one below the other: the interval, the bounds, and the verdict in words."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart
from helpers.stats.estimates import reason_passes
from helpers.stats.no_effect.tost import Verdict

LETTERS = 40
"""Letters of a claim before it is broken, in a wide drawing; a narrow one has it above the interval."""

INSIDE = "#e3e7ed"
"""Fill between the bounds."""

TRUTH = theme.MARK_INK["simulated"]
SHORT = {
    Verdict.EQUIVALENT: "equivalent",
    Verdict.NOT_SHOWN: "not shown",
    Verdict.BELOW: "different",
    Verdict.ABOVE: "different",
}
MARKERS = {"equivalent": "o", "not shown": "s", "different": "D"}


@reason_passes
def equivalence_plot(
    rows: pd.DataFrame, *, axis: str, what: str, none: float = 0.0, truth: str = "true value"
) -> Chart:
    """One line a claim: its 90 % interval thick, its 95 % interval thin, the bounds as a band.

    Filled dots are equivalent, hollow squares not shown, diamonds different; the verdict is written
    beside each. A value in the column ``truth`` is an upright tick.

    Parameters
    ----------
    rows : rows of `helpers.stats.views.no_effect`: ``label inner_low inner_high lower upper
        verdict`` beside the result shape; one line a label, in the order given.
    axis : label of the horizontal axis, with its unit.
    what : what is compared, in a few words for the alternative text.
    none : the value that means no effect.
    truth : what the upright ticks are.

    Raises
    ------
    EstimationError
        A column is missing, a label stands twice, or rows differ in their unit.
    """
    evidence_of(rows)
    wanted = ["label", "inner_low", "inner_high", "lower", "upper", "verdict"]
    missing = [column for column in wanted if column not in rows.columns]
    if missing or rows["label"].duplicated().any() or len(set(rows["unit"])) != 1:
        raise EstimationError(
            f"claims cannot be drawn; got columns without {missing}, units"
            f" {sorted(set(rows['unit']))}; expected one unit, and one line a label."
        )
    words = _Words(axis=axis, none=none, truth=truth)
    return Chart(rows=rows, alt=_alt(rows, what), draw=partial(_draw, rows, words))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    axis: str
    none: float
    truth: str


def _short(verdict: str) -> str:
    return SHORT[Verdict(verdict)]


def _alt(rows: pd.DataFrame, what: str) -> str:
    found = rows["verdict"].map(_short)
    tally = [f"{int((found == name).sum())} {name}" for name in MARKERS]
    bounds = rows[["lower", "upper"]].drop_duplicates()
    band = (
        f" Bounds {bounds['lower'].iloc[0]:g} to {bounds['upper'].iloc[0]:g}."
        if len(bounds) == 1
        else ""
    )
    text = f"Equivalence plot of {len(rows)} claims: {what}.{band} Verdicts: {', '.join(tally)}."
    return text.replace("-", "−") if " -" in text else text


def _draw(rows: pd.DataFrame, words: _Words, width: float) -> Figure:
    narrow = width < drawing.NARROW
    names = [textwrap.fill(label, 52 if narrow else LETTERS) for label in rows["label"]]
    places, bottom = _places(names, narrow=narrow)
    figure = drawing.canvas(width, 20 + 5.4 * (1.2 - bottom))
    axes = figure.subplots()
    for place, row in zip(places, rows.itertuples(), strict=True):
        _line(axes, row, place)
    axes.axvline(words.none, color=theme.INK, linewidth=0.8, zorder=1.5)
    if narrow:
        axes.set_yticks(places, [""] * len(places))
        for place, name in zip(places, names, strict=True):
            axes.annotate(
                name, (0, place + 0.36), xycoords=axes.get_yaxis_transform(), va="bottom",
                fontsize=7.5, linespacing=1.05, zorder=5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
            )  # fmt: skip
    else:
        axes.set_yticks(places, names)
    axes.set_ylim(bottom, 0.8)
    low = min(rows["ci_low"].min(), rows["lower"].min())
    high = max(rows["ci_high"].max(), rows["upper"].max())
    axes.set_xlim(low - 0.04 * (high - low), high + (0.42 if narrow else 0.2) * (high - low))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.locator_params(axis="x", nbins=5 if narrow else 9)
    axes.set_xlabel(words.axis, loc="left" if narrow else "right")
    figure.legend(
        handles=_key(rows, words.truth), loc="outside upper left", ncols=2 if narrow else 4,
        frameon=False, handlelength=1.6, columnspacing=1.2,
    )  # fmt: skip
    return figure


def _places(names: list[str], *, narrow: bool) -> tuple[list[float], float]:
    """Where each line stands, and the end of the drawing; a narrow one has names above the lines."""
    places: list[float] = []
    at = 0.0
    for name in names:
        more = name.count("\n")
        at -= (1.0 + 0.75 * more if narrow else 0.35 * more) * (1.0 if narrow or places else 0.0)
        places.append(at)
        at -= 1.15 if narrow else 1.0 + 0.35 * more
    return places, at + 0.3


def _line(axes: Axes, row: object, place: float) -> None:
    """The band between the bounds, both intervals, the estimate, the truth, and the verdict."""
    lower, upper, low, high, inner_low, inner_high, middle = (
        float(getattr(row, name))
        for name in ("lower", "upper", "ci_low", "ci_high", "inner_low", "inner_high", "estimate")
    )
    verdict = _short(str(getattr(row, "verdict", "")))
    axes.add_patch(
        Rectangle((lower, place - 0.34), upper - lower, 0.68, facecolor=INSIDE, edgecolor="none")
    )
    for bound in (lower, upper):
        axes.plot([bound, bound], [place - 0.34, place + 0.34], color=theme.QUIET, linewidth=0.9,
                  linestyle=(0, (2, 1.2)))  # fmt: skip
    axes.plot([low, high], [place, place], color=theme.ACCENT, linewidth=0.6, marker="|",
              markersize=4.5, markeredgewidth=0.6)  # fmt: skip
    axes.plot([inner_low, inner_high], [place, place], color=theme.ACCENT, linewidth=1.5,
              solid_capstyle="butt")  # fmt: skip
    axes.plot([middle], [place], marker=MARKERS[verdict], markersize=4.6, color=theme.ACCENT,
              markerfacecolor="white" if verdict == "not shown" else theme.ACCENT, zorder=3)  # fmt: skip
    known = getattr(row, "truth", float("nan"))
    if not pd.isna(known):
        axes.plot(
            [known, known], [place - 0.42, place + 0.42], color=TRUTH, linewidth=1.4, zorder=4
        )
    axes.annotate(
        verdict, (max(high, upper), place), xytext=(5, 0), textcoords="offset points",
        va="center", fontsize=7, color=theme.INK,
    )  # fmt: skip


def _key(rows: pd.DataFrame, truth: str) -> list[Line2D | Patch]:
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=theme.ACCENT, linewidth=1.5, label="90% interval"),
        Line2D([], [], color=theme.ACCENT, linewidth=0.6, marker="|", label="95% interval"),
        Patch(facecolor=INSIDE, edgecolor=theme.QUIET, linestyle="--", label="within the bounds"),
    ]
    if "truth" in rows.columns and rows["truth"].notna().any():
        handles.append(
            Line2D([], [], color=TRUTH, linewidth=0, marker="|", markersize=8,
                   markeredgewidth=1.4, label=truth)
        )  # fmt: skip
    return handles
