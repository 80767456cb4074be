"""Specification and power curves and sizes of tests: every path is drawn, and the text is true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.evidence import Evidence
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.power_curves import power_curves
from helpers.report.size_dots import size_dots
from helpers.report.specification_curve import specification_curve
from helpers.stats.bend.multiverse import Choice, multiverse
from helpers.stats.estimates import Estimate, Inapplicable

CHOICES = {"answer": "What is compared", "weights": "Weights", "only": "One option"}
WIDTHS = [theme.WIDE, theme.NARROW]


def estimate(answer: float, weights: float, only: int) -> Estimate | Inapplicable:
    if answer + weights > 0.35:
        return Inapplicable("too much", "m", Evidence.SIMULATED)
    value = answer - weights * only
    return Estimate(
        item="x", level="y", group="z", estimate=value, se=0.1, ci_low=value - 0.2,
        ci_high=value + 0.2, n=100, n_eff=100.0, deff=1.0, df=9.0, unit="standard deviations",
        evidence=Evidence.SIMULATED, source="s", method="m",
    )  # fmt: skip


def paths() -> pd.DataFrame:
    choices = {
        "answer": [Choice("score", 0.3), Choice("item", 0.1), Choice("other item", -0.1)],
        "weights": [Choice("as given", 0.0), Choice("none", 0.1)],
        "only": [Choice("one", 1)],
    }
    main = {"answer": "score", "weights": "as given", "only": "one"}
    return multiverse(choices, estimate, main=main)


def drawn(chart: Chart | Inapplicable) -> Chart:
    assert isinstance(chart, Chart)
    assert 40 <= len(chart.alt) <= 250
    return chart


def test_last_bits_do_not_decide_the_order() -> None:
    rows = paths()
    for noise in (0.0, 1e-14, -1e-14):
        rows.loc[3, "estimate"] = rows["estimate"][4] + noise
        chart = drawn(specification_curve(rows, choices=CHOICES, axis="SD", what="one less other"))
        order = list(chart.rows["path"])
        assert order.index(4) + 1 == order.index(5)
    rows.loc[3, "estimate"] = rows["estimate"][4] + 1e-6
    chart = drawn(specification_curve(rows, choices=CHOICES, axis="SD", what="one less other"))
    order = list(chart.rows["path"])
    assert order.index(5) + 1 == order.index(4)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("truth", [None, 0.0])
def test_every_path_with_an_estimate_has_a_dot_and_a_tick_for_each_option(
    width: float, truth: float | None
) -> None:
    rows = paths() if truth is None else paths().assign(truth=truth)
    chart = drawn(
        specification_curve(rows, choices=CHOICES, axis="Users, SD", what="users less others")
    )
    assert chart.alt == (
        "Specification curve of 5 paths: users less others. Estimates run from −0.20 to 0.30"
        " standard deviations, the main path gives 0.30. 1 intervals exclude zero."
    )
    assert len(chart.rows) == 6
    assert chart.rows["estimate"].dropna().is_monotonic_increasing
    with theme.drawing():
        upper, lower = chart.draw(width).axes
    dots = [line for line in upper.lines if line.get_marker() == "o"]
    assert sum(len(line.get_xdata()) for line in dots) == 5
    ticks = [np.isnan(np.asarray(line.get_xdata(), dtype=float)).sum() for line in lower.lines]
    assert sum(ticks) == 2 * 5
    words = " ".join(text.get_text() for text in [*lower.texts, *lower.get_yticklabels()])
    assert all(label in words for label in ("score", "other item", "as given", "none"))
    assert "One option" not in words
    noted = any("true in the model" in text.get_text() for text in upper.texts)
    assert noted == (truth is not None)


def test_missing_choices_other_units_and_no_main_path_are_errors() -> None:
    rows = paths()
    for wrong, choices in (
        (rows, {"unknown": "Unknown"}),
        (rows.assign(unit=["a"] * 3 + ["b"] * 3), CHOICES),
        (rows[~rows["main"]], CHOICES),
    ):
        with pytest.raises(EstimationError, match="cannot be drawn"):
            specification_curve(wrong, choices=choices, axis="x", what="y")
    reason = Inapplicable("no item", "m", Evidence.SIMULATED)
    assert specification_curve(reason, choices=CHOICES, axis="x", what="y") is reason


def shares(**columns: object) -> pd.DataFrame:
    rows = pd.DataFrame(columns)
    return rows.assign(
        ci_low=rows["estimate"] - 2, ci_high=rows["estimate"] + 2, unit="percent",
        evidence="simulated", source="s",
    )  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_power_curves_name_every_curve(width: float) -> None:
    rows = shares(curve=["few"] * 2 + ["many"] * 2, size=[200, 400] * 2, estimate=[20, 40, 60, 98])
    chart = drawn(power_curves(rows, what="two effects"))
    assert chart.alt == (
        "Power curves: two effects, 2 curves over 200 to 400 respondents. At the right end, power"
        " runs from 40% (few) to 98% (many)."
    )
    with theme.drawing():
        figure = chart.draw(width)
    named = [text.get_text() for text in figure.axes[0].texts]
    named += [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert {"few", "many"} <= set(named)
    with pytest.raises(EstimationError, match="power curves cannot be drawn"):
        power_curves(
            rows.drop(columns="curve").assign(curve=range(4)).drop(columns="size"), what="x"
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_sizes_beside_the_level_have_other_marks(width: float) -> None:
    rows = shares(item=["t", "u"] * 2, group=["a"] * 2 + ["b"] * 2, estimate=[5, 2, 12, 6])
    chart = drawn(size_dots(rows.assign(nominal=5.0), what="sizes of tests"))
    assert chart.alt == (
        "Dots with intervals: sizes of tests, 2 tests in 2 panels around the level of 5%. 1"
        " intervals lie above it; the highest is 12.0% (t)."
    )
    with theme.drawing():
        figure = chart.draw(width)
    marks = [
        line.get_marker()
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() != "None"
    ]
    assert marks == ["o", "<", ">", "o"]
    with pytest.raises(EstimationError, match="sizes cannot be drawn"):
        size_dots(rows, what="x")
