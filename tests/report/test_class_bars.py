"""Bars of classes: the area is the count, and the count is written."""

from __future__ import annotations

import pandas as pd
import pytest
from data.views_surveys import simulated

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.class_bars import class_bars
from helpers.stats.views.sample_weights import weight_classes


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return weight_classes(simulated())


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_areas_are_counts(rows: pd.DataFrame, width: float) -> None:
    chart = class_bars(rows, axis="weight", what="weights")
    most = rows.loc[rows["estimate"].idxmax()]
    assert f"The fullest class is {most['low']:.2f} to {most['high']:.2f}" in chart.alt
    assert "2,000 respondents" in chart.alt
    assert 40 <= len(chart.alt) <= 250
    with theme.drawing():
        figure = chart.draw(width)
        figure.canvas.draw()
    (axes,) = figure.axes
    areas = [bar.get_width() * bar.get_height() for bar in axes.patches]
    assert [area / 0.25 for area in areas] == pytest.approx(rows["estimate"].tolist())
    assert [text.get_text() for text in axes.texts] == [f"{int(x):,}" for x in rows["estimate"]]


def test_overlapping_classes_and_shares_are_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="overlapping"):
        class_bars(rows.assign(low=0.0), axis="weight", what="weights")
    with pytest.raises(EstimationError, match="units"):
        class_bars(rows.assign(unit="percent"), axis="weight", what="weights")
