"""Effects, matrices, eigenvalues and p-values as pictures: what they say is what the rows hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from data.views_surveys import simulated
from matplotlib.figure import Figure

from helpers import (
    effect_plot,
    effects_in_words,
    matrix_plot,
    p_value_strip,
    reliability_in_words,
    scree_plot,
    stats,
)
from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.stats import Inapplicable

OPENNESS = ["transparency", "participation", "answering", "heeding"]
WIDTHS = [theme.WIDE, theme.NARROW]


@pytest.fixture(scope="module")
def family() -> pd.DataFrame:
    return stats.first_over_others(
        simulated(), about=["trust-president", "trust-parliament", "trust-courts"], family="Trust"
    )


@pytest.fixture(scope="module")
def charts(family: pd.DataFrame) -> dict[str, Chart]:
    survey = simulated()
    return {
        "effects": effect_plot(family, plain="plain", reference=0, p="p_adjusted",
                               axis="answer steps", what="trust, by institution"),
        "loadings": effect_plot(stats.scale_loadings(survey), block="scale_label", axis="loading",
                                what="loadings of items"),
        "matrix": matrix_plot(stats.item_correlations(survey, scales=OPENNESS), what="items"),
        "scores": matrix_plot(stats.score_correlations(survey), what="scores"),
        "scree": scree_plot(stats.scree(survey, scales=OPENNESS), what="items on openness"),
        "strip": p_value_strip(family),
    }  # fmt: skip


def drawn(chart: Chart, width: float) -> Figure:
    with theme.drawing():
        figure = chart.draw(width)
        figure.canvas.draw()
    return figure


@pytest.mark.parametrize("name", ["effects", "loadings", "matrix", "scores", "scree", "strip"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_draws_in_readable_type_without_transparency(
    name: str, width: float, charts: dict[str, Chart]
) -> None:
    figure = drawn(charts[name], width)
    texts = [text for axes in figure.axes for text in axes.texts if text.get_text()]
    labels = [label for axes in figure.axes
              for label in (*axes.get_xticklabels(), *axes.get_yticklabels()) if label.get_text()]  # fmt: skip
    assert min(text.get_fontsize() for text in (*texts, *figure.texts, *labels)) >= 7
    lines = [line for axes in figure.axes for line in axes.lines]
    assert all(line.get_alpha() is None for line in lines)
    assert all(0.3 <= line.get_linewidth() <= 1.5 for line in lines)
    assert 40 <= len(charts[name].alt) <= 250


def test_the_words_are_those_of_the_rows(charts: dict[str, Chart], family: pd.DataFrame) -> None:
    alt = charts["effects"].alt
    least, most = family["estimate"].min(), family["estimate"].max()
    assert f"Lowest {least:.2f} (Trust in Parliament)" in alt
    assert f"highest {most:.2f} (Trust in courts)" in alt
    assert "2 of 2 intervals hold the model's value" in alt
    assert "4 lie above chance" in charts["scree"].alt
    assert "13 items" in charts["matrix"].alt
    assert "2 tests in 1 families; 2 lie below 0.05" in charts["strip"].alt


def test_a_line_has_its_interval_its_twin_and_the_truth(
    charts: dict[str, Chart], family: pd.DataFrame
) -> None:
    axes = drawn(charts["effects"], theme.WIDE).axes[0]
    marks = {marker: [line.get_xdata()[0] for line in axes.lines if line.get_marker() == marker]
             for marker in "osx"}  # fmt: skip
    assert marks["o"] == family["estimate"].tolist()
    assert marks["s"] == family["plain"].tolist()
    assert marks["x"] == family["truth"].tolist()
    assert any("p < 0.001" in text.get_text() for text in axes.texts)


def test_without_truth_nothing_stands_for_it(family: pd.DataFrame) -> None:
    chart = effect_plot(family.assign(truth=np.nan), axis="steps", what="trust")
    assert "model" not in chart.alt
    figure = drawn(chart, theme.WIDE)
    assert not [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    assert "model" not in " ".join(text.get_text() for text in figure.legends[0].get_texts())


def test_cells_hold_hundredths_below_and_the_truth_above(charts: dict[str, Chart]) -> None:
    rows = charts["matrix"].rows
    axes = drawn(charts["matrix"], theme.WIDE).axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    first = rows.iloc[0]
    assert cells[0.5, 1.52] == f"{100 * first['estimate']:.0f}"
    assert cells[1.5, 0.52] == f"{100 * first['truth']:.0f}"
    assert len(cells) == 13 * 12
    narrow = drawn(charts["matrix"], theme.NARROW)
    assert len(narrow.texts) >= 13
    assert len(narrow.axes[0].texts) == 13 * 12


def test_what_cannot_be_drawn_is_refused(family: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="without"):
        effect_plot(family, axis="", what="", block="nothing")
    with pytest.raises(EstimationError, match="0 rows"):
        effect_plot(family.assign(estimate=np.nan), axis="", what="")
    pairs = stats.item_correlations(simulated(), scales=OPENNESS[:2])
    with pytest.raises(EstimationError, match="missing or repeated"):
        matrix_plot(pairs.iloc[1:], what="items")
    with pytest.raises(EstimationError, match="stand alone"):
        scree_plot(pairs, what="items")
    with pytest.raises(EstimationError, match="no test"):
        p_value_strip(family.assign(p_adjusted=np.nan))


def test_reasons_pass() -> None:
    reason = Inapplicable("the file has no item", "x")
    assert effect_plot(reason, axis="", what="") is reason
    assert matrix_plot(reason, what="") is reason
    assert scree_plot(reason, what="") is reason
    assert p_value_strip(reason) is reason
    assert effects_in_words(reason) is reason
    assert reliability_in_words(reason) is reason


def test_p_values_of_one_place_stand_side_by_side_and_on_their_side_of_the_line(
    family: pd.DataFrame,
) -> None:
    many = pd.concat([family] * 4, ignore_index=True).assign(
        p_adjusted=[0.045, 0.048, 0.051, 0.055, 1.0, 1.0, 1.0, 1.0], in_model="none"
    )
    axes = drawn(p_value_strip(many), theme.WIDE).axes[0]
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    places = {(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in marks}
    assert len(places) == 8
    assert sum(x < 0.05 for x, _ in places) == 2


def test_effects_in_words(family: pd.DataFrame) -> None:
    rows = effects_in_words(family)
    first = family.iloc[0]
    limits = [f"{first[name]:.2f}" for name in ("estimate", "ci_low", "ci_high")]
    assert rows["effect"].iloc[0] == f"{limits[0]} ({limits[1]} to {limits[2]})"
    assert rows["plain_p_words"].iloc[0] == "<0.001"
    assert rows["agrees"].tolist() == ["effect; found"] * 2
    assert effects_in_words(family.assign(in_model="unknown"))["agrees"].tolist() == ["–", "–"]
    missed = effects_in_words(family.assign(rejected=False))["agrees"].iloc[0]
    assert missed == "effect; not found"
    false = effects_in_words(family.assign(in_model="none"))["agrees"].iloc[0]
    assert false == "none; rejected in error"
    gone = family.assign(estimate=np.nan, reason="one group")
    assert effects_in_words(gone)["effect"].iloc[0] == "one group"
    nil = effects_in_words(family.assign(estimate=-0.001, ci_low=-0.01, ci_high=0.01))
    assert nil["effect"].iloc[0] == "0.00 (−0.01 to 0.01)"


def test_reliability_has_one_row_a_scale() -> None:
    rows = reliability_in_words(stats.scale_reliability(simulated()))
    assert rows["item"].is_unique
    two = rows.set_index("item").loc["external-efficacy"]
    assert two["omega"] == "needs 3 items"
    assert two["alpha"].startswith("0.61 (")
