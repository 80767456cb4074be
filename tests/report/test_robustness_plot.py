"""Curves of Bayes factors have one panel a claim and keep within it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.robustness_plot import robustness_plot


@pytest.fixture
def rows() -> pd.DataFrame:
    parts = [
        pd.DataFrame({"label": label, "series": series, "scale": [0.05, 0.7, 2.0],
                      "log_bf10": np.array(logs)})
        for label, series, logs in (
            ("First", "alike", [0.0, -1.0, -2.0]), ("First", "design", [0.1, -0.8, -1.5]),
            ("Second", "alike", [30.0, 31.0, 29.0]), ("Second", "design", [2.0, 1.0, 0.5]),
        )
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True).assign(
        evidence="simulated", source="simulated-respondents"
    )


def test_the_words_give_the_range(rows: pd.DataFrame) -> None:
    alt = robustness_plot(rows, usual=0.7071, what="two groups").alt
    assert "2 panels: two groups" in alt
    assert "for no effect run from under a millionth to 7.4" in alt
    assert 40 <= len(alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_curves_stay_in_their_panel(rows: pd.DataFrame, width: float) -> None:
    with theme.drawing():
        figure = robustness_plot(rows, usual=0.7071, what="two groups", most=100).draw(width)
        figure.canvas.draw()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["First", "Second"]
    plain = figure.axes[0].lines[-2].get_ydata()
    assert plain == pytest.approx([0, 1 / np.log(10), 2 / np.log(10)])  # Evidence for none is up.
    for axes in figure.axes:
        low, high = axes.get_ylim()
        for line in axes.lines:
            level = np.asarray(line.get_ydata(), dtype=float)
            assert ((level >= low) & (level <= high)).all() or set(level) == {0.0, 1.0}


def test_too_many_series_and_a_missing_column_are_errors(rows: pd.DataFrame) -> None:
    many = pd.concat([rows.assign(series=f"{name}") for name in range(4)])
    with pytest.raises(EstimationError, match="4 series"):
        robustness_plot(many, usual=1, what="x")
    with pytest.raises(EstimationError, match="scale"):
        robustness_plot(rows.drop(columns="scale"), usual=1, what="x")
