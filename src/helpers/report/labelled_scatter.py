"""Two numbers of each country against each other, every mark with its name beside it."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report import drawing, theme
from helpers.report.charts import Chart

PLACES = (
    (1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 1), (-0.7, 1), (0.7, -1), (-0.7, -1),
    (0, 2), (0, -2), (1, 2), (-1, 2), (1, -2), (-1, -2),
)  # fmt: skip
"""Where a name may stand around its mark, in the order of preference."""

GAP = 5.5
"""Points between a mark and its name."""


def labelled_scatter(
    rows: pd.DataFrame, *, across: str, up: str, axes: tuple[str, str], highlight: str
) -> Chart:
    """Each country as a mark with its name; lines at zero part the four kinds of change.

    Parameters
    ----------
    rows : result rows of two items, one a country each.
    across, up : the item on the horizontal and on the vertical axis.
    axes : the two labels, with their units.
    highlight : the country that stands out.

    Raises
    ------
    EstimationError
        There are other items, a country lacks one or has it twice, or ``highlight`` is absent.
    """
    evidence_of(rows)
    points = rows.pivot_table(index="group", columns="item", values="estimate", aggfunc="first")
    if (
        set(rows["item"]) != {across, up}
        or points.isna().any(axis=None)
        or rows.duplicated(["item", "group"]).any()
        or highlight not in points.index
    ):
        raise EstimationError(
            f"a scatter needs one {across!r} and one {up!r} a country, {highlight!r} among them;"
            f" got {len(rows)} rows of {sorted(set(rows['item']))} for {len(points)} countries."
        )
    ours = points.loc[highlight]
    most = points[across].idxmax()
    both = int(((points[across] > 0) & (points[up] > 0)).sum())
    alt = (
        f"Scatter of {len(points)} countries, {up.lower()} against {across.lower()}, changes. In"
        f" {both} both rose; {most} gained most in {across.lower()}; {highlight} has"
        f" {_signed(ours[across])} and {_signed(ours[up])}."
    )
    return Chart(
        rows=rows, alt=alt, draw=partial(_draw, points[across], points[up], axes, highlight)
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _draw(
    across: pd.Series, up: pd.Series, labels: tuple[str, str], highlight: str, width: float
) -> Figure:
    figure = drawing.canvas(width, 105 if width < drawing.NARROW else 112)
    axes = figure.subplots()
    for name in across.index:
        ours = name == highlight
        axes.plot([across[name]], [up[name]], marker="D" if ours else "o", linestyle="none",
                  markersize=5.5 if ours else 4.2, zorder=3,
                  color=theme.ACCENT if ours else theme.QUIET)  # fmt: skip
    axes.axhline(0, color=theme.INK, linewidth=0.7)
    axes.axvline(0, color=theme.INK, linewidth=0.7)
    axes.grid(visible=True, axis="both")
    axes.margins(x=0.16, y=0.08)
    axes.set_xlabel(labels[0], loc="right")
    axes.set_ylabel(labels[1])
    for side in (axes.xaxis, axes.yaxis):
        side.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    # The mark of evidence is added below later and moves the axes a little; names move along.
    figure.draw_without_rendering()
    _name(axes, across, up, highlight)
    return figure


def _name(axes: Axes, across: pd.Series, up: pd.Series, highlight: str) -> None:
    """Write each name where it covers least of the marks, the lines at zero and the names before it."""
    points = axes.transData.transform(np.column_stack([across, up]))
    scale = axes.figure.dpi / 72
    marks = [Bbox.from_extents(x - 3.5 * scale, y - 3.5 * scale, x + 3.5 * scale, y + 3.5 * scale)
             for x, y in points]  # fmt: skip
    frame = axes.get_window_extent()
    x_zero, y_zero = axes.transData.transform((0, 0))
    zero = [Bbox.from_extents(x_zero - scale, frame.y0, x_zero + scale, frame.y1),
            Bbox.from_extents(frame.x0, y_zero - scale, frame.x1, y_zero + scale)]  # fmt: skip
    taken: list[Bbox] = []
    order = sorted(across.index, key=lambda name: name != highlight)
    for name in order:
        own = list(across.index).index(name)
        best: tuple[float, Bbox] | None = None
        kept = None
        for rightwards, upwards in PLACES:
            text = axes.annotate(
                name, (across[name], up[name]),
                xytext=(rightwards * GAP, upwards * (GAP + 1)), textcoords="offset points",
                ha=("left", "center", "right")[1 - int(np.sign(rightwards))],
                va=("bottom", "center", "top")[1 - int(np.sign(upwards))], fontsize=7,
                fontweight="bold" if name == highlight else "normal", in_layout=False, zorder=4,
            )  # fmt: skip
            box = text.get_window_extent()
            cost = _covered(box, [*marks, *taken]) + _outside(box, frame)
            cost += 0.1 * _covered(box, zero) + 0.3 * _misread(box, points, own)
            if best is None or cost < best[0] - 1e-9:
                if kept is not None:
                    kept.remove()
                best, kept = (cost, box), text
            else:
                text.remove()
        if best is not None:
            taken.append(best[1])


def _covered(box: Bbox, others: list[Bbox]) -> float:
    """The area of a box that others cover."""
    shared = [Bbox.intersection(box, other) for other in others]
    return float(sum(part.width * part.height for part in shared if part is not None))


def _outside(box: Bbox, frame: Bbox) -> float:
    """The area of a box beyond the frame."""
    return float(box.width * box.height) - _covered(box, [frame])


def _misread(box: Bbox, points: np.ndarray, own: int) -> float:
    """The area of a box that stands nearer to another mark than to its own, else nothing."""
    apart = np.maximum(np.maximum([box.x0, box.y0] - points, points - [box.x1, box.y1]), 0)
    distance = np.hypot(apart[:, 0], apart[:, 1])
    nearest = np.delete(distance, own).min(initial=np.inf)
    return float(box.width * box.height) if nearest < distance[own] - 1e-6 else 0.0
