"""At each width that is offered, no word is cut off and none lies on another."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers import diverging_bars, polls, printed_shares
from helpers.report import drawing, export, theme

WIDTHS = [theme.WIDE, export.MIDDLE, theme.NARROW]


def collisions(figure: Figure) -> list[str]:
    """Words beyond the edge of the drawing, and pairs that lie on each other by more than a point."""
    figure.draw_without_rendering()
    point = figure.dpi / 72
    drawn = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            drawn |= {
                label for tick in axis._update_ticks() for label in (tick.label1, tick.label2)
            }
            drawn |= {axis.label}
        drawn |= {*axes.texts, axes.title}
    drawn |= {text for legend in figure.legends for text in legend.get_texts()}
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text in drawn and text.get_visible() and text.get_text().strip()
    ]
    cut = [
        f"cut: {words}" for words, box in boxes
        if min(box.x0, box.y0) < -point
        or box.x1 > figure.bbox.x1 + point or box.y1 > figure.bbox.y1 + point
    ]  # fmt: skip
    return cut + [
        f"{one} | {other}" for (one, a), (other, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > point and min(a.y1, b.y1) - max(a.y0, b.y0) > point
    ]  # fmt: skip


def bars(width: float) -> Figure:
    chart = diverging_bars(
        printed_shares(polls(poll_id="BNS_LAW_2024_10", distribution="complete")),
        negative=["rather-distrust", "full-distrust"], positive=["partial-trust", "full-trust"],
        apart=["never-encountered", "dont-know"],
    )  # fmt: skip
    with theme.drawing():
        return chart.draw(width)


@pytest.mark.parametrize("width", WIDTHS)
def test_words_keep_apart(width: float) -> None:
    assert collisions(bars(width)) == []


def test_the_layout_of_a_page_is_too_wide_for_a_narrower_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "NARROW", 120)
    assert "3.4 · 3.9 | Police" in collisions(bars(export.MIDDLE))
