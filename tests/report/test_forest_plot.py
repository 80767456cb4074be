"""A forest plot says what it shows, draws at both widths, and leaves no line out."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.forest_plot import forest_plot, reading_labels
from helpers.stats.pool.poll_studies import poll_studies
from helpers.stats.pool.pooling import pooled
from helpers.stats.published.printed import over_design_effects


@pytest.fixture
def readings() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "poll_id": ["A", "B", "C", "D", "D"], "target": ["president"] * 4 + ["government"],
            "response": ["trust", "approve", "trust", "trust", "trust"], "scale": "trust",
            "percent": [70.0, 76.4, 82.8, 69.4, 48.8], "n": [900, 2400, None, 1100, 1100],
            "subgroup": "all", "pollster": ["a", "b", "kaziss", "d", "d"],
            "pollster_name": ["House A", "House B", "KazISS", "House D", "House D"],
            "linkage": ["independent", "unknown", "state-linked", "independent", "independent"],
            "mode": "phone", "fieldwork_start": None, "fieldwork_end": "2023-12",
            "source_id": "s1", "evidence": "simulated",
        }
    )  # fmt: skip
    return frame.assign(n=frame["n"].astype("Int64"))


def test_labels_say_who_when_and_which_other_wording(readings: pd.DataFrame) -> None:
    rows = reading_labels(poll_studies(readings), readings)
    assert list(rows["label"])[:3] == [
        "House A, Dec 2023", "House B, approves, Dec 2023", "KazISS, Dec 2023"
    ]  # fmt: skip
    blocks = {"government": "Government", "president": "President"}
    blocked = reading_labels(poll_studies(readings), readings, blocks=blocks)
    assert list(blocked["block"]) == ["Government"] + ["President"] * 4


def test_the_words_and_the_drawing_hold_every_line(readings: pd.DataFrame) -> None:
    readings = readings[:4]
    rows = reading_labels(over_design_effects(poll_studies, readings), readings)
    studies = poll_studies(readings).dropna(subset="n")
    chart = forest_plot(rows, axis="%", what="shares for the President", together=pooled(studies))
    assert chart.alt.startswith("Forest plot of 4 lines: shares for the President. From 69.4%")
    assert "82.8% (KazISS, Dec 2023)" in chart.alt
    assert 40 <= len(chart.alt) <= 250
    assert list(chart.rows["label"])[-2:] == ["Together", "A further poll"]
    for width in (theme.WIDE, theme.NARROW):
        with theme.drawing():
            figure = chart.draw(width)
            figure.canvas.draw()
        drawn = {text.get_text() for axes in figure.axes for text in axes.texts}
        drawn |= {tick.get_text() for tick in figure.axes[0].get_yticklabels()}
        assert {*rows["label"], "Together", "A further poll", "82.8"} <= drawn
        assert figure.get_figwidth() == pytest.approx(width / 25.4)
        sizes = [text.get_fontsize() for axes in figure.axes for text in axes.texts]
        assert min(sizes) >= 7


def test_without_a_pooled_mean_there_is_no_summary(readings: pd.DataFrame) -> None:
    rows = reading_labels(poll_studies(readings[:1]), readings[:1])
    chart = forest_plot(rows, axis="%", what="share that trusts the President")
    assert "Together" not in set(chart.rows["label"])
    assert "Together" not in chart.alt


def test_rows_without_labels_or_of_two_units_are_refused(readings: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="block"):
        forest_plot(poll_studies(readings), axis="%", what="x")
    rows = reading_labels(poll_studies(readings), readings)
    mixed = rows.assign(unit=["points", *rows["unit"][1:]])
    with pytest.raises(EstimationError, match="one unit"):
        forest_plot(mixed, axis="%", what="x")
