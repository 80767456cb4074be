"""Whole answer distributions of any ordered scale as bars, in blocks, with answers off the scale beside."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import blended_transform_factory

from helpers.data.codebook import MISSING
from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.answer_looks import Look, looks
from helpers.report.charts import Chart
from helpers.report.panel_dots import TRUTH_NAME
from helpers.report.words import label
from helpers.stats.estimates import reason_passes

OFF = {MISSING[0]: ("#8c8c8c", "\\\\\\\\"), MISSING[1]: ("#d9d9d9", "////"),
       "no-answer": ("#8c8c8c", "\\\\\\\\")}  # fmt: skip
READABLE = {False: 6.5, True: 12.0}
"""Percent that a part of a bar needs to hold its number, in a wide drawing and in a narrow one."""


@reason_passes
def likert_bars(
    rows: pd.DataFrame, *, block: str | None = None, what: str, diverging: bool = True
) -> Chart:
    """Bars of all answers from lowest to highest, one a line of ``label``.

    With ``diverging``, bars meet at the middle of the scale: a middle answer lies across it, half
    on either side. Small ticks under a bar, where ``truth`` is known, stand where its parts would
    meet in the whole population.

    Parameters
    ----------
    rows : result rows in percent, the answers of a line in their order; kinds of missing answer
        are drawn in a panel of their own.
    block : column of headings under which lines stand.
    what : what the answers are about, in a few words for the alternative text.
    diverging : whether the scale has two sides; else all bars start at 0.

    Raises
    ------
    EstimationError
        The lines have different answers, or an answer stands twice in one line.
    """
    evidence_of(rows)
    on = rows[~rows["level"].isin(OFF)]
    levels = list(on["level"].drop_duplicates())
    place = ["label"] if block is None else [block, "label"]
    sets = on.groupby(place, sort=False)["level"].agg(tuple)
    if any(given != tuple(levels) for given in sets):
        raise EstimationError(
            f"bars would not share a scale; got {sorted(set(sets))[:3]}; expected the answers"
            f" {levels} in every line, each once."
        )
    top = on[on["level"] == levels[-1]]
    least, most = top.loc[top["estimate"].idxmin()], top.loc[top["estimate"].idxmax()]
    ends = (
        f" runs from {least['estimate']:.1f}% ({_short(least['label'])}) to"
        f" {most['estimate']:.1f}% ({_short(most['label'])})"
        if len(top) > 1
        else f" has {most['estimate']:.1f}%"
    )
    beside = "; missing answers stand beside" if len(on) < len(rows) else ""
    alt = (
        f"{'Diverging' if diverging else 'Stacked'} bars of {what}, {len(sets)}"
        f" line{'s' if len(sets) > 1 else ''}. “{_short(levels[-1])}”{ends}{beside}."
    )
    scale = _Scale(levels=tuple(levels), looks=looks(len(levels), diverging=diverging),
                   diverging=diverging, block=block)  # fmt: skip
    return Chart(rows=rows, alt=alt, draw=partial(_draw, rows, scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    levels: tuple[str, ...]
    looks: tuple[Look, ...]
    diverging: bool
    block: str | None

    def start(self, shares: list[float]) -> float:
        """Where the lowest answer begins: left of 0 by what is below the middle."""
        if not self.diverging:
            return 0.0
        half = len(shares) // 2
        middle = shares[half] / 2 if len(shares) % 2 else 0.0
        return -sum(shares[:half]) - middle


def _short(text: str) -> str:
    return textwrap.shorten(text, 36, placeholder=" …")


def _draw(rows: pd.DataFrame, scale: _Scale, width: float) -> Figure:
    narrow = width < drawing.NARROW
    blocks = rows[scale.block].astype("str") if scale.block else pd.Series("", index=rows.index)
    off = [kind for kind in OFF if (rows["level"] == kind).any()]
    step = 2.0 if narrow else 1.0
    heads = [block for block in blocks.drop_duplicates() if block]
    lines = step * len(rows.assign(block=blocks)[["block", "label"]].drop_duplicates())
    keys = len(scale.levels) + len(off)
    figure = drawing.canvas(
        width, 20 + 6.6 * (lines + 1.2 * len(heads)) + (4 * keys / 2 if narrow else 4)
    )
    grid = figure.subplots(1, 2 if off else 1, sharey=True, squeeze=False,
                           width_ratios=(4.2, 1) if off else None)[0]  # fmt: skip
    main, at, ticks = grid[0], 0.0, []
    edge = blended_transform_factory(figure.transFigure, main.transData)
    for block in blocks.drop_duplicates():
        if block:
            text = textwrap.fill(block, 42) if narrow else block
            main.text(0.008, at, text, va="center", transform=edge, fontsize=8, fontweight="bold",
                      in_layout=False, zorder=5,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip
            at -= (1.5 + 0.5 * text.count("\n")) if narrow else 1.2
        for name, line in rows[blocks == block].groupby("label", sort=False):
            _bar(main, line[line["level"].isin(scale.levels)], scale, at, narrow=narrow)
            if off:
                _beside(grid[-1], line[line["level"].isin(off)], at)
            ticks.append((at, str(name)))
            at -= step
        at -= 0.2
    _finish(grid, rows, scale, ticks, bottom=at + step - 0.6, narrow=narrow)
    _write_keys(figure, [*_swatches(scale), *_swatches_off(off), *_tick(rows)], narrow=narrow)
    return figure


def _write_keys(figure: Figure, keys: list[Patch | Line2D], *, narrow: bool) -> None:
    """The keys in as many columns as fit, to be read along the rows."""
    letters = max(len(str(key.get_label())) for key in keys) + 5
    columns = max(1, min(len(keys), (62 if narrow else 134) // letters))
    order = [key for column in range(columns) for key in keys[column::columns]]
    figure.legend(handles=order, loc="outside upper left", ncols=columns, frameon=False,
                  handlelength=1.2, columnspacing=1.0, fontsize=7)  # fmt: skip


def _tick(rows: pd.DataFrame) -> list[Line2D]:
    """What the ticks under the bars are, where there are any."""
    if "truth" not in rows.columns or rows["truth"].isna().all():
        return []
    return [Line2D([], [], color=theme.MARK_INK["simulated"], marker="|", markersize=5,
                   markeredgewidth=1.4, linestyle="none", label=TRUTH_NAME)]  # fmt: skip


def _bar(axes: Axes, line: pd.DataFrame, scale: _Scale, at: float, *, narrow: bool) -> None:
    shares = [0.0 if pd.isna(share) else float(share) for share in line["estimate"]]
    end = scale.start(shares)
    for share, (colour, hatch, ink) in zip(shares, scale.looks, strict=True):
        axes.barh(at, share, left=end, height=0.66, color=colour, hatch=hatch, linewidth=0.4,
                  edgecolor=theme.QUIET)  # fmt: skip
        if share >= READABLE[narrow]:
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5} if hatch else None
            axes.text(end + share / 2, at, f"{share:.0f}" if narrow else f"{share:.1f}", ha="center",
                      va="center", fontsize=7, color=ink, bbox=ground)  # fmt: skip
        end += share
    truths = line["truth"].to_numpy(dtype="float64") if "truth" in line.columns else []
    if len(truths) and pd.notna(truths).all():
        meet = scale.start(list(truths))
        for share in [0.0, *truths]:
            meet += float(share)
            axes.plot([meet, meet], [at - 0.36, at - 0.54], color=theme.MARK_INK["simulated"],
                      linewidth=1.4, solid_capstyle="butt")  # fmt: skip


def _beside(axes: Axes, line: pd.DataFrame, at: float) -> None:
    """Kinds of missing answer behind one another, each with its share."""
    end = 0.0
    for kind, share in zip(line["level"], line["estimate"], strict=True):
        colour, hatch = OFF[kind]
        axes.barh(at, share, left=end, height=0.66, color=colour, hatch=hatch, edgecolor="white",
                  linewidth=0.4)  # fmt: skip
        end += float(share)
    text = " · ".join(f"{share:.1f}" for share in line["estimate"])
    axes.annotate(
        text, (end, at), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7
    )


def _finish(
    grid: list[Axes], rows: pd.DataFrame, scale: _Scale, ticks: list[tuple[float, str]], *,
    bottom: float, narrow: bool,
) -> None:  # fmt: skip
    main = grid[0]
    if scale.diverging:
        main.axvline(0, color=theme.INK, linewidth=0.8)
    main.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    main.set_xlabel("% of those asked" if len(grid) > 1 else "% of those who answered")
    main.set_ylim(bottom, 1.15 if narrow else 0.75)
    if narrow:
        main.set_yticks([])
        for at, name in ticks:
            main.annotate(_fitted(name), (0, at + 0.42), xycoords=main.get_yaxis_transform(),
                          va="bottom", fontsize=7.5, zorder=4,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # fmt: skip
    else:
        main.set_yticks([at for at, _ in ticks], [textwrap.fill(name, 42) for _, name in ticks])
        main.tick_params(axis="y", labelsize=7.5)
    if len(grid) > 1:
        off = rows[rows["level"].isin(OFF)]
        keys = ["label"] if scale.block is None else [scale.block, "label"]
        most = float(off.groupby(keys)["estimate"].sum().max())
        grid[1].set_xlim(0, most * (2.6 if narrow else 1.9))
        grid[1].set_xlabel("% missing" if narrow else "% no answer")
        grid[1].grid(visible=False)


def _fitted(name: str) -> str:
    return textwrap.shorten(name, 52, placeholder=" …")


def _swatches(scale: _Scale) -> list[Patch]:
    return [
        Patch(facecolor=colour, hatch=hatch, edgecolor=theme.QUIET, linewidth=0.4, label=level)
        for level, (colour, hatch, _) in zip(scale.levels, scale.looks, strict=True)
    ]


def _swatches_off(off: list[str]) -> list[Patch]:
    return [
        Patch(facecolor=OFF[kind][0], hatch=OFF[kind][1], edgecolor="white", linewidth=0.4,
              label=label(kind))
        for kind in off
    ]  # fmt: skip
