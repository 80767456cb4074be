"""Bars hold every answer at its place, on scales of any length."""

from __future__ import annotations

import pandas as pd
import pytest
from data.views_surveys import foreign, simulated

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.answer_looks import looks
from helpers.report.likert_bars import likert_bars
from helpers.stats.estimates import Inapplicable
from helpers.stats.views.perceptions import answer_distributions


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return answer_distributions(simulated(), scales=["answering", "heeding"])


def test_the_words_are_those_of_the_rows(rows: pd.DataFrame) -> None:
    alt = likert_bars(rows, block="scale_label", what="answers about responsiveness").alt
    top = rows[rows["level"] == "Completely agree"]
    assert f"runs from {top['estimate'].min():.1f}% (Opinions are taken into account)" in alt
    assert f"to {top['estimate'].max():.1f}%" in alt
    assert "7 lines" in alt
    assert alt.endswith("missing answers stand beside.")
    assert 40 <= len(alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_bars_meet_at_the_middle_and_truth_stands_under_them(
    rows: pd.DataFrame, width: float
) -> None:
    with theme.drawing():
        figure = likert_bars(rows, block="scale_label", what="x").draw(width)
        figure.canvas.draw()
    main, beside = figure.axes
    bars = list(main.patches)
    assert len(bars) == 7 * 5
    first = rows[rows["item"] == "answering_answer"]["estimate"].tolist()
    assert bars[0].get_x() == pytest.approx(-first[0] - first[1] - first[2] / 2)
    assert [bar.get_width() for bar in bars[:5]] == pytest.approx(first[:5])
    assert [bar.get_width() for bar in beside.patches[:2]] == pytest.approx(first[5:])
    marks = [
        line
        for line in main.lines
        if len(set(line.get_xdata())) == 1 and line.get_linewidth() == 1.4
    ]
    truth = rows[rows["item"] == "answering_answer"]["truth"].tolist()
    assert len(marks) == 7 * 6
    assert marks[0].get_xdata()[0] == pytest.approx(-truth[0] - truth[1] - truth[2] / 2)
    assert min(text.get_fontsize() for text in [*main.texts, *beside.texts]) >= 7


def test_stacked_bars_start_at_zero() -> None:
    rows = answer_distributions(simulated(), scales=["channels"])
    with theme.drawing():
        figure = likert_bars(rows, what="channels", diverging=False).draw(theme.WIDE)
    starts = {bar.get_x() for bar in figure.axes[0].patches[::3]}
    assert starts == {0.0}


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7, 10, 11])
def test_every_length_has_its_colours(size: int) -> None:
    for diverging in (True, False):
        found = looks(size, diverging=diverging)
        assert len(found) == len(set(found)) == size
    assert (looks(size, diverging=True)[size // 2][1] == "....") == (size % 2 == 1)


def test_a_foreign_scale_of_six_answers_is_drawn(tmp_path) -> None:
    rows = answer_distributions(foreign(tmp_path, "psych", "bfi"), scales=["neuroticism"])
    with theme.drawing():
        figure = likert_bars(rows, what="neuroticism").draw(theme.NARROW)
    assert len(figure.axes[0].patches) == 5 * 6


def test_lines_with_other_answers_are_refused(rows: pd.DataFrame) -> None:
    broken = rows.drop(index=rows.index[0])
    with pytest.raises(EstimationError, match="not share a scale"):
        likert_bars(broken, what="x")
    absent = Inapplicable("no item", "x", None)
    assert likert_bars(absent, what="x") is absent
