"""Slopes with countries left out: every one is drawn, in one unit, and told in words."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.left_out_dots import left_out_dots


def rows(item: str, values: list[float], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"item": item, "group": names, "estimate": values, "ci_low": [v - 0.1 for v in values],
         "ci_high": [v + 0.1 for v in values], "unit": "units", "iso3": [n[:3] for n in names],
         "source": "s", "evidence": "published"}
    )  # fmt: skip


WHOLE = pd.concat(
    [rows("Voice", [0.05], ["3 countries"]), rows("Corruption", [0.15], ["3 countries"])]
).drop(columns="iso3")
NAMES = ["AAA land", "BBB land", "CCC land"]
WITHOUT = pd.concat([rows("Voice", [0.01, 0.05, 0.08], NAMES),
                     rows("Corruption", [0.2, 0.15, 0.1], NAMES)])  # fmt: skip


def test_the_alternative_text_tells_the_extremes_and_what_crosses_zero() -> None:
    chart = left_out_dots(WHOLE, WITHOUT, axis="units")
    assert chart.alt == (
        "Dots with intervals: slopes of 2 outcomes, from voice (0.05) to corruption (0.15)."
        " Intervals that contain zero: 1. Ticks: each country left out."
    )
    assert 40 <= len(chart.alt) <= 250
    assert list(chart.rows["left_out"]) == ["none", "none", *NAMES, *NAMES]


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
@pytest.mark.parametrize("bound", [None, 0.2])
def test_every_left_out_slope_is_a_tick_and_the_outermost_are_named(
    width: float, bound: float | None
) -> None:
    with theme.drawing():
        figure = left_out_dots(WHOLE, WITHOUT, axis="units", bound=bound).draw(width)
    [axes] = figure.axes
    ticks = [list(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 3]
    assert ticks == [[0.01, 0.05, 0.08], [0.2, 0.15, 0.1]]
    codes = [text.get_text() for text in axes.texts if len(text.get_text()) == 3]
    assert codes == ["AAA", "CCC", "CCC", "AAA"]
    # The zero line and, where asked for, the two bounds.
    upright = [line.get_xdata()[0] for line in axes.lines if list(line.get_ydata()) == [0, 1]]
    assert upright == ([0] if bound is None else [0, -0.2, 0.2])


def test_different_outcomes_or_units_are_an_error() -> None:
    with pytest.raises(EstimationError, match="cannot share a line"):
        left_out_dots(WHOLE, WITHOUT[WITHOUT["item"] == "Voice"], axis="units")
    with pytest.raises(EstimationError, match="cannot share a line"):
        left_out_dots(WHOLE, WITHOUT.assign(unit="standard deviations"), axis="units")
    with pytest.raises(EstimationError, match="cannot share a line"):
        left_out_dots(pd.concat([WHOLE, WHOLE]), WITHOUT, axis="units")
